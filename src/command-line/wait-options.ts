import { conditionType } from '../core/status/work-status.ts';
import { MaestroError } from '../errors.ts';
import { conditionOf, type AwaitedCondition } from '../operations/wait/conditions.ts';
import type { FlagSpec } from './command-spec.ts';
import { flagName, type FlagReader } from './flag-values.ts';

export const failureGraceFlag: FlagSpec = {
  flags: '--failure-grace <duration>',
  about: 'how long Applied=False may last before it counts as failed',
  defaultText: '30s',
};

export function failureGraceMs(flags: FlagReader): number | undefined {
  return flags.durationMs('failureGrace');
}

/** Of a command that writes and then waits for what it wrote. */
export const waitForWrittenFlags: readonly FlagSpec[] = [
  {
    flags: '--watch [expr]',
    about: 'wait at the version just written until the expression holds; Applied when none is given',
  },
  { flags: '--wait [expr]', about: 'the same in the spelling of the Go tool; Available when none is given' },
];

export const waitFlags: readonly FlagSpec[] = [
  { flags: '--fail-on <expr>', about: 'end the wait as failed when this expression holds' },
  failureGraceFlag,
  {
    flags: '--feedback-settle <duration>',
    about:
      'how long after Applied the feedback of a changed manifest may still be old. Feedback carries no version; ' +
      'a later report, or this time, is the best proof that the protocol allows',
    defaultText: '20s',
  },
];

/** @throws MaestroError usage with a caret under the place that does not parse */
export function awaitedCondition(text: string, flags: FlagReader): AwaitedCondition {
  const failOn = flags.text('failOn');
  return conditionOf(text, {
    failOn,
    failureGraceMs: failureGraceMs(flags),
    feedbackSettleMs: flags.durationMs('feedbackSettle'),
  });
}

/** Flags that say how it is waited, and nothing where nothing is waited for. */
const aboutWaiting = ['failOn', 'failureGrace', 'feedbackSettle', 'via'] as const;

/**
 * Refuses those flags where nothing is waited for: whoever gave one meant to wait, and would take the end for its end.
 *
 * @param waitedBy the flags by which the command waits
 * @throws MaestroError usage
 */
export function refuseWaitFlags(
  flags: FlagReader,
  waits: boolean,
  waitedBy: readonly string[] = ['--watch', '--wait'],
): void {
  const given = waits ? undefined : aboutWaiting.find((name) => flags.text(name) !== undefined);
  if (given === undefined) return;
  const ways = [waitedBy.slice(0, -1).join(', '), waitedBy.at(-1)].filter((part) => part !== '').join(' and ');
  throw new MaestroError('usage', `${flagName(given)} is for ${ways}: nothing else is waited for`);
}

/** The expression of `--watch[=EXPR]` (default Applied) or `--wait[=EXPR]` (default Available, as in the Go tool). */
export function awaitedText(flags: FlagReader): string | undefined {
  const watch = flags.optional('watch');
  const wait = flags.optional('wait');
  if (watch !== undefined && wait !== undefined)
    throw new MaestroError('usage', '--watch and --wait are one thing in two spellings; leave one out');
  if (watch !== undefined) return watch === '' ? conditionType.applied : watch;
  if (wait !== undefined) return wait === '' ? conditionType.available : wait;
  return undefined;
}
