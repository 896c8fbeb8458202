import { formatExpression } from '../../core/expressions/format.ts';
import { parseExpression } from '../../core/expressions/parse.ts';
import { conditionType } from '../../core/status/work-status.ts';
import type { WaitCondition } from './judge.ts';

/** Failures of an agent often heal at its next try; one that lasts for so long is told as a failure. */
export const usualGraceMs = 30_000;
/** Feedback carries no version: for so long after an update it may still be that of the old object. */
export const usualSettleMs = 20_000;

/** What is awaited, with the text that the user wrote, for messages and the result's reason. */
export interface AwaitedCondition extends WaitCondition {
  readonly text: string;
}

/** @throws MaestroError usage with a caret under the place that does not parse */
export function conditionOf(
  text: string,
  options: {
    readonly failOn?: string | undefined;
    readonly failureGraceMs?: number | undefined;
    readonly feedbackSettleMs?: number | undefined;
  } = {},
): AwaitedCondition {
  const { failOn, failureGraceMs = usualGraceMs, feedbackSettleMs = usualSettleMs } = options;
  const expression = parseExpression(text);
  return {
    // A condition in kubectl's words is told by its own name: the result's reason is made of it.
    text: expression.kind === 'work-condition' ? formatExpression(expression) : text,
    expression,
    ...(failOn === undefined ? {} : { failOn: parseExpression(failOn) }),
    failureGraceMs,
    feedbackSettleMs,
  };
}

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
