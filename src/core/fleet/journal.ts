import { MaestroError } from '../../errors.ts';
import { contentDigest } from '../content-digest.ts';
import { parseJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { present } from '../present.ts';
import type { ExitCode } from '../../exit-code.ts';
import type { Operation, Phase } from '../outcome/outcome.ts';
import type { Standing } from '../outcome/standing.ts';
import { isStoredHow, type StandsAs, type StoredHow } from '../roll-out/facts.ts';
import { workDocument } from '../works/document.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import { shortened } from '../text.ts';

/** What a journal belongs to: written by a run of other input or to another Maestro, it says nothing. */
export interface JournalHeader {
  /** Where the works go. */
  readonly endpoint: string;
  /** Who they belong to. */
  readonly source: string;
  /** One text per input: the works before consumers are filled in, and how they are written. */
  readonly input: string;
}

/** A work that was seen to be stored as desired. */
export interface JournalEntry {
  /** Name of the consumer. */
  readonly consumer: string;
  /** Name of the work. */
  readonly name: string;
  /** The version at which it was stored. */
  readonly version: number;
  /** One text per content of a work: what was desired there. */
  readonly work: string;
  /** When that was known: wall time in milliseconds. Journals of before 0.3 do not say it. */
  readonly wallMs?: number;
  /** What was done to the work. Journals of before 0.3 do not say it. */
  readonly how?: StoredHow;
}

const format = 'maestro-cli/1';

/** The first line of a journal, as it is written. */
export interface JournalHeaderLine extends JournalHeader {
  /** What the file is. */
  readonly journal: typeof format;
}

/** A run begins: what it is to do. */
export interface JournalBegun {
  /** What the line tells. */
  readonly kind: 'begun';
  /** All of it, whatever earlier runs have done. */
  readonly plan: JournalPlan;
  /** Wall time in milliseconds. */
  readonly wallMs: number;
}

/** What a roll-out is to do. */
export interface JournalPlan {
  /** What was typed, without its secrets. */
  readonly command?: string;
  /** Where the works go. */
  readonly server: string;
  /** Who they belong to. */
  readonly source: string;
  /** What is counted. */
  readonly noun: 'work';
  /** In their order. */
  readonly stages: readonly JournalStage[];
}

/** Some clusters that are written to before the next ones begin. */
export interface JournalStage {
  /** The canary, or one of the waves. */
  readonly name: 'canary' | 'wave';
  /** From 1; the canary is 0. */
  readonly number: number;
  /** The word for what is to be seen at last, such as `Applied`; absent when nothing is waited for. */
  readonly awaits?: string;
  /** In their order. */
  readonly clusters: readonly JournalCluster[];
}

/** A cluster of a roll-out. */
export interface JournalCluster {
  /** Name of the consumer. */
  readonly name: string;
  /** How many works it is to get. */
  readonly works: number;
}

/** A canary or wave begins, or has ended. */
export interface JournalStageStep {
  /** What the line tells. */
  readonly kind: 'stageBegun' | 'stageEnded';
  /** Its place in the plan, from 0. */
  readonly stage: number;
  /** Wall time in milliseconds. */
  readonly wallMs: number;
}

/** A work that is waited for stands elsewhere than before, or its wait is decided. */
export interface JournalStands {
  /** What the line tells. */
  readonly kind: 'stands';
  /** Name of the consumer. */
  readonly cluster: string;
  /** Name of the work. */
  readonly work: string;
  /** `met`: what is waited for was seen. `failed`: it did not come out so, for good. The others are on the way. */
  readonly as: StandsAs;
  /** What it waits for, or why it fails; a sentence. */
  readonly text?: string;
  /** Wall time in milliseconds. */
  readonly wallMs: number;
}

/** A work that ended otherwise than was asked for. */
export interface JournalEnded {
  /** What the line tells. */
  readonly kind: 'ended';
  /** Name of the consumer. */
  readonly cluster: string;
  /** Name of the work. */
  readonly work: string;
  /** How, as in the results of the run. */
  readonly end: JournalEnd;
  /** Wall time in milliseconds. */
  readonly wallMs: number;
}

/** How a work ended. */
export interface JournalEnd {
  /** `InProgress` when Maestro has the work and only its end was not seen. */
  readonly phase: Phase;
  /** A reason of an error, or `NotBegun`. */
  readonly reason: string;
  /** A sentence. */
  readonly message: string;
  /** The exit code that it gives. */
  readonly exitCode: ExitCode;
  /** Where it stood when its wait was cut short. */
  readonly standing?: Standing;
  /** What the write did, if there was one. */
  readonly operation?: Operation;
  /** The version that Maestro has. */
  readonly version?: number;
}

/** The run is over. */
export interface JournalOver {
  /** What the line tells. */
  readonly kind: 'over';
  /** Why it ended before all was begun. */
  readonly stoppedBy?: string;
  /** Wall time in milliseconds. */
  readonly wallMs: number;
}

/** A line of a journal that is for people, who look at the roll-out: a run passes over it. */
export type JournalFact = JournalBegun | JournalStageStep | JournalStands | JournalEnded | JournalOver;

/** A line of a journal: the first one, and any other. More kinds of facts may come. */
export type JournalLine = JournalHeaderLine | JournalEntry | JournalFact;

export function headerLine({ endpoint, source, input }: JournalHeader): string {
  return lineOf({ journal: format, endpoint, source, input });
}

export function entryLine({ consumer, name, version, work, wallMs, how }: JournalEntry): string {
  return lineOf({
    consumer,
    name,
    version,
    work,
    ...present({ wallMs: wallMs === undefined ? undefined : Math.round(wallMs), how }),
  });
}

/** Agents may say much of what is wrong, and say it of each cluster. */
const mostTextChars = 1000;

export function factLine(fact: JournalFact): string {
  const wallMs = Math.round(fact.wallMs);
  if (fact.kind === 'stands' && fact.text !== undefined)
    return lineOf({ ...fact, text: shortened(fact.text, mostTextChars), wallMs });
  if (fact.kind !== 'ended') return lineOf({ ...fact, wallMs });
  return lineOf({ ...fact, end: { ...fact.end, message: shortened(fact.end.message, mostTextChars) }, wallMs });
}

function lineOf(line: JournalLine): string {
  return `${JSON.stringify(line)}\n`;
}

/** One text per content of a work, as canonical JSON after the server's rounding. */
export function workHash(work: ManifestWork): string {
  return hashOf(workDocument(work));
}

/** One text per input of a run: the works before consumers are filled in, and what decides how they are written. */
export function inputHash(works: readonly ManifestWork[], how: JsonValue): string {
  return hashOf([works.map((work) => workDocument(work)), how]);
}

function hashOf(value: JsonValue): string {
  return contentDigest(value).slice(0, 32);
}

export interface JournalContent {
  readonly entries: readonly JournalEntry[];
  /** Bytes of whole lines; what follows was cut off by the end of a run, and is to be dropped. */
  readonly wholeBytes: number;
}

/**
 * Reads a journal back. A last line without its end was cut off when the run
 * before was killed, and counts for nothing; an empty journal is a new one.
 *
 * @param file as messages name it
 * @throws MaestroError usage when it belongs to other input, or is no journal
 */
export function readJournal(text: string, file: string, expected: JournalHeader): JournalContent {
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  const [first, ...rest] = whole.split('\n').slice(0, -1);
  if (first === undefined) {
    if (text !== '' && !headerLine(expected).startsWith(text)) throw notJournal(file, 1);
    return { entries: [], wholeBytes: 0 };
  }
  const header = parseJsonObject(first);
  if (header === undefined || !isJournalHeader(header)) throw notJournal(file, 1);
  for (const key of ['endpoint', 'source', 'input'] as const) {
    if (header[key] === expected[key]) continue;
    const what =
      key === 'input'
        ? 'other works, or the same to be written another way'
        : `the ${key} ${JSON.stringify(header[key])}, not ${JSON.stringify(expected[key])}`;
    throw new MaestroError('usage', `the journal ${file} belongs to ${what}`, {
      hint: 'Nothing was sent. Give the same input as the run that wrote it, or another --journal file for a new roll-out.',
    });
  }
  const entries = rest.flatMap((line, index): readonly JournalEntry[] => {
    const value = parseJsonObject(line);
    const entry = entryOf(value);
    if (entry === undefined && typeof value?.['kind'] !== 'string') throw notJournal(file, index + 2);
    return entry === undefined ? [] : [entry];
  });
  return { entries, wholeBytes: Buffer.byteLength(whole) };
}

/** Whether a line is the first one of a journal of this form. */
export function isJournalHeader(value: JsonObject | undefined): boolean {
  return value?.['journal'] === format;
}

/** A line that says that a work is stored; undefined for any other. */
export function entryOf(value: JsonObject | undefined): JournalEntry | undefined {
  const { consumer, name, version, work, wallMs, how } = value ?? {};
  if (
    typeof consumer !== 'string' ||
    typeof name !== 'string' ||
    typeof version !== 'number' ||
    typeof work !== 'string'
  )
    return undefined;
  return {
    consumer,
    name,
    version,
    work,
    ...(typeof wallMs === 'number' ? { wallMs } : {}),
    ...(typeof how === 'string' && isStoredHow(how) ? { how } : {}),
  };
}

function notJournal(file: string, line: number): MaestroError {
  return new MaestroError('usage', `${file}:${line}: this is no line of a journal of maestro-cli`, {
    hint: 'Nothing was sent, and the file was left alone. Give --journal a file of its own.',
  });
}
