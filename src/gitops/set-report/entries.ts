import type { AppFacts } from '../index/facts.ts';
import { ownBundle } from '../policy/propagation.ts';
import type { ClusterCondition } from './report.ts';

/** An application that a report tells of. */
export interface Reported {
  readonly app: AppFacts;
  readonly entry: ClusterCondition;
}

/** Before a cluster has reported. */
const unknown = 'Unknown';

/**
 * What the report of their set says of applications: of each that has a work on its cluster, as the hub shows it. What
 * was never published has no entry, nor has what is on a cluster that is left to others.
 *
 * @param apps of one set
 * @param isOurs whether these controllers bring home the status of a cluster
 * @returns in the order in which the classic pull model reads their works, of which the last on a cluster counts
 */
export function reportedOf(apps: readonly AppFacts[], isOurs: (cluster: string) => boolean): readonly Reported[] {
  return apps
    .flatMap((app) => {
      const entry = entryOf(app, isOurs);
      return entry === undefined ? [] : [{ app, entry, order: classicWorkName(app) }];
    })
    .sort((left, right) => (left.order < right.order ? -1 : left.order > right.order ? 1 : 0));
}

function entryOf(app: AppFacts, isOurs: (cluster: string) => boolean): ClusterCondition | undefined {
  const { hub, written, namespace, name } = app;
  if (hub === undefined || !hub.selected || !isOurs(hub.cluster)) return undefined;
  const bundle = ownBundle(app, hub);
  if (bundle === undefined) return undefined;
  const { health = '', sync = '', phase = '', revision = '', conditions = [] } = written?.state ?? {};
  const { startedAt = '' } = written ?? {};
  return {
    cluster: hub.cluster,
    syncStatus: sync === '' ? unknown : sync,
    healthStatus: health === '' ? unknown : health,
    ...(phase === '' ? {} : { operationStatePhase: phase }),
    ...(startedAt === '' ? {} : { operationStateStartedAt: startedAt }),
    ...(revision === '' ? {} : { syncRevision: revision }),
    app: `${namespace}/${name}/${hub.cluster}/${bundle.stored.name}`,
    ...(conditions.length === 0 ? {} : { conditions }),
  };
}

/** The name that the work of an application has in the classic pull model. */
function classicWorkName({ name, hub }: AppFacts): string {
  return `${name}-${hub?.uid.slice(0, 5) ?? ''}`;
}
