import type { AppFacts } from '../index/facts.ts';
import type { Lane } from '../queue/lanes.ts';
import { oneShotStand } from './one-shots.ts';
import { currentBundle, isWanted, refusalOf, type Action, type DecisionInput } from './propagation.ts';

const lanes = {
  'clear-one-shot': 'operation',
  block: 'change',
  delete: 'delete',
  strip: 'delete',
  release: 'delete',
  'await-deletion': 'delete',
} as const;

/** Where a step waits for its turn. */
export function laneOf(action: Exclude<Action, { readonly do: 'nothing' }>): Lane {
  if (action.do !== 'publish') return lanes[action.do];
  const { operation, refresh } = action.oneShot;
  return operation === 'new' || operation === 'again' || refresh === 'new' ? 'operation' : 'change';
}

/**
 * In which lane an application is to wait to be decided on; undefined when it
 * is plain that nothing is to be done. Nearly all are in that state at a start,
 * so it is cheap, and it is no decision: where it is in doubt, there is a lane.
 *
 * @param collecting its bundles are garbage
 */
export function laneToLook(app: AppFacts, input: DecisionInput, collecting: boolean): Lane | undefined {
  const { hub } = app;
  if (hub === undefined) return collecting ? 'delete' : undefined;
  if (input.leftTo(hub.cluster) !== undefined) return undefined;
  if (input.bundleUnreadable !== undefined) return 'change';
  if (hub.deletionTimestamp !== '' || !isWanted(hub, input))
    return app.bundles.length > 0 || (hub.deletionTimestamp !== '' && hub.argoFinalizers) ? 'delete' : undefined;
  const current = currentBundle(app, hub);
  if (refusalOf(hub, input, current) !== undefined || current?.stored.deleting === true) return 'change';
  const { operation, refresh } = oneShotStand(app, hub, current, input.monotonicMs);
  const asked = operation === 'waits' || operation === 'begun' || refresh === 'waits' || refresh === 'done';
  if (asked || current?.displacedSinceMs !== undefined) return 'operation';
  if (current === undefined || app.bundles.some(({ stored }) => stored.migration !== undefined)) return 'change';
  const { hubUid, contentHash, oneShot, stampedHash } = current.stored;
  const same = hubUid === hub.uid && contentHash === hub.desiredHash;
  if (!same || oneShot !== undefined || stampedHash !== undefined) return 'change';
  return app.bundles.length > 1 ? 'delete' : undefined;
}
