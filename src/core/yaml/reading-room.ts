import { MaestroError } from '../../errors.ts';

/** As the reader of YAML was measured with 400,000 short keys and values: 422 MiB, 85 of them the program's own. */
const yamlBytesPerPiece = 600;
/** The same for JSON, with 2,600,000 empty lists. */
const jsonBytesPerPiece = 110;
/** Texts as short as this cost nothing worth counting. */
const shortText = 128 * 1024;

const [lineBreak, comma, colon, bracket, brace] = [0x0a, 0x2c, 0x3a, 0x5b, 0x7b];

/**
 * The memory that all inputs of one run may take while they are read. A text
 * of a few megabytes can stand for hundreds of thousands of values, each of
 * which costs hundreds of bytes; where memory is short, as in a Job, the run is
 * to end with a message and a result, not by the kernel.
 */
export class ReadingRoom {
  readonly #room: () => number;
  #takenBytes = 0;

  /** @param room how many bytes there are in all; asked for by the first long text, as most runs have none */
  constructor(room: () => number) {
    this.#room = room;
  }

  /**
   * Asked before a text is read.
   *
   * @throws MaestroError invalid-input/TooLarge
   */
  take(text: string, file: string, form: 'json' | 'yaml'): void {
    if (text.length <= shortText) return;
    const bytes = 2 * text.length + piecesIn(text) * (form === 'yaml' ? yamlBytesPerPiece : jsonBytesPerPiece);
    const leftBytes = this.#room() - this.#takenBytes;
    if (bytes > leftBytes) {
      throw new MaestroError(
        'invalid-input',
        `${file} is too large for the memory of this run: reading it would take some ${mebibytes(bytes)} MiB, and ${mebibytes(leftBytes)} are there`,
        {
          reason: 'TooLarge',
          hint: 'Split it into several files and runs, or give the run more memory.',
        },
      );
    }
    this.#takenBytes += bytes;
  }
}

/** About as many as there are keys and values. */
function piecesIn(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (code === lineBreak || code === comma || code === colon || code === bracket || code === brace) count += 1;
  }
  return count;
}

function mebibytes(bytes: number): number {
  return Math.max(0, Math.floor(bytes / (1024 * 1024)));
}
