import { formatDuration } from '../duration.ts';
import type { RollOutPicture, StagePicture } from './record.ts';
import type { RollOutState } from './work-state.ts';

/** The words for states; `met` has one of its own in each roll-out. */
const stateWords: Readonly<Record<Exclude<RollOutState, 'met'>, string>> = {
  failed: 'failed',
  failing: 'failing',
  silent: 'silent',
  parked: 'parked',
  notBegun: 'not begun',
  toCome: 'to come',
  pending: 'pending',
  written: 'written',
  unchanged: 'unchanged',
};

/** `Applied`, `failed`: the word for a state in this roll-out. */
export function wordOf(state: RollOutState, awaits: string | undefined): string {
  return state === 'met' ? (awaits ?? 'as asked') : stateWords[state];
}

/** A sign for each state, so that nobody needs its colour. */
export const stateSigns: Readonly<Record<RollOutState, string>> = {
  met: '✓',
  unchanged: '=',
  written: 'w',
  pending: '…',
  toCome: '·',
  notBegun: '–',
  parked: 'P',
  silent: '?',
  failing: '!',
  failed: '✕',
};

/** The word of what was waited for; the canary may be the only one that is. */
export function awaitedWord({ stages }: Pick<RollOutPicture, 'stages'>): string | undefined {
  return stages.find(({ awaits }) => awaits !== undefined)?.awaits;
}

export function stageName({ name, number }: Pick<StagePicture, 'name' | 'number'>): string {
  return name === 'canary' ? 'canary' : `wave ${number}`;
}

/** `40ms`, `1.6s`, `2m5s`: as fine as a person wants it. */
export function tookText(ms: number): string {
  const unitMs = ms < 1_000 ? 10 : ms < 60_000 ? 100 : 1_000;
  // What is known to be more than nothing is not told as nothing.
  return formatDuration(ms < 10 ? Math.ceil(ms) : Math.round(ms / unitMs) * unitMs);
}
