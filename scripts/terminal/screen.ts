import xterm from '@xterm/headless';
import type { IBufferCell, Terminal } from '@xterm/headless';

/** The size of a terminal, in cells. */
export interface ScreenSize {
  readonly columns: number;
  readonly rows: number;
}

/** A stretch of one line whose cells look alike. */
export interface Stretch {
  readonly text: string;
  /** One of the sixteen colours of a terminal by its number, undefined for its default. */
  readonly colour?: number;
  readonly background?: number;
  readonly bold: boolean;
  readonly dim: boolean;
  readonly inverse: boolean;
  readonly underline: boolean;
}

/**
 * What a terminal makes of the bytes that a program wrote to it: its cells, without a window. It understands what xterm
 * understands, so a program that draws wrongly is seen to do so.
 */
export class Screen {
  /** For what is not told here: modes, the cursor, the scroll-back. */
  readonly terminal: Terminal;
  readonly #watchers = new Set<() => void>();

  constructor({ columns, rows }: ScreenSize) {
    this.terminal = new xterm.Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true });
  }

  /** What a program wrote; `lines` shows it a moment later. */
  write(bytes: Uint8Array | string): void {
    this.terminal.write(bytes, () => {
      for (const watcher of this.#watchers) watcher();
    });
  }

  /** The lines in view, without blanks at their ends. */
  lines(): readonly string[] {
    const { active } = this.terminal.buffer;
    return this.#linesFrom(active.baseY, active.baseY + this.terminal.rows);
  }

  /** `lines` as one text, without empty lines at the end. */
  text(): string {
    return this.lines().join('\n').trimEnd();
  }

  /** All lines that there have been, those that scrolled out of view too. */
  history(): readonly string[] {
    return this.#linesFrom(0, this.terminal.buffer.active.length);
  }

  /** The lines in view, or all that there have been, as they look; empty ones at the end are left out. */
  stretches({ history = false } = {}): readonly (readonly Stretch[])[] {
    const { active } = this.terminal.buffer;
    const [from, to] = history ? [0, active.length] : [active.baseY, active.baseY + this.terminal.rows];
    const rows = Array.from({ length: to - from }, (_none, index) => this.#stretchesOf(from + index));
    while (rows.at(-1)?.length === 0) rows.pop();
    return rows;
  }

  /**
   * Waits until the screen is as wanted: it shows a text, or fulfils a condition. It is looked at whenever something
   * was written.
   *
   * @returns the text of the screen then
   * @throws Error with the screen as it is at the end, when it never is
   */
  async until(wanted: string | RegExp | ((screen: string) => boolean), boundMs = 10_000): Promise<string> {
    const fulfilled = (text: string): boolean => {
      if (typeof wanted === 'function') return wanted(text);
      return typeof wanted === 'string' ? text.includes(wanted) : wanted.test(text);
    };
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const text = this.text();
        if (fulfilled(text)) end(() => resolve(text));
      };
      const timer = setTimeout(
        () => end(() => reject(new Error(`not within ${boundMs} ms: ${String(wanted)}\nThe screen:\n${this.text()}`))),
        boundMs,
      );
      const end = (settle: () => void): void => {
        clearTimeout(timer);
        this.#watchers.delete(look);
        settle();
      };
      this.#watchers.add(look);
      look();
    });
  }

  #linesFrom(from: number, to: number): readonly string[] {
    const { active } = this.terminal.buffer;
    return Array.from({ length: to - from }, (_none, index) =>
      (active.getLine(from + index)?.translateToString(true) ?? '').trimEnd(),
    );
  }

  #stretchesOf(row: number): readonly Stretch[] {
    const line = this.terminal.buffer.active.getLine(row);
    const found: Stretch[] = [];
    for (let column = 0; column < this.terminal.cols; column += 1) {
      const cell = line?.getCell(column);
      // The second half of a wide character has no text of its own.
      if (cell === undefined || cell.getWidth() === 0) continue;
      const next = { ...lookOf(cell), text: cell.getChars() || ' ' };
      const last = found.at(-1);
      if (last !== undefined && looksLike(last, next))
        found[found.length - 1] = { ...last, text: last.text + next.text };
      else found.push(next);
    }
    const last = found.at(-1);
    if (last !== undefined && isBare(last)) {
      const text = last.text.trimEnd();
      found.pop();
      if (text !== '') found.push({ ...last, text });
    }
    return found;
  }
}

function lookOf(cell: IBufferCell): Omit<Stretch, 'text'> {
  return {
    ...(cell.isFgPalette() ? { colour: cell.getFgColor() } : {}),
    ...(cell.isBgPalette() ? { background: cell.getBgColor() } : {}),
    bold: cell.isBold() !== 0,
    dim: cell.isDim() !== 0,
    inverse: cell.isInverse() !== 0,
    underline: cell.isUnderline() !== 0,
  };
}

function looksLike(a: Stretch, b: Stretch): boolean {
  return (
    a.colour === b.colour &&
    a.background === b.background &&
    a.bold === b.bold &&
    a.dim === b.dim &&
    a.inverse === b.inverse &&
    a.underline === b.underline
  );
}

/** Blanks in it cannot be seen. */
function isBare({ background, inverse, underline }: Stretch): boolean {
  return background === undefined && !inverse && !underline;
}
