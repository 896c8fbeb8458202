import { describe, expect, it } from 'vitest';
import type { ExitCode } from '../../../src/exit-code.ts';
import { FailureGroups } from '../../../src/core/outcome/failure-groups.ts';
import type { WorkOutcome } from '../../../src/core/outcome/outcome.ts';

function outcome(consumer: string, message: string, more: Partial<WorkOutcome> = {}): WorkOutcome {
  const exitCode: ExitCode = 5;
  return { manifestWorkName: 'np', consumer, phase: 'Failed', reason: 'Conflict', message, exitCode, ...more };
}

function groupsOf(outcomes: readonly WorkOutcome[]): ReturnType<FailureGroups['end']> {
  const groups = new FailureGroups();
  for (const one of outcomes) groups.add(one);
  return groups.end();
}

const place = (consumer: string): { consumer: string; name: string } => ({ consumer, name: 'np' });

describe('groups of failures', () => {
  it('leave out what is done', () => {
    expect(groupsOf([outcome('c1', 'Applied', { phase: 'Applied', exitCode: 0 })])).toEqual([]);
  });

  it('tell once what several works were told, with their places in the order in which they failed', () => {
    expect(
      groupsOf([outcome('c2', 'np on c2: version 3 is stored'), outcome('c1', 'np on c1: version 12 is stored')]),
    ).toEqual([
      {
        reason: 'Conflict',
        message: 'NAME on CONSUMER: version … is stored',
        exitCode: 5,
        retryable: true,
        phase: 'Failed',
        works: [place('c2'), place('c1')],
      },
    ]);
  });

  it('name the work and its consumer by words also where there is one only', () => {
    expect(groupsOf([outcome('c1', 'np on c1 is stored')])[0]?.message).toBe('NAME on CONSUMER is stored');
  });

  it('say of each whether the same call may end otherwise', () => {
    const codes: readonly (readonly [ExitCode, boolean])[] = [
      [4, false],
      [5, true],
    ];
    for (const [exitCode, retryable] of codes)
      expect(groupsOf([outcome('c1', 'no', { exitCode })])[0]).toMatchObject({ exitCode, retryable });
  });

  it('keep apart what only was not seen from what failed, and reasons and exit codes from each other', () => {
    const told = groupsOf([
      outcome('c1', 'ended', { phase: 'InProgress', exitCode: 6, reason: 'Timeout' }),
      outcome('c2', 'ended', { phase: 'Failed', exitCode: 6, reason: 'Timeout' }),
      outcome('c3', 'ended', { phase: 'Failed', exitCode: 6, reason: 'Other' }),
      outcome('c4', 'ended', { phase: 'Failed', exitCode: 8, reason: 'Timeout' }),
    ]);
    expect(told.map(({ phase, exitCode, reason, works }) => [phase, exitCode, reason, works.length])).toEqual([
      ['InProgress', 6, 'Timeout', 1],
      ['Failed', 6, 'Timeout', 1],
      ['Failed', 6, 'Other', 1],
      ['Failed', 8, 'Timeout', 1],
    ]);
  });

  it('count an outcome that was applied and yet failed as failed', () => {
    expect(groupsOf([outcome('c1', 'no', { phase: 'Applied' })])[0]?.phase).toBe('Failed');
  });

  it('come with the largest first', () => {
    const told = groupsOf([outcome('c1', 'a'), outcome('c2', 'b'), outcome('c3', 'b')]);
    expect(told.map(({ message, works }) => [message, works.length])).toEqual([
      ['b', 2],
      ['a', 1],
    ]);
  });
});
