import { everyMs } from '../clock.ts';
import type { BottomArea, BottomLine, BottomPicture, OutputStream } from '../context.ts';
import { oneLine } from '../core/shown-text.ts';
import { cutToWidth } from './one-line.ts';

/** A spinner turns, and seconds pass. The eye sees no more, and looking for changes takes time from the work. */
const drawEveryMs = 100;

/**
 * The lines at the bottom of a terminal that say what goes on, drawn again when they change. Whatever else is
 * written, to either output, stands above them. They never wrap, and nothing of them is left at the end.
 */
export class BottomLines implements BottomArea {
  readonly #stream: Pick<OutputStream, 'write' | 'columns'>;
  #picture: BottomPicture | undefined;
  /** How many lines of them are on the screen. */
  #drawn = 0;
  /** What they say, and how wide the terminal was when they were drawn. */
  #shown = { text: '', columns: 0 };
  /** Something was written without the end of its line: a question that somebody is to answer stands there. */
  #isLineOpen = false;
  #stopTurning: (() => void) | undefined;

  constructor(stream: Pick<OutputStream, 'write' | 'columns'>) {
    this.#stream = stream;
  }

  show(picture: BottomPicture, now = false): void {
    this.#picture = picture;
    if (now || this.#stopTurning === undefined) this.#draw();
    this.#stopTurning ??= everyMs(drawEveryMs, () => this.#draw());
  }

  /** Takes the lines away. */
  end(): void {
    this.#picture = undefined;
    this.#stopTurning?.();
    this.#stopTurning = undefined;
    const text = this.#clearing();
    if (text !== '') this.#stream.write(text);
  }

  /** Writes something else above the lines. */
  above(text: string, write: () => void): void {
    if (this.#picture === undefined) return write();
    const clearing = this.#clearing();
    if (clearing !== '') this.#stream.write(clearing);
    write();
    this.#isLineOpen = !text.endsWith('\n');
    this.#draw();
  }

  #draw(): void {
    if (this.#picture === undefined || this.#isLineOpen) return;
    // The last column stays free, or some terminals begin a new line.
    const columns = Math.max(10, (this.#stream.columns ?? 80) - 1);
    const lines = this.#picture(columns).map((line) => fitted(line, columns));
    const text = lines.join('\n');
    // Over a slow line the same again would take the place of what is new.
    if (this.#drawn > 0 && text === this.#shown.text && columns === this.#shown.columns) return;
    const clearing = this.#clearing();
    // One write: between two of them a terminal would show a line that is gone.
    this.#stream.write(`${clearing}${text}`);
    this.#drawn = lines.length;
    this.#shown = { text, columns };
  }

  #clearing(): string {
    const lines = this.#drawn;
    this.#drawn = 0;
    return lines === 0 ? '' : `\r\u001B[2K${'\u001B[1A\u001B[2K'.repeat(lines - 1)}`;
  }
}

function fitted({ text, before }: BottomLine, columns: number): string {
  const room = columns - (before?.columns ?? 0);
  return `${before?.text ?? ''}${cutToWidth(oneLine(text), room)}`;
}
