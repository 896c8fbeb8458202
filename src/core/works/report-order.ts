import { conditionType, type WorkStatus } from '../status/work-status.ts';

/** What orders the reports about one work. */
export type ReportPlace = Pick<WorkStatus, 'observedVersion' | 'sequenceId'>;

/**
 * Negative when the first was made before the second, positive when after, 0
 * for the same one: by the version that it is about, then by the sequence id.
 * No report comes before all.
 */
export function compareReports(left: ReportPlace | undefined, right: ReportPlace | undefined): number {
  if (left === undefined || right === undefined) return Number(left !== undefined) - Number(right !== undefined);
  return left.observedVersion - right.observedVersion || compareSequences(left.sequenceId, right.sequenceId);
}

/** True when the report is to take the place of the one that is known. */
export function isLaterReport(next: ReportPlace | undefined, known: ReportPlace | undefined): boolean {
  return compareReports(next, known) > 0;
}

/** The place of the latest report of what is known of a work, if it has one. */
export function placeOf({ observedVersion, sequenceId }: ReportPlace): ReportPlace | undefined {
  return observedVersion === 0 && sequenceId === '' ? undefined : { observedVersion, sequenceId };
}

/** True for the last report of a work: the agent says that its objects are gone from the cluster. */
export function reportsDeletion(status: Pick<WorkStatus, 'conditions'> | undefined): boolean {
  return (
    status?.conditions.some((condition) => condition.type === conditionType.deleted && condition.status === 'True') ??
    false
  );
}

/**
 * Negative when the first was created before the second, positive when after; 0 also when one of the times is unknown.
 * Times of events have whole seconds (ObjectMeta), those of rows have more: they are compared by what both have.
 */
export function compareCreations(left: string, right: string): number {
  const [one, other] = [Date.parse(left), Date.parse(right)];
  if (left === right || Number.isNaN(one) || Number.isNaN(other)) return 0;
  return left.includes('.') && right.includes('.') ? one - other : Math.floor(one / 1000) - Math.floor(other / 1000);
}

/** Snowflake ids are too long for a double; without leading zeros the longer one is the greater. */
function compareSequences(left: string, right: string): number {
  if (left === right) return 0;
  const [one, other] = [digitsOf(left), digitsOf(right)];
  if (one.length !== other.length) return one.length - other.length;
  return one === other ? 0 : one > other ? 1 : -1;
}

/** What is no sequence id comes before all. */
function digitsOf(text: string): string {
  return /^\d{1,20}$/.test(text) ? text.replace(/^0+/, '') : '';
}
