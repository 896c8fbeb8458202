import { createHash, randomBytes } from 'node:crypto';

const uuidPattern = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
const zeroUuid = '00000000-0000-0000-0000-000000000000';

/** What a recording calls things, so that they can be given names of this run. */
export interface RecordedNames {
  /** Whole words: `demo` is renamed, the `demo` in `demo-config` is not. */
  readonly words: readonly string[];
  /** Renamed wherever they occur, inside longer names and URLs too. */
  readonly parts: readonly string[];
  /** Whole words that stand for something that exists already: the consumer that has an agent. */
  readonly aliases?: Readonly<Record<string, string>>;
}

/**
 * Renames everything that a recording creates, so that the suite can run
 * again and again against one database, and renames answers back, so that they
 * can be compared with the recording.
 */
export class RunNames {
  readonly suffix: string;
  readonly #names: RecordedNames;
  readonly #toRun = new Map<string, string>();
  readonly #toRecorded = new Map<string, string>();

  constructor(names: RecordedNames) {
    this.suffix = `-r${randomBytes(4).toString('hex')}`;
    this.#names = names;
  }

  /** A name of this run. */
  name(recorded: string): string {
    return `${recorded}${this.suffix}`;
  }

  /** Notes that the server chose `actual` where the recording has `recorded`. */
  bind(recorded: string, actual: string): void {
    this.#toRun.set(recorded, actual);
    this.#toRecorded.set(actual, recorded);
  }

  /** The id of this run for an id of the recording. */
  id(recorded: string): string {
    if (recorded === zeroUuid) return recorded;
    const known = this.#toRun.get(recorded);
    if (known !== undefined) return known;
    const hex = createHash('sha1').update(`${this.suffix}/${recorded}`).digest('hex');
    const made = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
    this.bind(recorded, made);
    return made;
  }

  /** Recorded text with the names and ids of this run. */
  forRun(text: string): string {
    let renamed = text.replaceAll(uuidPattern, (id) => this.id(id));
    for (const part of this.#names.parts) renamed = renamed.replaceAll(part, this.name(part));
    for (const word of this.#names.words) renamed = renamed.replaceAll(wholeWord(word), this.name(word));
    for (const [recorded, actual] of Object.entries(this.#names.aliases ?? {})) {
      renamed = renamed.replaceAll(wholeWord(recorded), actual);
    }
    return renamed;
  }

  /** Text of this run with the names and ids of the recording. */
  asRecorded(text: string): string {
    let recordedText = text.replaceAll(uuidPattern, (id) => this.#toRecorded.get(id) ?? id).replaceAll(this.suffix, '');
    for (const [recorded, actual] of Object.entries(this.#names.aliases ?? {})) {
      recordedText = recordedText.replaceAll(wholeWord(actual), recorded);
    }
    return recordedText;
  }
}

function wholeWord(word: string): RegExp {
  return new RegExp(`(?<![\\w-])${word}(?![\\w-])`, 'g');
}
