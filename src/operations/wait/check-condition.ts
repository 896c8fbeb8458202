import { refuseImpossible, type ExpressionSubject } from '../../core/expressions/refuse-impossible.ts';
import { feedbackTestsWithoutRule } from '../../core/expressions/selectors.ts';
import type { Expression } from '../../core/expressions/syntax-tree.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { WaitCondition } from './judge.ts';

/** What is awaited, as far as it can be held against what a work holds. */
type Awaited = Pick<WaitCondition, 'expression' | 'failOn'>;

/** What is awaited and what ends the wait as failed; none where nothing is awaited. */
export function expressionsOf(awaited: Awaited | undefined): readonly Expression[] {
  return [awaited?.expression, awaited?.failOn].filter((one) => one !== undefined);
}

/**
 * Checks what is awaited of a work before that is sent. What could never come true is refused; a feedback test without
 * a rule nearly never does, and is warned about.
 *
 * @param work all that will be stored: a merge keeps what others hold, so its result is known when the work was read
 * @throws MaestroError usage
 */
export function checkBeforeWrite(
  work: ExpressionSubject,
  awaited: Awaited | undefined,
  warn: (text: string) => void,
): void {
  refuseImpossible(expressionsOf(awaited), work, 'Nothing was sent.');
  warnOfFeedback(work, awaited, warn);
}

/**
 * The same of a work that is waited for as it is stored.
 *
 * @param bundle undefined while there is no such work: then only what no work reports is refused
 * @throws MaestroError usage
 */
export function checkBeforeWait(
  bundle: ResourceBundle | undefined,
  awaited: Awaited,
  warn: (text: string) => void,
): void {
  const work = bundle === undefined ? undefined : subjectOf(bundle);
  refuseImpossible(expressionsOf(awaited), work);
  if (work !== undefined) warnOfFeedback(work, awaited, warn);
}

/** Warns of tests that wait for feedback which nobody has asked for. */
export function warnOfFeedback(
  work: ExpressionSubject,
  awaited: Awaited | undefined,
  warn: (text: string) => void,
): void {
  for (const expression of expressionsOf(awaited)) {
    for (const test of feedbackTestsWithoutRule(expression, work.manifests, work.manifestConfigs))
      warn(`${work.name}: ${test} is tested, but no feedback rule reports it; the wait may never end`);
  }
}

export function subjectOf(bundle: ResourceBundle): ExpressionSubject {
  const { manifests, manifestConfigs, status } = bundle;
  return { name: workName(bundle), manifests, manifestConfigs, conditions: status?.conditions ?? [] };
}
