import type { OutputStream } from '../context.ts';
import { BottomLines } from './bottom-lines.ts';

/** What we write ourselves: colours, and what a spinner and a bar do to their line. */
const ours = String.raw`\u001b\[(?:[\d;]*m|2K|\d+G|\d+A|\?(?:25|2026)[lh])`;
const steering = String.raw`(?![\n\t])[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]`;
const oursOrSteering = new RegExp(`${ours}|${steering}`, 'gu');
const anySteering = new RegExp(steering, 'u');

/**
 * A line that GitHub's runner takes for a command: blanks before it do not count; the older form may stand anywhere.
 */
const commands = /^([^\S\n]*):(?=:)|#(?=#(?:vso)?\[)/gm;

/**
 * The last look at everything that is written: whoever forgot to make a foreign
 * text fit to be shown, no control character of it reaches a terminal, and no
 * command a CI system. What stands in the text for people is changed visibly;
 * data for programs in a pipe or a file is left alone.
 *
 * @param below the output whose bottom lines stand below what is written to this one; itself when absent
 */
export function safeOutput(stream: OutputStream, below?: OutputStream): OutputStream {
  let atLineStart = true;
  const textOf = (text: string): string => {
    const harmless = text.replace(commands, (found: string, blanks: string | undefined, offset: number) =>
      blanks === undefined || offset > 0 || atLineStart ? `${found} ` : found,
    );
    return anySteering.test(harmless) ? withoutSteering(harmless, stream.isTTY) : harmless;
  };
  const writeNow: OutputStream['write'] = (text, kind) => {
    // Whether it is a terminal is asked late: Node opens its stream to answer it.
    if (kind === 'data') stream.write(anySteering.test(text) && stream.isTTY ? withoutSteering(text, true) : text);
    else stream.write(textOf(text));
    atLineStart = text.endsWith('\n');
  };
  const bottom =
    below?.bottom ??
    new BottomLines({
      write: writeNow,
      get columns() {
        return stream.columns;
      },
    });
  return {
    write: (text, kind) => {
      if (text !== '') bottom.above(text, () => writeNow(text, kind));
    },
    bottom,
    get fault() {
      return stream.fault;
    },
    get isTTY() {
      return stream.isTTY;
    },
    get columns() {
      return stream.columns;
    },
  };
}

function withoutSteering(text: string, isTTY: boolean): string {
  return text.replace(oursOrSteering, (found) => (found.length > 1 || (found === '\r' && isTTY) ? found : '\uFFFD'));
}
