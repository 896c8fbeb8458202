import type { JsonObject } from '../../core/json.ts';
import type { DeliveryCondition } from './delivery-condition.ts';
import { deliveryConditionsIn } from './delivery-condition.ts';
import { ContentSum } from './content-sum.ts';
import type { Fingerprint } from './fingerprint.ts';
import { fingerprintOf } from './fingerprint.ts';
import type { AppReport } from './report.ts';
import { reportIsCurrent } from './report.ts';
import { shownStateOf, type ShownState } from './shown-state.ts';
import { notBefore } from './times.ts';
import { trimStatus, type StatusMode } from './trim-status.ts';

export type { DeliveryCondition } from './delivery-condition.ts';

/** What the hub shows, compact: kept in memory, one per application. */
export interface WrittenStatus {
  readonly transition: string;
  readonly detail: string;
  readonly full: string;
  readonly reconciledAt: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  /** Fingerprint of our own conditions, "" without any. */
  readonly delivery: string;
  /** What the report of its ApplicationSet tells of it. */
  readonly state: ShownState;
}

export type StatusDecision =
  | { readonly write: 'none' }
  | { readonly write: 'now' }
  /** Unless something else is written before; in the lane of a queue that its weight calls for. */
  | { readonly write: 'after'; readonly afterMs: number; readonly lane: 'change' | 'resync' };

/** What a write of the status rests on beside its content. */
export interface WriteConditions {
  readonly written: WrittenStatus | undefined;
  readonly noise: 'never' | { readonly everyMs: number };
  /** Since this process last wrote the application's status; Infinity when it never did. */
  readonly sinceLastWriteMs: number;
  /** How long any write of the application has to wait, because there were many; 0 when absent. */
  readonly paceMs?: number;
  /** A transition was held back for that since the last write: even when it was taken back, its times have moved. */
  readonly held?: boolean;
  /** The write takes an operation or a refresh off the hub, of which the report tells. */
  readonly takes?: boolean;
}

export interface StatusWriteInput extends WriteConditions {
  /** undefined when no agent has reported; only our conditions can then change. */
  readonly report: AppReport | undefined;
  readonly publishedVersion: number;
  readonly delivery: readonly DeliveryCondition[];
  /** As for hubStatusOf. */
  readonly mode: StatusMode;
  /** That of the report's trimmed status, when the caller has it already. */
  readonly fingerprint?: Fingerprint;
}

/** Changes of mere detail reach the hub no more often than this. */
export const detailEveryMs = 30_000;

const none: StatusDecision = { write: 'none' };
const now: StatusDecision = { write: 'now' };

/**
 * Whether and when the hub's status is to be written anew: transitions at once,
 * detail every 30 seconds at most, times that only moved never, or as often as
 * `noise` says. A report that is not of the published version counts for
 * nothing but our own conditions. An application that changes all the time gets
 * the writes that its pace allows, and its last state with the last of them.
 */
export function decideStatusWrite(input: StatusWriteInput): StatusDecision {
  const { report, delivery, written, publishedVersion, mode } = input;
  if (deliveryFingerprint(delivery) !== (written?.delivery ?? '')) return paced(now, input);
  if (report?.status === undefined || !reportIsCurrent(report, publishedVersion)) return none;
  return decideByContent(input.fingerprint ?? fingerprintOf(trimStatus(report.status, mode)), input);
}

/** The same where the conditions are those that the hub shows: of a report of the published version. */
export function decideByContent(next: Fingerprint, conditions: WriteConditions): StatusDecision {
  return paced(unpaced(next, conditions), conditions);
}

function unpaced(next: Fingerprint, conditions: WriteConditions): StatusDecision {
  const { written, sinceLastWriteMs, noise, takes, held } = conditions;
  if (takes === true) return now;
  if (written === undefined || next.transition !== written.transition || endsOperation(next, written)) return now;
  if (held === true && next.full !== written.full) return now;
  if (next.detail !== written.detail) return atMostEvery(detailEveryMs, sinceLastWriteMs);
  if (next.full === written.full || noise === 'never') return none;
  return atMostEvery(noise.everyMs, sinceLastWriteMs);
}

function paced(decision: StatusDecision, { paceMs = 0, takes }: WriteConditions): StatusDecision {
  // Somebody waits for what it takes off the hub, and asks for no more than that.
  if (decision.write === 'none' || paceMs <= 0 || (decision.write === 'now' && takes === true)) return decision;
  if (decision.write === 'now') return { write: 'after', afterMs: paceMs, lane: 'change' };
  return { ...decision, afterMs: Math.max(paceMs, decision.afterMs) };
}

/** What the hub shows, by its own status or by one that was just written. */
export function writtenStatusOf(status: JsonObject | undefined): WrittenStatus {
  return status === undefined ? noStatus : describeStatus(status);
}

/** Every application that an ApplicationSet makes begins with it. */
const noStatus = describeStatus({});

function describeStatus(status: JsonObject): WrittenStatus {
  const { transition, detail, full, reconciledAt, startedAt, finishedAt } = fingerprintOf(status);
  return {
    transition,
    detail,
    full,
    reconciledAt,
    startedAt,
    finishedAt,
    state: shownStateOf(status),
    delivery: deliveryFingerprint(deliveryConditionsIn(status)),
  };
}

/** Another text when types or messages are others; "" for no conditions. */
export function deliveryFingerprint(conditions: readonly DeliveryCondition[]): string {
  if (conditions.length === 0) return '';
  const sum = new ContentSum();
  for (const { type, message } of conditions) sum.add('condition', [type, message]);
  return sum.text();
}

/**
 * Tools take an operation for unfinished while `reconciledAt` is before
 * `finishedAt`, so the first refresh after its end is always written.
 */
function endsOperation(next: Fingerprint, written: WrittenStatus): boolean {
  // Asked of every application of a pass, of which nearly all show what was reported.
  if (next.reconciledAt === written.reconciledAt) return false;
  return notBefore(next.reconciledAt, next.finishedAt) && !notBefore(written.reconciledAt, next.finishedAt);
}

function atMostEvery(everyMs: number, sinceLastWriteMs: number): StatusDecision {
  const afterMs = everyMs - sinceLastWriteMs;
  return afterMs > 0 ? { write: 'after', afterMs, lane: 'resync' } : now;
}
