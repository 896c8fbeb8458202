import { toWireJson, type JsonObject } from '../../core/json.ts';
import type { ClusterCondition, ReportStatuses } from './report.ts';

/** What had to be left out of a report, in the order in which it is: each of these without those before it, too. */
const cuts = ['whole', 'messages-shortened', 'messages-left-out', 'resources-left-out', 'clusters-left-out'] as const;
export type Cut = (typeof cuts)[number];

export interface FittedReport {
  readonly statuses: ReportStatuses;
  readonly cut: Cut;
  /** Of the statuses as the hub stores them. */
  readonly bytes: number;
}

/**
 * etcd takes requests of 1.5 MiB, 1,572,864 bytes, unless told otherwise. What else is in one, metadata and who manages
 * which field, is a few KB.
 */
export const largestStatuses = 1_450_000;

/** Characters of a message that are tried one after the other before messages are left out. */
const shortMessages = [256, 128, 64, 32];

/** The whole report, or as much of it as the hub can store: its summary always. */
export function fitReport(statuses: ReportStatuses, largest = largestStatuses): FittedReport {
  let fitted: FittedReport | undefined;
  for (const cut of cuts)
    for (const part of withCut(statuses, cut)) {
      fitted = { statuses: part, cut, bytes: storedBytes(part) };
      if (fitted.bytes <= largest) return fitted;
    }
  return fitted ?? { statuses, cut: 'whole', bytes: 0 };
}

/** What may be written of it, the larger first. */
function* withCut(statuses: ReportStatuses, cut: Cut): Generator<ReportStatuses> {
  const withoutMessages = (): ReportStatuses => withMessages(statuses, () => ({}));
  switch (cut) {
    case 'whole':
      yield statuses;
      return;
    case 'messages-shortened':
      for (const length of shortMessages)
        yield withMessages(statuses, (message) => ({ message: shortened(message, length) }));
      return;
    case 'messages-left-out':
      yield withoutMessages();
      return;
    case 'resources-left-out':
      yield { ...withoutMessages(), resources: [] };
      return;
    case 'clusters-left-out':
      yield { clusterConditions: [], resources: [], summary: statuses.summary };
  }
}

function shortened(message: string, length: number): string {
  // Half of a character that takes two units would be none.
  return message.length <= length ? message : `${message.slice(0, length).toWellFormed()}...`;
}

function withMessages(
  statuses: ReportStatuses,
  said: (message: string) => { readonly message?: string },
): ReportStatuses {
  const cutOf = (entry: ClusterCondition): ClusterCondition =>
    entry.conditions === undefined
      ? entry
      : { ...entry, conditions: entry.conditions.map(({ type, message = '' }) => ({ type, ...said(message) })) };
  return { ...statuses, clusterConditions: statuses.clusterConditions.map((entry) => cutOf(entry)) };
}

/** An API server writes `<`, `>` and `&` in texts as six characters. */
function storedBytes(statuses: ReportStatuses): number {
  const text = toWireJson(statuses as unknown as JsonObject);
  return Buffer.byteLength(text) + 5 * (text.match(/[<>&]/g)?.length ?? 0);
}
