import { formatAge } from '../duration.ts';

/** The version that the agent reported last; `-` while it has reported none. Every table has it from here. */
export function observedText(observedVersion: number | undefined): string {
  return observedVersion === undefined || observedVersion === 0 ? '-' : String(observedVersion);
}

/** `2/3`: what the agent reported last, and what is stored. */
export function versionsText(observedVersion: number | undefined, storedVersion: number): string {
  return `${observedText(observedVersion)}/${storedVersion}`;
}

/** When the agent reported last, both in wall milliseconds: `never`, or `12s ago`. */
export function lastReportText(reportedAtMs: number | undefined, wallMs: number): string {
  return reportedAtMs === undefined ? 'never' : `${formatAge(wallMs - reportedAtMs)} ago`;
}
