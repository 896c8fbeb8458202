import { shortfallOf } from '../outcome/shortfall.ts';
import type { StandsAs, StoredHow, WorkEnd } from './facts.ts';

/**
 * Where a work of a roll-out is, worst first:
 * - `failed`: it ended otherwise than was asked for.
 * - `failing`: the agent reports that it could not apply it; that may heal.
 * - `silent`: for some time the agent has reported nothing about the version.
 * - `parked`: something about it stands in the way, and somebody has to decide.
 * - `notBegun`: nothing was sent, because the roll-out ended before.
 * - `toCome`: nothing has been told of it yet.
 * - `pending`: it is waited for.
 * - `written`: Maestro has it; what came of it is not known.
 * - `unchanged`: Maestro had it as it is desired, and nothing was sent.
 * - `met`: what was waited for was seen.
 */
export const rollOutStates = [
  'failed',
  'failing',
  'silent',
  'parked',
  'notBegun',
  'toCome',
  'pending',
  'written',
  'unchanged',
  'met',
] as const;

export type RollOutState = (typeof rollOutStates)[number];

/** How many are where. */
export type RollOutCounts = Readonly<Record<RollOutState, number>>;

/** What is known of a work. */
export interface KnownOfWork {
  readonly end?: WorkEnd;
  readonly stands?: StandsAs;
  readonly how?: StoredHow;
}

/** The one state of a work; an end says more than where it stood, and that more than its write. */
export function rollOutState({ end, stands, how }: KnownOfWork): RollOutState {
  if (end !== undefined) return stateOfEnd(end);
  if (stands !== undefined) return stands;
  if (how === undefined) return 'toCome';
  return how === 'unchanged' ? 'unchanged' : 'written';
}

function stateOfEnd(end: WorkEnd): RollOutState {
  if (end.as !== undefined) return end.as;
  const shortfall = shortfallOf(end);
  if (shortfall !== undefined) return shortfall;
  // An unchanged work that nobody waited for may be proved as applied, too; what the run did is said of it.
  if (end.reason === 'Unchanged') return 'unchanged';
  return end.phase === 'Applied' ? 'met' : 'written';
}

/** What a cluster is, by its works: as its worst. */
export function worstState(states: Iterable<RollOutState>): RollOutState {
  const present = new Set(states);
  return rollOutStates.find((state) => present.has(state)) ?? 'met';
}

export function noCounts(): Record<RollOutState, number> {
  return Object.fromEntries(rollOutStates.map((state) => [state, 0])) as Record<RollOutState, number>;
}

/** States in which something is in the way. */
export const troubledStates: ReadonlySet<RollOutState> = new Set(['failed', 'failing', 'silent', 'parked']);

/** States that a roll-out which is over leaves unfinished, or in which nothing was done. */
export const unfinishedStates: ReadonlySet<RollOutState> = new Set([
  'failing',
  'silent',
  'parked',
  'notBegun',
  'toCome',
  'pending',
]);
