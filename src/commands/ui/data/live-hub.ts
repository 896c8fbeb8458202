import { slept } from '../../../clock.ts';
import type { ResourceBundle } from '../../../core/works/resource-bundle.ts';
import type { JsonObject } from '../../../core/json.ts';
import { storedContent } from '../../../core/works/document.ts';
import { hubNameAnnotation, hubNamespaceAnnotation } from '../../../gitops/constants.ts';
import { MaestroError } from '../../../errors.ts';
import { possibleNames } from '../../../gitops/bundle/bundle-name.ts';
import { applications } from '../../../gitops/kube/hub-kinds.ts';
import type { KubeApi } from '../../../gitops/kube/kube-api.ts';
import type { ApplicationSummary } from '../../../gitops/status/application-summary.ts';
import { callWithin } from '../../../gitops/survey/call.ts';
import { LiveApplications } from '../../../gitops/survey/live-applications.ts';
import { withinMs } from '../../../operations/budget.ts';
import { fromDirectory } from '../../shared/hub-connection.ts';
import type { GatherDeps } from '../frame/view.ts';
import { groupsOf, type ApplicationGroup, type GroupChoice, type GroupKind } from './application-groups.ts';

/** What is known of the one application that is open. */
export interface OpenedApplication {
  readonly key: string;
  /** As the hub has it; absent before the first read. */
  readonly object?: JsonObject;
  /** The hub does not have it any more; the rest is as it was last. */
  readonly isGone: boolean;
  /** Works of the name that the controllers give it, on its cluster. */
  readonly bundles?: readonly ResourceBundle[];
  readonly hubError?: MaestroError;
  readonly maestroError?: MaestroError;
}

const readEveryMs = 5_000;
const readWithinMs = 15_000;

/** The hub: its Applications as they change, and one of them in detail. It only reads. */
export class LiveHub {
  readonly #deps: GatherDeps;
  #api: KubeApi | undefined;
  #live: LiveApplications | undefined;
  #absent: MaestroError | undefined;
  #opened: OpenedApplication | undefined;
  #closing = new AbortController();
  /** Those of the group that was asked for last. */
  #selected:
    | (GroupChoice & { readonly from: readonly ApplicationSummary[]; readonly rows: readonly ApplicationSummary[] })
    | undefined;
  readonly #groups = new Map<GroupKind, { from: readonly ApplicationSummary[]; groups: readonly ApplicationGroup[] }>();

  /** @param connect opens the hub that the options name */
  constructor(deps: GatherDeps, connect: (deps: GatherDeps) => Promise<KubeApi> = connectHub) {
    this.#deps = deps;
    void this.#follow(connect);
  }

  /** Where it is; undefined while it is not known, or there is none. */
  get server(): string | undefined {
    return this.#api?.server;
  }

  /** Why there is no hub to look at; undefined when there is one. */
  get absent(): MaestroError | undefined {
    return this.#absent;
  }

  get live(): Pick<LiveApplications, 'sight' | 'rows'> | undefined {
    return this.#live;
  }

  get opened(): OpenedApplication | undefined {
    return this.#opened;
  }

  /** All applications, or those of one group; the same array as long as nothing has changed. */
  rows(only?: GroupChoice): readonly ApplicationSummary[] {
    const all = this.#live?.rows() ?? noRows;
    if (only === undefined) return all;
    const { kind, name } = only;
    const known = this.#selected;
    if (known?.from === all && known.kind === kind && known.name === name) return known.rows;
    const rows = all.filter((row) => row[kind] === name);
    this.#selected = { from: all, kind, name, rows };
    return rows;
  }

  groups(kind: GroupKind): readonly ApplicationGroup[] {
    const all = this.#live?.rows() ?? noRows;
    const known = this.#groups.get(kind);
    if (known?.from === all) return known.groups;
    const groups = groupsOf(all, kind);
    this.#groups.set(kind, { from: all, groups });
    return groups;
  }

  /** Reads one application, now and again as long as it is open. */
  open(key: string): void {
    this.close();
    this.#closing = new AbortController();
    this.#opened = { key, isGone: false };
    void this.#followOne(key, AbortSignal.any([this.#deps.signal, this.#closing.signal]));
  }

  close(): void {
    this.#closing.abort();
    this.#opened = undefined;
  }

  async #follow(connect: (deps: GatherDeps) => Promise<KubeApi>): Promise<void> {
    const { session, signal, changed } = this.#deps;
    const { clock, random } = session.budget;
    try {
      const api = session.closeAtEnd(await connect(this.#deps));
      this.#api = api;
      this.#live = new LiveApplications({ api, clock, random, changed });
      changed();
      await this.#live.run(signal);
    } catch (caught) {
      this.#absent = MaestroError.from(caught);
      changed();
    }
  }

  async #followOne(key: string, signal: AbortSignal): Promise<void> {
    const { clock } = this.#deps.session.budget;
    while (!signal.aborted) {
      const read = await this.#read(key, signal);
      if (signal.aborted || this.#opened?.key !== key) return;
      this.#opened = { ...this.#opened, ...read };
      this.#deps.changed();
      await slept(clock, readEveryMs, signal);
    }
  }

  async #read(key: string, signal: AbortSignal): Promise<Partial<OpenedApplication>> {
    const [namespace = '', name = ''] = key.split('/');
    const budget = { ...withinMs(this.#deps.session.budget, readWithinMs), signal };
    const { reader } = this.#deps.session.maestro;
    const { cluster } = this.#live?.get(key) ?? { cluster: '' };
    const [object, bundles] = await Promise.allSettled([
      this.#api?.get(applications, { namespace, name }, callWithin(budget)),
      cluster === ''
        ? []
        : all(reader.listBundles({ where: { consumers: [cluster], names: possibleNames(namespace, name) } }, budget)),
    ]);
    return {
      ...(object.status === 'rejected'
        ? { hubError: MaestroError.from(object.reason) }
        : { isGone: object.value === undefined, ...(object.value === undefined ? {} : { object: object.value }) }),
      ...(bundles.status === 'rejected'
        ? { maestroError: MaestroError.from(bundles.reason) }
        : { bundles: bundles.value.filter((bundle) => isOf(bundle, namespace, name)) }),
    };
  }
}

/** Two applications may have one plain name for their works: then one has another, and the work says whose it is. */
function isOf(bundle: ResourceBundle, namespace: string, name: string): boolean {
  const { annotations } = storedContent(bundle);
  return annotations[hubNamespaceAnnotation] === namespace && annotations[hubNameAnnotation] === name;
}

/** Few look at a hub, and what speaks to one is large: it is loaded now. */
async function connectHub({ session, options, context }: GatherDeps): Promise<KubeApi> {
  const { connectKube } = await import('../../../gitops/kube/connect-kube.ts');
  return connectKube(fromDirectory(options.hub, context.cwd), { clock: session.budget.clock, env: context.env });
}

const noRows: readonly ApplicationSummary[] = [];

async function all<T>(pages: AsyncIterable<readonly T[]>): Promise<readonly T[]> {
  const items: T[] = [];
  for await (const page of pages) items.push(...page);
  return items;
}
