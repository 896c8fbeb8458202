import type { SetAsideRow, WorkReader } from '../../clients/transport.ts';
import { matchesLabels, type LabelSelector } from '../../core/label-selector.ts';
import { checkNameTemplate, defaultNames } from '../../core/migration/names.ts';
import { guessPattern, type Pattern } from '../../core/migration/old-work.ts';
import { planCluster, type PlanRequest } from '../../core/migration/plan-cluster.ts';
import type { ClusterPlan } from '../../core/migration/cluster-plan.ts';
import type { MigrationPlan } from '../../core/migration/plan-file.ts';
import { replacedBy } from '../../core/migration/replaces.ts';
import type { Refusal } from '../../core/migration/refusal.ts';
import { storedContent } from '../../core/works/document.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { listed } from '../../core/text.ts';
import type { Budget } from '../budget.ts';
import { readClusters, readyWorks, unreadableRefusal } from './read-clusters.ts';

/** What is to be planned. */
export interface MakePlanRequest {
  readonly source: string;
  readonly to: Pattern;
  readonly consumers: readonly string[];
  /** A template for the names of the new works; the usual one of the pattern when absent. */
  readonly name?: string;
  /** Only these works move; all of the source when absent. */
  readonly works?: readonly string[];
  readonly selector?: LabelSelector;
  readonly managerOf?: Readonly<Record<string, string>>;
  readonly prefer?: string;
}

/** A cluster for which there can be no plan, and why. */
export interface RefusedCluster {
  /** Its name. */
  readonly consumer: string;
  /** All reasons. */
  readonly refusals: readonly Refusal[];
}

/** A plan, and the clusters that it leaves out. */
export interface MadePlan {
  readonly plan: MigrationPlan;
  /** Clusters without a plan; with one of them nothing should be carried out. */
  readonly refused: readonly RefusedCluster[];
  /** Clusters on which there is nothing to do, with the reason. */
  readonly idle: readonly { readonly consumer: string; readonly why: string }[];
}

/**
 * Plans a migration: reads the works of a source and decides what becomes of
 * them. Nothing is sent.
 *
 * @throws MaestroError usage for a template that names no work, and for works that were named and are nowhere
 */
export async function makePlan(request: MakePlanRequest, reader: WorkReader, budget: Budget): Promise<MadePlan> {
  const { source, to, consumers, name = defaultNames[to] } = request;
  checkNameTemplate(name, to);
  const clusters: ClusterPlan[] = [];
  const refused: RefusedCluster[] = [];
  const idle: { readonly consumer: string; readonly why: string }[] = [];
  const seen = new Set<string>();
  for await (const cluster of readClusters(reader, source, consumers, budget)) {
    const { consumer } = cluster;
    const chosen = cluster.works.filter((bundle) => isChosen(bundle, request));
    for (const bundle of chosen) seen.add(workName(bundle));
    for (const { name: unreadableName } of cluster.unreadable) seen.add(unreadableName);
    const { ready, refusals } = readyWorks(chosen, cluster.executors, budget.clock.wallMs());
    const unreadable = cluster.unreadable
      .filter(({ name, id }) => request.works?.includes(name === '' ? id : name) ?? true)
      .map((row) => unreadableRefusal(row));
    if (refusals.length + unreadable.length > 0) {
      refused.push({ consumer, refusals: [...unreadable, ...refusals] });
      continue;
    }
    const asked: PlanRequest = {
      consumer,
      source,
      to,
      name,
      managerOf: request.managerOf ?? {},
      ...(request.prefer === undefined ? {} : { prefer: request.prefer }),
    };
    // Nobody could write to a work whose name another one replaces.
    const replaced = cluster.works
      .filter((bundle) => !chosen.includes(bundle) && bundle.deletedAt === undefined)
      .flatMap((bundle) => replacedBy(storedContent(bundle)));
    const planned = await planOne(ready, asked, { reader, replaced }, budget);
    if (planned.kind === 'refused') refused.push(planned);
    else if (planned.plan.old.length > 0) clusters.push(planned.plan);
    else idle.push({ consumer, why: whyIdle(chosen, to) });
  }
  const missing = [
    ...(request.works ?? []),
    ...Object.keys(request.managerOf ?? {}),
    ...(request.prefer === undefined ? [] : [request.prefer]),
  ].filter((work) => !seen.has(work));
  if (missing.length > 0) {
    throw new MaestroError(
      'usage',
      `there is no work named ${listed([...new Set(missing)])} of the source ${source} on these clusters`,
      {
        reason: 'NothingSelected',
        hint: {
          program: 'Nothing was planned.',
          command: 'See what there is: maestro-cli migrate inventory',
        },
      },
    );
  }
  const createdAt = new Date(budget.clock.wallMs()).toISOString();
  return { plan: { source, to, createdAt, clusters }, refused, idle };
}

/** Plans once to learn the new names, and once more if some of these are taken. */
async function planOne(
  ready: Parameters<typeof planCluster>[0],
  request: PlanRequest,
  { reader, replaced }: { readonly reader: WorkReader; readonly replaced: readonly string[] },
  budget: Budget,
): Promise<ReturnType<typeof planCluster>> {
  const planned = planCluster(ready, new Set(replaced), request);
  if (planned.kind === 'refused' || planned.plan.new.length === 0) return planned;
  const moving = new Set(ready.map(({ id }) => id));
  const names = planned.plan.new.map(({ work }) => work.name);
  const ids = planned.plan.new.map(({ id }) => id);
  const taken = new Set(replaced);
  const take = (bundle: ResourceBundle): void => {
    if (moving.has(bundle.id)) return;
    // An id joins consumer and name, so a work of another name may have the id of a new one.
    const at = ids.indexOf(bundle.id);
    taken.add(at < 0 ? workName(bundle) : (names[at] ?? ''));
  };
  // What cannot be read under a new name, of whatever source, is in the way of this cluster alone.
  const unreadable = new Map<string, SetAsideRow>();
  const onSetAside = (row: SetAsideRow): void => void unreadable.set(row.id, row);
  const where = { consumers: [request.consumer], names };
  for await (const page of reader.listBundles({ where, onSetAside }, budget)) page.forEach(take);
  for await (const page of reader.getBundles(ids, { ...budget, onSetAside })) page.forEach(take);
  if (unreadable.size > 0) {
    const refusals = [...unreadable.values()].map((row) => unreadableRefusal(row));
    return { kind: 'refused', consumer: request.consumer, refusals };
  }
  return taken.size === new Set(replaced).size ? planned : planCluster(ready, taken, request);
}

function isChosen(bundle: ResourceBundle, { works, selector }: MakePlanRequest): boolean {
  return (
    (works === undefined || works.includes(workName(bundle))) &&
    (selector === undefined || matchesLabels(selector, storedContent(bundle).labels))
  );
}

function whyIdle(chosen: readonly ResourceBundle[], to: Pattern): string {
  if (chosen.length === 0) return 'it has no such works';
  return guessPattern(chosen.map((bundle) => storedContent(bundle))) === to
    ? `its works are in pattern ${to} already`
    : 'its works are as they should be already';
}
