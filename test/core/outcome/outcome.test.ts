import { describe, expect, it } from 'vitest';
import { MaestroError, type ErrorCode } from '../../../src/errors.ts';
import { ExitCode } from '../../../src/exit-code.ts';
import {
  endOf,
  exitCodeOfMany,
  exitCodeOfOutcome,
  failedWork,
  isUnfinished,
  type WorkOutcome,
} from '../../../src/core/outcome/outcome.ts';
import { shortfallOf } from '../../../src/core/outcome/shortfall.ts';

const work = { manifestWorkName: 'np', consumer: 'c1' };

const done: WorkOutcome = { ...work, phase: 'Applied', reason: 'Applied', message: 'Applied', exitCode: ExitCode.Done };

function ended(exitCode: ExitCode): WorkOutcome {
  return { ...done, phase: 'Failed', exitCode };
}

describe('the exit code of a run', () => {
  it('is 0 when all its works are done', () => {
    expect(exitCodeOfOutcome({ works: [done, done] })).toBe(ExitCode.Done);
  });

  it('is that of the one kind of failure, however many works are done or failed alike', () => {
    expect(exitCodeOfOutcome({ works: [done, ended(5), done, ended(5)] })).toBe(5);
  });

  it('is 7 for several kinds of failure, and for a work and the run that failed in different ways', () => {
    expect(exitCodeOfOutcome({ works: [ended(5), ended(6)] })).toBe(7);
    expect(exitCodeOfOutcome({ works: [ended(5)], error: new MaestroError('unavailable', 'gone') })).toBe(7);
  });

  it("is that of the run's error, also where works are done", () => {
    const error = new MaestroError('interrupted', 'stopped');
    expect(exitCodeOfOutcome({ works: [], error })).toBe(130);
    expect(exitCodeOfOutcome({ works: [done], error })).toBe(130);
  });

  it('is no success where nothing is known, neither a work nor an error', () => {
    expect(exitCodeOfOutcome({ works: [] })).toBe(ExitCode.Internal);
  });

  it('is none where no end is a failure', () => {
    expect(exitCodeOfMany([])).toBeUndefined();
    expect(exitCodeOfMany([0, 0])).toBeUndefined();
    expect(exitCodeOfMany([0, 3, 3])).toBe(3);
  });
});

describe('a work that failed', () => {
  const cutShort: readonly ErrorCode[] = ['timeout', 'interrupted', 'terminated'];
  const judged: readonly ErrorCode[] = [
    'usage',
    'not-found',
    'invalid-input',
    'conflict',
    'outcome-failed',
    'unavailable',
    'access-denied',
    'ownership',
    'internal',
  ];

  it.each(cutShort)('is in progress when it was accepted and the look at it ended by %s', (code) => {
    const error = new MaestroError(code, 'ended');
    expect(failedWork({ ...work, version: 3 }, error, true)).toEqual({
      ...work,
      version: 3,
      phase: 'InProgress',
      reason: error.reason,
      message: 'ended',
      exitCode: error.exitCode,
      error,
    });
  });

  it.each(cutShort)('is failed when nobody knows that it was accepted, and it ended by %s', (code) => {
    expect(failedWork(work, new MaestroError(code, 'ended'), false).phase).toBe('Failed');
  });

  it.each(cutShort)('is failed when a write was sent and its answer did not come before it ended by %s', (code) => {
    const error = new MaestroError(code, 'ended', { reason: 'OutcomeUnknown' });
    expect(failedWork(work, error, true)).toMatchObject({ phase: 'Failed', reason: 'OutcomeUnknown' });
  });

  it.each(judged)('is failed by %s, though it was accepted', (code) => {
    expect(failedWork(work, new MaestroError(code, 'no'), true).phase).toBe('Failed');
  });
});

describe('what a work came to', () => {
  const cut = { phase: 'InProgress', exitCode: ExitCode.TimedOut } as const;
  const accepted = { phase: 'InProgress', exitCode: ExitCode.Done } as const;
  const failed = { phase: 'Failed', exitCode: ExitCode.TimedOut } as const;

  it('is unfinished only when it is in progress and its wait was cut short', () => {
    expect(isUnfinished(cut)).toBe(true);
    expect(isUnfinished(accepted)).toBe(false);
    expect(isUnfinished(failed)).toBe(false);
    expect(isUnfinished(done)).toBe(false);
  });

  it('is met by its exit code, and where it stood when its wait was cut short', () => {
    expect(endOf(done)).toBe('met');
    expect(endOf(accepted)).toBe('met');
    expect(endOf(failed)).toBe('failed');
    expect(endOf(cut)).toBe('pending');
    expect(endOf({ ...cut, standing: 'failing' })).toBe('failing');
  });

  it('is no shortfall when it is done, and each other end has its kind', () => {
    const reason = 'Timeout';
    expect(shortfallOf(done)).toBeUndefined();
    expect(shortfallOf({ reason: 'Accepted', ...accepted })).toBeUndefined();
    expect(shortfallOf({ reason, ...failed })).toBe('failed');
    expect(shortfallOf({ reason, ...cut })).toBe('pending');
    expect(shortfallOf({ reason, ...cut, standing: 'silent' })).toBe('silent');
    expect(shortfallOf({ reason: 'NotBegun', ...failed })).toBe('notBegun');
  });
});
