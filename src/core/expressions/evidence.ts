import type { WorkView } from '../status/fold.ts';
import type { ResourceMeta } from '../status/work-status.ts';

/** Kleene's three values. Only `true` ends a wait. */
export type Truth = 'true' | 'false' | 'unknown';

/** What is known of a work when an expression is judged. */
export interface Evidence {
  /** The bundle as read last; when it is gone, what was known of it, or version 0 without manifests. */
  readonly bundle: WorkView;
  /** The version that the expression is about. */
  readonly atVersion: number;
  /** Maestro answered 404, at the start or after the work was seen. */
  readonly gone: boolean;
  /**
   * Whether the feedback of a resource may be believed: it carries no version
   * and can still show the old object after an update.
   */
  feedbackCounts(meta: ResourceMeta): boolean;
}

/** A truth with what was seen, in words, for messages. */
export interface Judgement {
  readonly truth: Truth;
  /** One text for each thing that was looked at. */
  readonly seen: readonly string[];
}

export function truthOf(holds: boolean): Truth {
  return holds ? 'true' : 'false';
}

export function not(truth: Truth): Truth {
  if (truth === 'unknown') return truth;
  return truthOf(truth === 'false');
}

/** False as soon as one is false; true only when all are; true for none. */
export function allOf(truths: readonly Truth[]): Truth {
  if (truths.includes('false')) return 'false';
  return truths.includes('unknown') ? 'unknown' : 'true';
}

export function anyOf(truths: readonly Truth[]): Truth {
  return not(allOf(truths.map((truth) => not(truth))));
}
