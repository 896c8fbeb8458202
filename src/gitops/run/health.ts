import type { HealthProbe } from './controller-deps.ts';
import type { LagWindow } from './loop-lag.ts';

export type Role =
  /** No answer from the hub about the Lease yet. */
  | 'starting'
  /** Another process leads. */
  | 'standby'
  | 'leading';

/** An event loop held up for this long. */
const lagLimitMs = 10_000;
/** A watch that heard nothing, though the hub answers otherwise; a quiet one is opened anew every 90 s. */
const watchSilenceMs = 300_000;
/** A reconcile that has been running for this long; every call in it has a deadline far below. */
const longestReconcileMs = 600_000;
/** An answer of the hub so recent that it counts as there. */
const hubAnswerMs = 60_000;

export interface HealthFacts {
  readonly role: Role;
  readonly monotonicMs: number;
  readonly lag: LagWindow;
  /** Monotonic time of the last answer to any call to the hub but watches. */
  readonly hubAnsweredMs: number | undefined;
  /** Of the engine; undefined while it does not run. */
  readonly probe: HealthProbe | undefined;
  /** Propagation needs no status stream. */
  readonly needsStream: boolean;
}

/**
 * What is wrong with this process that a restart may mend, empty when nothing
 * is. A server that is away is not: a restarted process would wait as well,
 * with an empty index.
 */
export function stuckParts({ monotonicMs, lag, probe, hubAnsweredMs }: HealthFacts): readonly string[] {
  const stuck: string[] = [];
  if (lag.maxMs > lagLimitMs) stuck.push(`the event loop was held up for ${seconds(lag.maxMs)}`);
  const heardMs = probe?.hubHeardMs();
  const hubThere = hubAnsweredMs !== undefined && monotonicMs - hubAnsweredMs <= hubAnswerMs;
  if (heardMs !== undefined && hubThere && monotonicMs - heardMs > watchSilenceMs) {
    stuck.push(`a watch of the hub has heard nothing for ${seconds(monotonicMs - heardMs)}, though the hub answers`);
  }
  const begunMs = probe?.oldestReconcileMs();
  if (begunMs !== undefined && monotonicMs - begunMs > longestReconcileMs)
    stuck.push(`a reconcile has been running for ${seconds(monotonicMs - begunMs)}`);
  return stuck;
}

/** What is missing until this process does its work; a standby has nothing to do and is ready for that. */
export function missingParts({ role, probe, needsStream }: HealthFacts): readonly string[] {
  if (role === 'starting') return ['the hub has not answered yet'];
  if (role === 'standby') return [];
  if (probe === undefined) return ['the controllers have not started yet'];
  return [
    ...(probe.hubSynced() ? [] : ['the hub has not been read whole yet']),
    ...(probe.maestroSynced() ? [] : ['Maestro has not been read whole yet']),
    ...(probe.streamLive() || !needsStream ? [] : ['the status stream of Maestro is not open']),
  ];
}

function seconds(ms: number): string {
  return `${Math.round(ms / 1000)}s`;
}
