import { matchesLabels, type LabelSelector } from '../../core/label-selector.ts';
import { listed } from '../../core/text.ts';
import { MaestroError } from '../../errors.ts';
import { manifestWorks } from '../kube/hub-kinds.ts';
import type { Budget } from '../../operations/budget.ts';
import { callWithin } from '../survey/call.ts';
import { readHubId } from '../survey/hub-id.ts';
import type { HandoverDeps } from './events.ts';
import type {
  HandoverDirection,
  HandoverPlan,
  HandoverSettings,
  LeftOut,
  PlannedApplication,
  PlannedCluster,
} from './plan.ts';
import { planApplication, type Planned, type PlanGround } from './plan-application.ts';
import {
  readChosenClusters,
  readClusterHoldings,
  readHubSummaries,
  type ClusterHoldings,
  type HeldWork,
  type HubSummaries,
  type HubSummary,
} from './read-plan.ts';
import { readHubFacts, seenWork } from './read-facts.ts';
import { newRunId } from './run-id.ts';

/** What is to be planned. */
export interface HandoverSelection {
  readonly direction: HandoverDirection;
  readonly source: string;
  /** Asked from the hub when absent. */
  readonly hubId?: string;
  readonly settings: HandoverSettings;
  /** These clusters; all that have something to hand over when absent. */
  readonly clusters?: readonly string[];
  /** By the labels of the ManagedCluster. */
  readonly clusterSelector?: LabelSelector;
  /** Agrees to every difference in `spec` that is found. */
  readonly acceptDifferences: boolean;
}

/** A plan, with what is in its way and what it leaves out. */
export interface MadeHandoverPlan {
  readonly plan: HandoverPlan;
  /** What the plan leaves out, with the reason. */
  readonly leftOut: readonly LeftOut[];
  /** Applications of the plan that would be parked as things are. */
  readonly parked: readonly LeftOut[];
}

/** Clusters that are read at once. */
const readsAtOnce = 8;

/**
 * Plans a handover: reads hub and Maestro, and writes nothing.
 *
 * @throws MaestroError usage when a cluster was named that the hub does not have, or nothing is to be handed over
 */
export async function makePlan(
  selection: HandoverSelection,
  deps: Pick<HandoverDeps, 'kube' | 'maestro'>,
  budget: Budget,
): Promise<MadeHandoverPlan> {
  const { direction, source, settings } = selection;
  const hubId = selection.hubId ?? (await readHubId(deps.kube, budget));
  const createdMs = budget.clock.wallMs();
  const head = {
    direction,
    runId: newRunId(createdMs, budget.random),
    createdAt: new Date(createdMs).toISOString(),
    source,
    hubId,
    hubServer: deps.kube.server,
    settings,
  };
  const chosen = await chooseClusters(selection, deps, budget);
  const summaries = await readHubSummaries(new Set(chosen), deps, budget);
  const clusters = new Map<string, PlannedCluster>();
  const leftOut: LeftOut[] = [];
  const parked: LeftOut[] = [];
  const queue = chosen.values();
  const worker = async (): Promise<void> => {
    for (const name of queue) {
      const holdings = await readClusterHoldings(name, head, deps, budget);
      const made = await planCluster(name, { head, summaries, holdings, selection }, deps, budget);
      leftOut.push(...made.leftOut);
      parked.push(...made.parked);
      if (made.applications.length > 0) clusters.set(name, { name, applications: made.applications });
    }
  };
  await Promise.all(Array.from({ length: Math.min(readsAtOnce, chosen.length) }, worker));
  const planned = chosen.flatMap((name) => clusters.get(name) ?? []);
  if (planned.length === 0)
    throw new MaestroError('usage', 'there is nothing to hand over on these clusters', { reason: 'NothingSelected' });
  return { plan: { ...head, clusters: planned }, leftOut: inOrder(leftOut), parked: inOrder(parked) };
}

async function chooseClusters(
  { clusters: named, clusterSelector }: HandoverSelection,
  { kube }: Pick<HandoverDeps, 'kube'>,
  budget: Budget,
): Promise<readonly string[]> {
  const all = await readChosenClusters(kube, budget);
  const missing = (named ?? []).filter((name) => !all.has(name));
  if (missing.length > 0)
    throw new MaestroError('usage', `the hub has no ManagedCluster ${listed(missing)} that works are delivered to`, {
      reason: 'NothingSelected',
    });
  return [...all]
    .filter(
      ([name, labels]) =>
        (named === undefined || named.includes(name)) &&
        (clusterSelector === undefined || matchesLabels(clusterSelector, labels)),
    )
    .map(([name]) => name)
    .sort();
}

async function planCluster(
  name: string,
  ground: {
    readonly head: Omit<HandoverPlan, 'clusters'>;
    readonly summaries: HubSummaries;
    readonly holdings: ClusterHoldings;
    readonly selection: HandoverSelection;
  },
  deps: Pick<HandoverDeps, 'kube' | 'maestro'>,
  budget: Budget,
): Promise<{
  readonly applications: readonly PlannedApplication[];
  readonly leftOut: readonly LeftOut[];
  readonly parked: readonly LeftOut[];
}> {
  const { head, summaries, holdings, selection } = ground;
  const applications: PlannedApplication[] = [];
  const [leftOut, parked]: [LeftOut[], LeftOut[]] = [[], []];
  for (const summary of summaries.ofCluster(name)) {
    const works = holdings.works.get(summary.key) ?? [];
    const bundles = holdings.bundles.get(summary.key) ?? [];
    const isAlike = works[0] !== undefined && works[0].text === summary.text;
    const full = isAlike ? undefined : await readWhole({ summary, held: works[0], head }, deps, budget);
    const made: Planned = planApplication(
      { summary, full, works, bundles, sharesName: summaries.sharesName(summary) },
      name,
      head,
      selection.acceptDifferences,
    );
    if (made.planned !== undefined) applications.push(made.planned);
    for (const one of made.leftOut) leftOut.push(one);
    for (const one of made.parked) parked.push(one);
  }
  const known = new Set(summaries.ofCluster(name).map(({ key }) => key));
  for (const [key, works] of holdings.works)
    if (!known.has(key))
      for (const { work } of works)
        leftOut.push({
          cluster: name,
          subject: `ManifestWork ${work.name}`,
          reason: 'ApplicationGone',
          text: `the hub has no application ${key} that is delivered to this cluster`,
        });
  return { applications, leftOut, parked };
}

/** The whole application, and the whole of its classic work. */
async function readWhole(
  {
    summary,
    held,
    head,
  }: {
    readonly summary: HubSummary;
    readonly held: HeldWork | undefined;
    readonly head: Omit<HandoverPlan, 'clusters'>;
  },
  deps: Pick<HandoverDeps, 'kube' | 'maestro'>,
  budget: Budget,
): Promise<NonNullable<PlanGround['full']>> {
  const hub = await readHubFacts(summary, head, deps, budget);
  if (held === undefined) return hub;
  const { cluster: namespace, name } = held.work;
  const found = await deps.kube.get(manifestWorks, { namespace, name }, callWithin(budget));
  const seen = found === undefined ? undefined : seenWork(found);
  return seen === undefined ? hub : { ...hub, seen };
}

function inOrder(list: readonly LeftOut[]): readonly LeftOut[] {
  const key = ({ cluster, subject, reason }: LeftOut): string => `${cluster} ${subject} ${reason}`;
  return [...list].sort((a, b) => (key(a) < key(b) ? -1 : 1));
}
