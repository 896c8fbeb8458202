import { ExitCode } from '../../exit-code.ts';
import {
  exitCodeOfOutcome,
  isUnfinished,
  type Outcome,
  type ResourceOutcome,
  type WorkOutcome,
  type WorkOutcomes,
} from '../../core/outcome/outcome.ts';
import type {
  AdapterResult,
  AdapterResultDetails,
  AdapterResultWork,
  ResultResource,
  ResultRunDetails,
  StatusResult,
  StatusResultWork,
  TruncatedPart,
} from './document.ts';

export const resultFormats = ['status-result', 'adapter-result'] as const;
export type ResultFormat = (typeof resultFormats)[number];

/** Limits of the status-reporter; it cuts by bytes, so we cut first, on whole characters. */
const maxReasonBytes = 128;
const maxMessageBytes = 1024;

/** How much of the detail a file has room for; see `fitted` in text.ts. */
export interface Detail {
  readonly feedback: boolean;
  readonly resources: boolean;
  readonly details: boolean;
  /** `removed`, `losses` and `sharedWith`. */
  readonly effects: boolean;
  /** Every work; else only those that failed, and those of whose effects there is to tell. */
  readonly works: boolean;
}

/** Works that a message about several names; the list of works has the rest. */
const mostNamed = 50;

/**
 * The value of the result file. No key differs from another only in case,
 * because the status-reporter's reader folds case and takes the last.
 */
export function resultValue(
  outcome: Outcome,
  format: ResultFormat,
  timestamp: string,
  detail: Detail,
): StatusResult | AdapterResult {
  const [only] = outcome.works;
  const summary = only !== undefined && outcome.works.length === 1 ? withName(only) : summaryOf(outcome);
  const end = { timestamp, ...(detail.feedback ? {} : { truncated: cutNames(detail) }) };
  const { details: ofRun, ...run } = runOf(outcome, detail);
  if (format === 'status-result') {
    const top = { ...statusEntry(summary, detail), ...run, ...(ofRun === undefined ? {} : { details: ofRun }) };
    return { ...top, ...listOf(outcome.works, detail, statusEntry), ...end };
  }
  const { details: ofWork, ...work } = adapterEntry(summary, detail);
  const top = { ...work, ...run, ...(ofWork === undefined ? {} : { details: { ...ofWork, ...ofRun } }) };
  return { ...top, ...listOf(outcome.works, detail, adapterEntry), ...end };
}

/** Of the whole run, so at the top level only. */
function runOf({ run }: Outcome, detail: Detail): { readonly startedAt?: string; readonly details?: ResultRunDetails } {
  if (run === undefined) return {};
  const { startedAt, ...details } = run;
  return { startedAt, ...(detail.details ? { details } : {}) };
}

/** The list of works, where there are several. */
function listOf<Entry>(
  works: WorkOutcomes,
  detail: Detail,
  entry: (work: WorkOutcome, detail: Detail) => Entry,
): { readonly works?: readonly Entry[] } {
  if (works.length <= 1) return {};
  const entries: Entry[] = [];
  for (const work of works) {
    if (detail.works || work.exitCode !== ExitCode.Done || (detail.effects && hasEffects(work)))
      entries.push(entry(withName(work), detail));
  }
  return { works: entries };
}

function statusEntry(work: WorkOutcome, detail: Detail): StatusResultWork {
  const { manifestWorkName, consumer, phase, message } = work;
  return { manifestWorkName, consumer, status: phase, message, ...effectsOf(work, detail) };
}

function adapterEntry(work: WorkOutcome, detail: Detail): AdapterResultWork {
  const { manifestWorkName, consumer, phase, reason, message, exitCode } = work;
  return {
    status: exitCode === ExitCode.Done ? 'success' : 'failure',
    reason: cutToBytes(reason, maxReasonBytes),
    message: cutToBytes(message, maxMessageBytes),
    manifestWorkName,
    consumer,
    phase,
    ...effectsOf(work, detail),
    ...(detail.details ? { details: detailsOf(work) } : {}),
  };
}

/** What the write took out, what others lost by it, what it brought that other works hold too, and the objects. */
function effectsOf(
  { removed, losses, sharedWith, resources = [] }: WorkOutcome,
  detail: Detail,
): Pick<StatusResultWork, 'removed' | 'losses' | 'sharedWith' | 'resources'> {
  return {
    ...(removed === undefined || !detail.effects ? {} : { removed }),
    ...(losses === undefined || !detail.effects ? {} : { losses }),
    ...(sharedWith === undefined || !detail.effects ? {} : { sharedWith }),
    ...(resources.length === 0 || !detail.resources
      ? {}
      : { resources: resources.map((resource) => resourceValue(resource, detail.feedback)) }),
  };
}

export function hasEffects({ removed, losses, sharedWith }: WorkOutcome): boolean {
  return removed !== undefined || losses !== undefined || sharedWith !== undefined;
}

function detailsOf({
  operation,
  id,
  version,
  observedVersion,
  conditions,
  exitCode,
}: WorkOutcome): AdapterResultDetails {
  return { operation, id, version, observedVersion, conditions, exitCode };
}

function resourceValue(resource: ResourceOutcome, withFeedback: boolean): ResultResource {
  return {
    kind: resource.kind,
    group: resource.group,
    version: resource.version,
    namespace: resource.namespace,
    name: resource.name,
    status: resource.status,
    message: resource.message,
    feedback:
      withFeedback && resource.feedback !== undefined && resource.feedback.length > 0
        ? Object.fromEntries(resource.feedback.map(({ name, value }) => [name, value]))
        : undefined,
  };
}

/** `2 of 12 works failed, 1 not finished`: of what a signal or the time cut short nobody knows yet. */
function countsOf(works: readonly WorkOutcome[], total: number): string {
  const unfinished = works.filter(isUnfinished).length;
  const failed = works.length - unfinished;
  if (failed === 0 && unfinished > 0) return `${unfinished} of ${total} works not finished`;
  return `${failed} of ${total} works failed${unfinished === 0 ? '' : `, ${unfinished} not finished`}`;
}

/** The top level of a file for several works, or for a run that failed before it knew any. */
function summaryOf(outcome: Outcome): WorkOutcome {
  const exitCode = exitCodeOfOutcome(outcome);
  const failed: WorkOutcome[] = [];
  const [allNames, allConsumers] = [new Set<string>(), new Set<string>()];
  let allApplied = true;
  for (const work of outcome.works) {
    if (work.exitCode !== ExitCode.Done) failed.push(work);
    allNames.add(work.manifestWorkName);
    allConsumers.add(work.consumer);
    allApplied &&= work.phase === 'Applied';
  }
  const [first] = outcome.works;
  // What was not begun failed only because something else did.
  const causes = failed.filter((work) => work.reason !== 'NotBegun');
  const worst = causes[0] ?? failed[0] ?? first;
  const names = joined([...allNames], ', ');
  const consumers = joined([...allConsumers], ', ');
  if (outcome.error !== undefined || worst === undefined) {
    return withName({
      manifestWorkName: names === '' ? (outcome.about?.manifestWorkName ?? '') : names,
      consumer: consumers === '' ? (outcome.about?.consumer ?? '') : consumers,
      phase: 'Failed',
      reason: outcome.error?.reason ?? 'InternalError',
      message: outcome.error?.message ?? 'nothing was done',
      exitCode,
    });
  }
  if (failed.length === 0) {
    const phase = allApplied ? 'Applied' : 'InProgress';
    const message = `${outcome.works.length} works: ${joined(messagesOf(outcome.works), '; ', outcome.works.length)}`;
    return { manifestWorkName: names, consumer: consumers, phase, reason: worst.reason, message, exitCode };
  }
  const notBegun = failed.length - causes.length;
  const left = notBegun === 0 || causes.length === 0 ? '' : `, and ${notBegun} were not begun`;
  const shown = causes.length === 0 ? failed : causes;
  return {
    manifestWorkName: names,
    consumer: consumers,
    phase: failed.every((work) => work.phase === 'InProgress') ? 'InProgress' : 'Failed',
    reason: new Set(shown.map((work) => work.reason)).size === 1 ? worst.reason : 'SeveralFailures',
    message: `${countsOf(shown, outcome.works.length)}${left}: ${joined(messagesOf(shown), '; ', shown.length)}`,
    exitCode,
  };
}

/** Those of the first works; nobody reads more. */
function messagesOf(works: WorkOutcomes): readonly string[] {
  const messages: string[] = [];
  for (const work of works) {
    messages.push(withName(work).message);
    if (messages.length === mostNamed) break;
  }
  return messages;
}

/** @param total how many there are, when `texts` may be only the first of them */
function joined(texts: readonly string[], separator: string, total = texts.length): string {
  const more = total - mostNamed;
  return more > 0 ? `${texts.slice(0, mostNamed).join(separator)}${separator}and ${more} more` : texts.join(separator);
}

/** The reporter forwards only reason and message, so the work's name must be in the message. */
function withName(work: WorkOutcome): WorkOutcome {
  if (work.manifestWorkName === '' || work.message.includes(work.manifestWorkName)) return work;
  return { ...work, message: `ManifestWork ${work.manifestWorkName}: ${work.message}` };
}

function cutNames(detail: Detail): readonly TruncatedPart[] {
  return [
    'feedback',
    ...(detail.resources ? [] : (['resources'] as const)),
    ...(detail.details ? [] : (['details'] as const)),
    ...(detail.effects ? [] : (['removed', 'losses', 'sharedWith'] as const)),
    ...(detail.works ? [] : (['works'] as const)),
  ];
}

/** Cuts to a number of UTF-8 bytes without splitting a character. */
export function cutToBytes(text: string, limit: number): string {
  const bytes = new TextEncoder().encode(text);
  if (bytes.length <= limit) return text;
  const ellipsis = '…';
  let end = limit - 3;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return new TextDecoder().decode(bytes.subarray(0, end)) + ellipsis;
}
