import { readClassicWork } from '../classic/classic-work.ts';
import { applicationSetLabel, pullLabel } from '../constants.ts';
import type { AppFacts } from '../index/facts.ts';
import { manifestWorks } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { isForbidden } from '../kube/translate-status.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import { createBudget } from '../../operations/budget.ts';
import { readEach } from '../survey/read-each.ts';
import { callLimits } from './call-limits.ts';

/** A look that takes longer is given up, and begun anew at the next. */
const lookMs = 600_000;
/** Metadata of a work has some 2 KB. */
const worksPerPage = 500;

/** The label tells a work of the classic model on the server: works of add-ons are many more. */
const marks = [`${applicationSetLabel}=true`, `${pullLabel}=true,${applicationSetLabel}!=true`] as const;

/**
 * `<cluster>/<name>` of all works of the classic model, by the key of the application that each was made from: their
 * metadata is read, page by page, and after each page the hub has as long for others as that took.
 *
 * @throws MaestroError not-found when the hub has no such kind, access-denied when we may not look
 */
export async function listClassicWorks(
  { kube, clock, random }: Pick<ControllerDeps, 'kube' | 'clock' | 'random'>,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const paced: Pick<KubeApi, 'listPage'> = {
    listPage: async (path, query, options, take) => {
      const startMs = clock.monotonicMs();
      const page = await kube.listPage(path, query, options, take);
      if (page.continue !== undefined) await clock.sleep(clock.monotonicMs() - startMs, signal);
      return page;
    },
  };
  const budget = createBudget(lookMs, { clock, random, signal });
  const works = new Map<string, string[]>();
  for (const labelSelector of marks) {
    const selection = { path: manifestWorks, labelSelector, metadataOnly: true, limit: worksPerPage } as const;
    for (const { key, work } of await readEach(paced, selection, markOf, budget)) {
      const others = works.get(key);
      if (others === undefined) works.set(key, [work]);
      else others.push(work);
    }
  }
  return works;
}

/** Those of its works that are still there, as the hub has them now; one that we may not get is taken to be there. */
export async function classicWorksLeft(
  deps: ControllerDeps,
  { key, classicWorks }: AppFacts,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const left: string[] = [];
  for (const work of classicWorks) {
    const [namespace = '', name = ''] = work.split('/');
    try {
      const object = await deps.kube.get(manifestWorks, { namespace, name }, callLimits(deps, signal));
      if (object !== undefined && markOf(object)?.key === key) left.push(work);
    } catch (caught) {
      if (!isForbidden(caught)) throw caught;
      left.push(work);
    }
  }
  return left;
}

function markOf(
  object: Parameters<typeof readClassicWork>[0],
): { readonly key: string; readonly work: string } | undefined {
  const read = readClassicWork(object);
  if (read === undefined) return undefined;
  return { key: `${read.hubNamespace}/${read.hubName}`, work: `${read.cluster}/${read.name}` };
}
