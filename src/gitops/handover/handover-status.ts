import type { Budget } from '../../operations/budget.ts';
import { pullModelAnnotation } from '../constants.ts';
import { managedClusters } from '../kube/hub-kinds.ts';
import { callWithin } from '../survey/call.ts';
import { sideObjection, type Seen } from './advance.ts';
import type { HandoverDeps } from './events.ts';
import { readingsOf, sightOf } from './facts.ts';
import { annotationsOf } from './pinned-write.ts';
import type { HandoverDirection, HandoverPlan, ParkReason, PlannedCluster } from './plan.ts';
import { readFacts } from './read-facts.ts';
import type { Side } from './sides.ts';

/** Where an application is on its way, by what hub and Maestro have. */
export type HandoverPosition =
  /** Nothing of it is begun; after a rollback it is so again. */
  | 'planned'
  /** The new owner is written, and not reported applied yet. */
  | 'running'
  /** Both have written it and reported it applied; only a run proves that both own it. */
  | 'both-own'
  /** The owner of before was told to let go. */
  | 'letting-go'
  | 'deleting'
  /** The owner of before is gone; what a handover leaves behind is being cleared away. */
  | 'settling'
  | 'finished'
  | 'rolling-back'
  | 'parked';

/** How far one application has come. */
export interface ApplicationStatus {
  /** Its name. */
  readonly cluster: string;
  /** `<namespace>/<name>` on the hub. */
  readonly application: string;
  /** How far it has come. */
  readonly position: HandoverPosition;
  /** Why it is parked. */
  readonly reason?: ParkReason;
  /** A sentence about what is seen. */
  readonly text: string;
  /** Name of its classic work, when there is one. */
  readonly classicWork?: string;
  /** Of the bundle that it has or is to have. */
  readonly bundleId: string;
  /** As a probe that is left over tells; absent without one. */
  readonly uid?: string;
  /** Names of its owners on the cluster, as a probe that is left over tells. */
  readonly owners?: readonly string[];
}

/** How far the applications of one cluster have come. */
export interface ClusterStatus {
  /** Its name. */
  readonly cluster: string;
  /** Value of the annotation on the ManagedCluster; absent without it. */
  readonly pullModel?: string;
  /** In the order of the plan. */
  readonly applications: readonly ApplicationStatus[];
}

/** Clusters that are read at once. */
const readsAtOnce = 8;

/**
 * Where the clusters of a plan are, in their order. Writes nothing.
 *
 * @throws MaestroError as hub and Maestro answer
 */
export async function* handoverStatus(
  plan: HandoverPlan,
  deps: Pick<HandoverDeps, 'kube' | 'maestro'>,
  budget: Budget,
): AsyncGenerator<ClusterStatus, void, void> {
  for (let start = 0; start < plan.clusters.length; start += readsAtOnce) {
    const some = plan.clusters.slice(start, start + readsAtOnce);
    yield* await Promise.all(some.map(async (cluster) => clusterStatus(cluster, plan, deps, budget)));
  }
}

async function clusterStatus(
  cluster: PlannedCluster,
  plan: HandoverPlan,
  deps: Pick<HandoverDeps, 'kube' | 'maestro'>,
  budget: Budget,
): Promise<ClusterStatus> {
  const found = await deps.kube.get(managedClusters, { name: cluster.name }, callWithin(budget));
  const pullModel = annotationsOf(found ?? {})[pullModelAnnotation];
  const facts = await readFacts(cluster, plan, deps, budget);
  const readings = readingsOf(facts.probes);
  const applications = cluster.applications.map((application): ApplicationStatus => {
    const options = { goal: 'run', direction: plan.direction, leaveProjects: plan.settings.leaveProjects } as const;
    const about = { plan, cluster: cluster.name, application, options, wallMs: budget.clock.wallMs() };
    // Where it is is told by both works alone: the hub's application is not asked for.
    const { seen } = sightOf(about, facts, readings, { hub: undefined, project: undefined, kept: {} });
    const reading = seen.readings.findLast(({ answered }) => answered);
    const classicWork = seen.classic.name === '' ? application.classic?.name : seen.classic.name;
    return {
      cluster: cluster.name,
      application: application.key,
      ...positionOf(seen, plan.direction),
      ...(classicWork === undefined ? {} : { classicWork }),
      bundleId: application.bundleId,
      ...(reading?.found !== true ? {} : { uid: reading.uid, owners: reading.owners }),
    };
  });
  return { cluster: cluster.name, ...(pullModel === undefined ? {} : { pullModel }), applications };
}

/** Where an application is, from how both of its works stand. */
export function positionOf(
  seen: Seen,
  direction: HandoverDirection,
): Pick<ApplicationStatus, 'position' | 'reason' | 'text'> {
  const { classic, bundle } = seen;
  const objection = sideObjection(seen);
  if (objection?.kind === 'parked') return { position: 'parked', reason: objection.reason, text: objection.text };
  const text = `classic work: ${sideText(classic)}; bundle: ${sideText(bundle)}`;
  return { position: stand(classic, bundle, direction), text };
}

function stand(classic: Side, bundle: Side, direction: HandoverDirection): HandoverPosition {
  const forward = direction === 'to-maestro';
  const [from, to] = forward ? [classic, bundle] : [bundle, classic];
  const back = forward ? 'classic' : 'maestro';
  if (classic.towards === back || bundle.towards === back) return 'rolling-back';
  switch (from.form) {
    case 'let-go':
      return 'letting-go';
    case 'deleting':
      return 'deleting';
    case 'absent':
      return to.form === 'plain' ? 'finished' : to.form === 'held' ? 'settling' : 'parked';
    default:
      // On both ways the handover begins with a stamp on the bundle.
      if (bundle.towards === undefined) return 'planned';
      return to.form !== 'absent' && to.applied ? 'both-own' : 'running';
  }
}

function sideText({ form, name, state, why }: Side): string {
  if (form === 'absent') return 'none';
  return `${name} ${form === 'other' ? why : `is ${form}, ${state}`}`;
}
