import { describe, expect, it } from 'vitest';
import { durationsOf } from '../../../src/core/roll-out/durations.ts';
import { endOf, isStandsAs, isStoredHow } from '../../../src/core/roll-out/facts.ts';
import { awaitedWord, stageName, stateSigns, tookText, wordOf } from '../../../src/core/roll-out/words.ts';
import {
  noCounts,
  rollOutState,
  rollOutStates,
  troubledStates,
  unfinishedStates,
  worstState,
  type KnownOfWork,
  type RollOutState,
} from '../../../src/core/roll-out/work-state.ts';

const end = { phase: 'Applied', reason: 'Applied', message: 'Applied', exitCode: 0 } as const;

describe('the state of a work in a roll-out', () => {
  it.each<[string, KnownOfWork, RollOutState]>([
    ['nothing', {}, 'toCome'],
    ['that it was stored', { how: 'created' }, 'written'],
    ['that it was stored by an earlier run', { how: 'doneBefore' }, 'written'],
    ['that nothing had to be sent', { how: 'unchanged' }, 'unchanged'],
    ['where it stands', { how: 'unchanged', stands: 'silent' }, 'silent'],
    ['its end, which says more', { how: 'created', stands: 'failing', end }, 'met'],
    ['an end that nobody waited for', { end: { ...end, phase: 'InProgress', reason: 'Accepted' } }, 'written'],
    ['an end without a change', { end: { ...end, reason: 'Unchanged' } }, 'unchanged'],
    ['an end that somebody has to decide', { end: { ...end, as: 'parked' } }, 'parked'],
    ['a failure', { end: { ...end, phase: 'Failed', reason: 'ApplyFailed', exitCode: 7 } }, 'failed'],
    ['that it was not begun', { end: { ...end, phase: 'Failed', reason: 'NotBegun', exitCode: 7 } }, 'notBegun'],
  ])('of which is known %s', (_what, known, state) => {
    expect(rollOutState(known)).toBe(state);
  });

  it.each<[readonly RollOutState[], RollOutState]>([
    [[], 'met'],
    [['met', 'unchanged'], 'unchanged'],
    [['met', 'silent', 'toCome', 'written'], 'silent'],
    [['failing', 'failed'], 'failed'],
    [['pending', 'notBegun'], 'notBegun'],
  ])('%j make a cluster that is %s', (states, worst) => {
    expect(worstState(states)).toBe(worst);
  });

  it('is one of ten, of which some are trouble and some are left unfinished', () => {
    expect(noCounts()).toEqual(Object.fromEntries(rollOutStates.map((state) => [state, 0])));
    expect([...troubledStates]).toEqual(['failed', 'failing', 'silent', 'parked']);
    expect(rollOutStates.filter((state) => !unfinishedStates.has(state))).toEqual([
      'failed',
      'written',
      'unchanged',
      'met',
    ]);
  });

  it('has a word and a sign of its own', () => {
    expect(rollOutStates.map((state) => wordOf(state, 'Available'))).toEqual([
      'failed',
      'failing',
      'silent',
      'parked',
      'not begun',
      'to come',
      'pending',
      'written',
      'unchanged',
      'Available',
    ]);
    expect(wordOf('met', undefined)).toBe('as asked');
    expect(new Set(rollOutStates.map((state) => stateSigns[state])).size).toBe(rollOutStates.length);
    for (const state of rollOutStates) expect(stateSigns[state]).toHaveLength(1);
  });
});

describe('what a roll-out is told with', () => {
  it('is the word of the first stage that waits', () => {
    const stage = { clusters: [], counts: noCounts(), name: 'wave', number: 1 } as const;
    expect(awaitedWord({ stages: [stage, { ...stage, awaits: 'Applied' }, { ...stage, awaits: 'x' }] })).toBe(
      'Applied',
    );
    expect(awaitedWord({ stages: [stage] })).toBeUndefined();
    expect(awaitedWord({ stages: [] })).toBeUndefined();
  });

  it('is the name of a stage', () => {
    expect(stageName({ name: 'canary', number: 0 })).toBe('canary');
    expect(stageName({ name: 'wave', number: 2 })).toBe('wave 2');
  });

  it.each([
    [0, '0s'],
    [0.4, '1ms'],
    [9, '9ms'],
    [44, '40ms'],
    [999, '1s'],
    [1_000, '1s'],
    [1_640, '1.6s'],
    [59_940, '59.9s'],
    [60_000, '1m'],
    [125_400, '2m5s'],
  ])('is how long %i ms are to a person', (ms, text) => {
    expect(tookText(ms)).toBe(text);
  });

  it('knows its words from others', () => {
    expect(
      ['created', 'updated', 'unchanged', 'doneBefore', 'found', ''].filter((word) => isStoredHow(word)),
    ).toHaveLength(4);
    expect(
      ['pending', 'failing', 'silent', 'met', 'failed', 'parked', ''].filter((word) => isStandsAs(word)),
    ).toHaveLength(5);
  });

  it('is the end of a work without what else its outcome says', () => {
    const about = { manifestWorkName: 'w', consumer: 'c' };
    const more = { standing: 'silent', operation: 'created', version: 3 } as const;
    expect(endOf({ ...end, ...about, ...more, id: 'i' })).toStrictEqual({ ...end, ...more });
    expect(endOf({ ...end, ...about })).toStrictEqual(end);
  });
});

describe('how long something took on many clusters', () => {
  const times = (...ms: readonly (number | undefined)[]) =>
    ms.map((durationMs, index) => ({ name: `c${index}`, ...(durationMs === undefined ? {} : { durationMs }) }));

  it.each([
    ['one', times(5), { count: 1, medianMs: 5, p95Ms: 5, worstMs: 5, worst: 'c0' }],
    ['one of two', times(undefined, 5), { count: 1, medianMs: 5, p95Ms: 5, worstMs: 5, worst: 'c1' }],
    ['some in no order', times(30, 10, 20), { count: 3, medianMs: 20, p95Ms: 30, worstMs: 30, worst: 'c0' }],
    ['an even number', times(1, 2, 3, 4), { count: 4, medianMs: 2, p95Ms: 4, worstMs: 4, worst: 'c3' }],
    ['none', times(undefined), undefined],
  ])('is known of %s', (_what, some, durations) => {
    expect(durationsOf(some)).toEqual(durations);
  });

  it('is for nineteen of twenty what the nineteenth took', () => {
    expect(durationsOf(times(...Array.from({ length: 20 }, (_unused, index) => index + 1)))).toMatchObject({
      medianMs: 10,
      p95Ms: 19,
      worstMs: 20,
    });
  });
});
