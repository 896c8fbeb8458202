import { Writable } from 'node:stream';
import ora from 'ora';
import type { OutputStream } from '../context.ts';
import { oneLine } from '../core/shown-text.ts';
import { cutToWidth } from './one-line.ts';

export interface Spinner {
  show(text: string): void;
  clear(): void;
  render(): void;
  stop(): void;
}

/** A one-line spinner on a terminal, by ora; text is cut to the width, so that it never wraps. */
export function openSpinner(stream: OutputStream, colour: boolean): Spinner {
  const target = Object.assign(
    new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        stream.write(chunk.toString());
        done();
      },
    }),
    {
      isTTY: true,
      columns: stream.columns ?? 80,
      cursorTo: (column: number) => stream.write(`\u001B[${column + 1}G`),
      clearLine: () => stream.write('\u001B[2K'),
      moveCursor: (_dx: number, dy: number) => stream.write(dy < 0 ? `\u001B[${-dy}A` : ''),
    },
  );
  const spinner = ora({
    stream: target as unknown as NodeJS.WritableStream,
    color: colour ? 'cyan' : false,
    discardStdin: false,
    hideCursor: true,
    isEnabled: true,
  });
  // Beside the spinner and a blank; a terminal of no width is one that does not tell its width.
  const width = Math.max(10, (stream.columns ?? 80) - 3);
  return {
    show: (text) => {
      spinner.text = cutToWidth(oneLine(text), width);
      if (!spinner.isSpinning) spinner.start();
    },
    clear: () => {
      if (spinner.isSpinning) spinner.clear();
    },
    render: () => {
      if (spinner.isSpinning) spinner.render();
    },
    stop: () => {
      if (spinner.isSpinning) spinner.stop();
    },
  };
}
