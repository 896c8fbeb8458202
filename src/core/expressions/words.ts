import { conditionType, type ConditionStatus } from '../status/work-status.ts';

/** Doubles hold any decimal number of this many digits; a point counts as one. */
const mostDigits = 15;

const conditionStatuses: Readonly<Record<string, ConditionStatus>> = {
  true: 'True',
  false: 'False',
  unknown: 'Unknown',
};

/** Conditions that have rules of their own, so that `applied` must not pass for some other condition. */
const wellKnownTypes: readonly string[] = Object.values(conditionType);

/**
 * A decimal number that a double tells from its neighbours; anything else, long
 * ids of digits included, is text and compared letter by letter.
 */
export function numberIn(text: string): number | undefined {
  const match = /^-?(\d+(?:\.\d+)?)(?:[eE][+-]?\d+)?$/.exec(text);
  if (match === null || (match[1] ?? '').length > mostDigits) return undefined;
  const number = Number(text);
  // Not -0, which equals 0 and would print as another number.
  return Number.isFinite(number) ? number + 0 : undefined;
}

/** The words that join conditions, in any case. */
export function isKeyword(text: string): boolean {
  return /^(and|or|not)$/i.test(text);
}

/** True, False and Unknown in any case; undefined for any other text. */
export function statusWord(text: string | undefined): ConditionStatus | undefined {
  const word = text?.toLowerCase() ?? '';
  return Object.hasOwn(conditionStatuses, word) ? conditionStatuses[word] : undefined;
}

/** Tells `Complete=True`, a condition, from `succeeded=true`, a comparison with a feedback value. */
export function looksLikeCondition(word: string): boolean {
  return /^[A-Z][A-Za-z0-9]*$/.test(word) || wellKnownTypes.includes(wellKnownSpelling(word));
}

/** Conditions that an agent reports of a work, and what Maestro tells beside them. */
export const workConditions: readonly string[] = [
  conditionType.applied,
  conditionType.available,
  'Progressing',
  'Degraded',
  'Complete',
  conditionType.deleting,
  conditionType.deleted,
];

/** The name of a condition with rules of its own in its one spelling; other names as they are. */
export function wellKnownSpelling(type: string): string {
  return wellKnownTypes.find((known) => known.toLowerCase() === type.toLowerCase()) ?? type;
}
