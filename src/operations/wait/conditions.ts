import { parseExpression } from '../../core/expressions/parse.ts';
import { conditionType } from '../../core/status/work-status.ts';
import type { WaitCondition } from './judge.ts';

/** Failures of an agent often heal at its next try; one that lasts for so long is told as a failure. */
export const usualGraceMs = 30_000;
/** Feedback carries no version: for so long after an update it may still be that of the old object. */
export const usualSettleMs = 20_000;

/** Until the agent has applied what was written. */
export const untilApplied: WaitCondition = {
  expression: parseExpression(conditionType.applied),
  failureGraceMs: usualGraceMs,
  feedbackSettleMs: 0,
};

/** Until the works are gone. No failure ends it: an agent that cannot delete an object yet tries again. */
export const untilDeleted: WaitCondition = {
  expression: parseExpression(conditionType.deleted),
  failureGraceMs: Number.POSITIVE_INFINITY,
  feedbackSettleMs: 0,
};
