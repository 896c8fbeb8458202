import { MaestroError } from '../../errors.ts';
import { contentDigest } from '../content-digest.ts';
import { parseJsonObject, type JsonValue } from '../json.ts';
import { workDocument } from '../works/document.ts';
import type { ManifestWork } from '../works/manifest-work.ts';

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
}

const format = 'maestro-cli/1';

/** The first line of a journal, as it is written. */
export interface JournalHeaderLine extends JournalHeader {
  /** What the file is. */
  readonly journal: typeof format;
}

/** A line of a journal: the first one, and any other. */
export type JournalLine = JournalHeaderLine | JournalEntry;

export function headerLine({ endpoint, source, input }: JournalHeader): string {
  return lineOf({ journal: format, endpoint, source, input });
}

export function entryLine({ consumer, name, version, work }: JournalEntry): string {
  return lineOf({ consumer, name, version, work });
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
  if (header?.['journal'] !== format) throw notJournal(file, 1);
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
  const entries = rest.map((line, index) => {
    const entry = parseJsonObject(line);
    const { consumer, name, version, work } = entry ?? {};
    if (
      typeof consumer !== 'string' ||
      typeof name !== 'string' ||
      typeof version !== 'number' ||
      typeof work !== 'string'
    )
      throw notJournal(file, index + 2);
    return { consumer, name, version, work };
  });
  return { entries, wholeBytes: Buffer.byteLength(whole) };
}

function notJournal(file: string, line: number): MaestroError {
  return new MaestroError('usage', `${file}:${line}: this is no line of a journal of maestro-cli`, {
    hint: 'Nothing was sent, and the file was left alone. Give --journal a file of its own.',
  });
}
