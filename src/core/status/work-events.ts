import { manifestLabel } from '../works/manifest-work.ts';
import type { ResourceBundle } from '../works/resource-bundle.ts';
import type { Condition } from './work-status.ts';

/** Something that is known to have happened to a work, and when. */
export interface WorkEvent {
  /** When: RFC 3339, UTC. */
  readonly time: string;
  /** Who tells of it: `maestro` of what is stored, `agent` of what it reported. */
  readonly from: 'maestro' | 'agent';
  /** `work`, or the manifest that it is about, such as `Deployment.apps/np/web`. */
  readonly subject: string;
  /**
   * `Created`, `Stored`, `Reported`, `DeletionRequested`, `Removed`, or a condition with its status, such as
   * `Applied=True`.
   */
  readonly what: string;
  /** Of a condition: the reason that the agent gave. */
  readonly reason: string;
  /** In words. */
  readonly message: string;
}

/**
 * What the row of a work tells of its past, the earliest first. Maestro keeps no history: of each condition it is the
 * last change, and of versions before the stored one there is nothing.
 *
 * @param bundle as it was read over REST or heard on the stream
 */
export function workEvents(bundle: ResourceBundle): readonly WorkEvent[] {
  const { createdAt, deletedAt, version, status } = bundle;
  const byMaestro = (time: string | undefined, what: string, message: string): readonly WorkEvent[] =>
    time === undefined || time === '' ? [] : [happening('maestro', what, message, time)];
  const events = [
    ...byMaestro(createdAt, 'Created', version === 1 ? 'version 1' : `version 1; version ${version} is stored now`),
    ...(status?.conditions ?? []).flatMap((condition) => conditionEvent('work', condition)),
    ...(status?.resourceStatus ?? []).flatMap(({ resourceMeta, conditions }) => {
      const { kind, group, namespace, name } = resourceMeta;
      const subject = manifestLabel({ kind, group, namespace, name });
      return conditions.flatMap((condition) => conditionEvent(subject, condition));
    }),
    ...byMaestro(deletedAt, 'DeletionRequested', `at version ${version}`),
  ];
  // Agents tell whole seconds, Maestro parts of them: what seems to be of one second stays as it is above.
  return events.toSorted((a, b) => secondOf(a) - secondOf(b));
}

function secondOf({ time }: WorkEvent): number {
  return Math.floor(Date.parse(time) / 1000);
}

function conditionEvent(subject: string, condition: Condition): readonly WorkEvent[] {
  const { type, status, reason, message, lastTransitionTime: time, observedGeneration } = condition;
  if (time === undefined || Number.isNaN(Date.parse(time))) return [];
  const at = observedGeneration === undefined ? '' : ` (version ${observedGeneration})`;
  return [{ time, from: 'agent', subject, what: `${type}=${status}`, reason, message: `${message}${at}` }];
}

/** The same happening, however often it is read. */
export function eventKey({ time, subject, what, reason }: WorkEvent): string {
  return JSON.stringify([time, subject, what, reason]);
}

/**
 * What has happened between two looks at a work: the versions stored, the reports of its agent and the conditions that
 * changed; and that it is gone.
 *
 * @param seen.time when the second look was, for what has no time of its own
 */
export function newEvents(
  before: ResourceBundle,
  now: ResourceBundle,
  seen: { readonly time: string; readonly gone: boolean },
): readonly WorkEvent[] {
  const { time, gone } = seen;
  const known = new Set(workEvents(before).map((event) => eventKey(event)));
  const stored = now.version === before.version ? [] : [happening('maestro', 'Stored', `version ${now.version}`, time)];
  const isReport = now.status !== undefined && now.status.sequenceId !== before.status?.sequenceId;
  const reported = isReport
    ? [happening('agent', 'Reported', `about version ${now.status?.observedVersion ?? 0}`, time)]
    : [];
  const changed = workEvents(now).filter((event) => !known.has(eventKey(event)));
  const removed = gone ? [happening('maestro', 'Removed', 'Maestro no longer has the work', time)] : [];
  return [...stored, ...reported, ...changed, ...removed];
}

function happening(from: WorkEvent['from'], what: string, message: string, time: string): WorkEvent {
  return { time, from, subject: 'work', what, reason: '', message };
}
