import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { Condition } from '../../core/status/work-status.ts';
import { ExitCode } from '../../exit-code.ts';
import type { RunFacts } from '../../core/outcome/run-facts.ts';
import {
  exitCodeOfOutcome,
  isUnfinished,
  type Outcome,
  type ResourceOutcome,
  type WorkOutcome,
  type WorkOutcomes,
} from '../../core/outcome/outcome.ts';

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
export function resultValue(outcome: Outcome, format: ResultFormat, timestamp: string, detail: Detail): JsonObject {
  const [only] = outcome.works;
  const summary = only !== undefined && outcome.works.length === 1 ? withName(only) : summaryOf(outcome);
  const extra: JsonObject = outcome.works.length > 1 ? { works: [...entriesOf(outcome.works, format, detail)] } : {};
  const cut: JsonObject = detail.feedback ? {} : { truncated: cutNames(detail) };
  const { run } = outcome;
  const top = entry(summary, format, detail);
  return { ...top, ...(run === undefined ? {} : runValue(run, top, detail)), ...extra, timestamp, ...cut };
}

/** Of the whole run, so at the top level only. */
function runValue(run: RunFacts, { details }: JsonObject, detail: Detail): JsonObject {
  const { startedAt, eventId, trace, timings } = run;
  if (!detail.details) return { startedAt };
  const own = details !== null && typeof details === 'object' && !Array.isArray(details) ? details : {};
  const ofTrace: JsonObject = trace === undefined ? {} : { trace: { ...trace } };
  return { startedAt, details: { ...own, eventId, ...ofTrace, timings: { ...timings } } };
}

function* entriesOf(works: WorkOutcomes, format: ResultFormat, detail: Detail): Generator<JsonObject> {
  for (const work of works) {
    if (detail.works || work.exitCode !== ExitCode.Done || (detail.effects && hasEffects(work)))
      yield entry(withName(work), format, detail);
  }
}

function entry(work: WorkOutcome, format: ResultFormat, detail: Detail): JsonObject {
  const resources: JsonObject =
    detail.resources && work.resources !== undefined && work.resources.length > 0
      ? { resources: work.resources.map((resource) => resourceValue(resource, detail.feedback)) }
      : {};
  const effects = detail.effects ? effectsOf(work) : {};
  const name: JsonObject = { manifestWorkName: work.manifestWorkName, consumer: work.consumer };
  if (format === 'status-result')
    return { ...name, status: work.phase, message: work.message, ...effects, ...resources };
  return {
    status: work.exitCode === ExitCode.Done ? 'success' : 'failure',
    reason: cutToBytes(work.reason, maxReasonBytes),
    message: cutToBytes(work.message, maxMessageBytes),
    ...name,
    phase: work.phase,
    ...effects,
    ...resources,
    ...(detail.details ? { details: detailsOf(work) } : {}),
  };
}

/** What the write took out, what others lost by it, and what it brought that other works hold too. */
function effectsOf({ removed, losses, sharedWith }: WorkOutcome): JsonObject {
  const list = (items: readonly object[]): JsonValue => items.map((item): JsonObject => ({ ...item }));
  return {
    ...(removed === undefined ? {} : { removed: list(removed) }),
    ...(losses === undefined ? {} : { losses: list(losses) }),
    ...(sharedWith === undefined ? {} : { sharedWith: list(sharedWith) }),
  };
}

export function hasEffects({ removed, losses, sharedWith }: WorkOutcome): boolean {
  return removed !== undefined || losses !== undefined || sharedWith !== undefined;
}

function detailsOf(work: WorkOutcome): JsonObject {
  return {
    operation: work.operation,
    id: work.id,
    version: work.version,
    observedVersion: work.observedVersion,
    conditions: work.conditions?.map(conditionValue),
    exitCode: work.exitCode,
  };
}

function resourceValue(resource: ResourceOutcome, withFeedback: boolean): JsonObject {
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
        ? Object.fromEntries(resource.feedback.map(({ name, value }) => [name, value as JsonValue]))
        : undefined,
  };
}

function conditionValue(condition: Condition): JsonValue {
  return { ...condition };
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

function cutNames(detail: Detail): JsonValue {
  return [
    'feedback',
    ...(detail.resources ? [] : ['resources']),
    ...(detail.details ? [] : ['details']),
    ...(detail.effects ? [] : ['removed', 'losses', 'sharedWith']),
    ...(detail.works ? [] : ['works']),
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
