import type { HealthProbe } from './controller-deps.ts';
import type { LagWindow } from './loop-lag.ts';

export type Role =
  /** No answer from the hub about the Lease yet. */
  | 'starting'
  /** Another process leads. */
  | 'standby'
  | 'leading';

/** Milliseconds. */
export interface HealthLimits {
  /** An event loop held up for this long. */
  readonly lagMs: number;
  /**
   * A watch that heard nothing and was not opened anew, which a quiet one is every 90 s, though the hub answers
   * otherwise.
   */
  readonly watchSilenceMs: number;
  /** A reconcile that has been running for this long; every call in it has a deadline far below. */
  readonly reconcileMs: number;
  /** An answer of the hub so recent that it counts as there. */
  readonly hubAnswerMs: number;
}

export const standardHealthLimits: HealthLimits = {
  lagMs: 10_000,
  watchSilenceMs: 300_000,
  reconcileMs: 600_000,
  hubAnswerMs: 60_000,
};

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
export function stuckParts(facts: HealthFacts, limits: HealthLimits = standardHealthLimits): readonly string[] {
  const { monotonicMs, lag, probe, hubAnsweredMs } = facts;
  const stuck: string[] = [];
  if (lag.maxMs > limits.lagMs) stuck.push(`the event loop was held up for ${seconds(lag.maxMs)}`);
  const heardMs = probe?.hubHeardMs();
  const hubThere = hubAnsweredMs !== undefined && monotonicMs - hubAnsweredMs <= limits.hubAnswerMs;
  if (heardMs !== undefined && hubThere && monotonicMs - heardMs > limits.watchSilenceMs) {
    stuck.push(`a watch of the hub has heard nothing for ${seconds(monotonicMs - heardMs)}, though the hub answers`);
  }
  const begunMs = probe?.oldestReconcileMs();
  if (begunMs !== undefined && monotonicMs - begunMs > limits.reconcileMs)
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
