import type { OutputStream } from '../context.ts';
import type { ShownState } from '../core/status/shown-state.ts';
import { stateColours } from './state-colours.ts';

/** What text is coloured as, by meaning. Without colour each gives the text back. */
export interface Palette {
  readonly added: (text: string) => string;
  readonly removed: (text: string) => string;
  readonly place: (text: string) => string;
  readonly heading: (text: string) => string;
  /** How a check ended. */
  readonly pass: (text: string) => string;
  readonly warn: (text: string) => string;
  readonly fail: (text: string) => string;
  readonly skip: (text: string) => string;
  /** The line that the keys are about. */
  readonly selected: (text: string) => string;
  /** The word for where a work is, or a text that stands for it. */
  readonly state: (state: ShownState, text: string) => string;
}

const plain = (text: string): string => text;
/** For texts that are no part of a terminal's line. */
export const noColour: Palette = {
  added: plain,
  removed: plain,
  place: plain,
  heading: plain,
  pass: plain,
  warn: plain,
  fail: plain,
  skip: plain,
  selected: plain,
  state: (_state, text) => text,
};

/**
 * Whether to colour: FORCE_COLOR decides when it is set, else NO_COLOR forbids
 * it, else a terminal that is not dumb gets it and a pipe does not.
 */
export function wantsColour(
  stream: Pick<OutputStream, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const forced = env['FORCE_COLOR'];
  if (forced !== undefined) return forced !== '0' && forced !== 'false';
  const forbidden = env['NO_COLOR'];
  if (forbidden !== undefined && forbidden !== '') return false;
  return stream.isTTY && env['TERM'] !== 'dumb';
}

/** Loads chalk only where colour is wanted; a Job never pays for it. */
export async function openPalette(
  stream: Pick<OutputStream, 'isTTY'>,
  env: Readonly<Record<string, string | undefined>>,
): Promise<Palette> {
  if (!wantsColour(stream, env)) return noColour;
  const { Chalk } = await import('chalk');
  // The sixteen colours that every terminal has, as its owner has set them.
  const chalk = new Chalk({ level: 1 });
  return {
    added: chalk.green,
    removed: chalk.red,
    place: chalk.cyan,
    heading: chalk.bold,
    pass: chalk.green,
    warn: chalk.yellow,
    fail: chalk.red,
    skip: chalk.dim,
    selected: chalk.inverse,
    state: (state, text) => chalk[stateColours[state]](text),
  };
}
