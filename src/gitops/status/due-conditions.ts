/** What time alone makes worth a condition; of an operation that waits each reason is one of its own. */
export const dueConditions = [
  'pending',
  'unsent',
  'deletion',
  'silent',
  'no-status',
  'unavailable',
  'overwritten',
  'operation-displaced',
  'operation-not-begun',
  'operation-another',
  'operation-cluster-syncs',
  'operation-taken-back',
] as const;
export type DueCondition = (typeof dueConditions)[number];

/** A set of them, as the bits of a small integer: every one of 150,000 applications has one. Compared by `===`. */
export type DueConditions = number;

export const noneDue: DueConditions = 0;

export function withDue(due: DueConditions, condition: DueCondition): DueConditions {
  return due | (1 << dueConditions.indexOf(condition));
}

export function isDue(due: DueConditions, condition: DueCondition): boolean {
  return (due & (1 << dueConditions.indexOf(condition))) !== 0;
}

/** An operation has waited long enough to tell why. */
export function operationIsDue(due: DueConditions): boolean {
  return dueConditions.some((condition) => condition.startsWith('operation-') && isDue(due, condition));
}
