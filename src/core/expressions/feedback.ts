import type { ConditionStatus, FeedbackData, FeedbackValue } from '../status/work-status.ts';
import { truthOf } from './evidence.ts';
import type { Truth } from './evidence.ts';
import type { Comparison, Path, PathStep } from './syntax-tree.ts';
import { numberIn, statusWord } from './words.ts';

/** WellKnownStatus gives a Job's Complete condition under this name (recordings/outcomes.json). */
const wellKnownValueOf: Readonly<Record<string, string>> = { 'job complete': 'JobComplete' };

/**
 * The status of a condition as feedback shows it: in a list of conditions fed
 * back as `conditions` or inside `status`, else as a value of the condition's
 * own name (`JobComplete`, the text "True" or a boolean). undefined when
 * nothing tells it.
 */
export function conditionInFeedback(
  feedback: readonly FeedbackValue[],
  kind: string,
  type: string,
): ConditionStatus | undefined {
  const lists = [memberOf(feedback, 'conditions'), resolve(feedback, ['status', 'conditions'])];
  const listed = lists.flatMap((list) => statusesIn(list, type));
  if (listed.length > 0) return worst(listed);
  const alias = wellKnownValueOf[`${kind} ${type}`.toLowerCase()];
  const value = memberOf(feedback, type) ?? (alias === undefined ? undefined : memberOf(feedback, alias));
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  return typeof value === 'string' ? statusWord(value) : undefined;
}

/**
 * The value that a path leads to, undefined when there is none. JSON's null
 * counts as none, because objects hold it for "not set yet". A filter that
 * several members pass leads nowhere.
 */
export function resolve(feedback: readonly FeedbackValue[], path: Path): FeedbackData | undefined {
  const [name, ...steps] = path;
  let value = memberOf(feedback, name);
  for (const step of steps) value = stepInto(value, step);
  return value ?? undefined;
}

/**
 * Compares a feedback value with the value of the expression. Numbers, and
 * texts that are numbers, compare as numbers with a number; True, False and
 * Unknown are equal in any case; other texts letter by letter. Values of
 * different kinds are not equal, and have no order, so that `>` is unknown.
 */
export function compare(actual: FeedbackData, { operator, value }: Pick<Comparison, 'operator' | 'value'>): Truth {
  const number = typeof actual === 'string' ? numberIn(actual) : actual;
  if (typeof value === 'number' && typeof number === 'number') return compareNumbers(number, operator, value);
  if (operator === '==') return truthOf(equals(actual, value));
  if (operator === '!=') return truthOf(!equals(actual, value));
  return 'unknown';
}

function compareNumbers(left: number, operator: Comparison['operator'], right: number): Truth {
  switch (operator) {
    case '==':
      return truthOf(left === right);
    case '!=':
      return truthOf(left !== right);
    case '>=':
      return truthOf(left >= right);
    case '<=':
      return truthOf(left <= right);
    case '>':
      return truthOf(left > right);
    case '<':
      return truthOf(left < right);
  }
}

function equals(actual: FeedbackData, value: string | number | boolean): boolean {
  if (actual === value) return true;
  if (typeof actual !== 'string' && typeof actual !== 'boolean') return false;
  const word = statusWord(String(actual));
  return word !== undefined && word === statusWord(String(value));
}

/** Spelt exactly first, then in any case. */
function memberOf(feedback: readonly FeedbackValue[], name: string): FeedbackData | undefined {
  const exact = feedback.find((value) => value.name === name);
  const lower = name.toLowerCase();
  return (exact ?? feedback.find((value) => value.name.toLowerCase() === lower))?.value;
}

function stepInto(value: FeedbackData | undefined, step: PathStep): FeedbackData | undefined {
  if (typeof value !== 'object' || value === null) return undefined;
  if (typeof step === 'string') {
    if (Array.isArray(value) || !Object.hasOwn(value, step)) return undefined;
    return (value as { readonly [key: string]: FeedbackData })[step];
  }
  if (!Array.isArray(value)) return undefined;
  const list = value as readonly FeedbackData[];
  if (typeof step === 'number') return list[step];
  const passing = list.filter((item) => stepInto(item, step.key) === step.equals);
  return passing.length === 1 ? passing[0] : undefined;
}

function statusesIn(list: FeedbackData | undefined, type: string): ConditionStatus[] {
  if (!Array.isArray(list)) return [];
  const typed = (list as readonly FeedbackData[]).flatMap((item) => {
    const name = stepInto(item, 'type');
    const status = stepInto(item, 'status');
    if (typeof name !== 'string' || typeof status !== 'string') return [];
    return { name, status: statusWord(status) ?? 'Unknown' };
  });
  const exact = typed.filter(({ name }) => name === type);
  const lower = type.toLowerCase();
  const found = exact.length > 0 ? exact : typed.filter(({ name }) => name.toLowerCase() === lower);
  return found.map(({ status }) => status);
}

function worst(statuses: readonly ConditionStatus[]): ConditionStatus {
  if (statuses.includes('False')) return 'False';
  return statuses.includes('Unknown') ? 'Unknown' : 'True';
}
