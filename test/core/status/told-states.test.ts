import { describe, expect, it } from 'vitest';
import { describeBlockers, describeState, describeWhy } from '../../../src/core/status/describe-state.ts';
import { decodeStatus } from '../../../src/core/status/decode-status.ts';
import { foldStatus, type Blocker, type WorkView } from '../../../src/core/status/fold.ts';
import { isSilent, silentAfterMs } from '../../../src/core/status/silence.ts';
import { available, condition, deployment, entry, namespace, status } from './build.ts';

const at = '2026-11-22T10:59:15Z';
const nowMs = Date.parse(at) + 60_000;
const unreported: WorkView = { version: 2, manifests: [namespace], updatedAt: at };
const applied = (version: number, more: Partial<WorkView> = {}): WorkView => ({
  ...available(version, [namespace]),
  version: 2,
  ...more,
});
const failed: WorkView = {
  version: 2,
  manifests: [namespace],
  status: status(2, ['Applied/False/2'], [entry(namespace, ['Applied/False/2'])]),
};
const notReady: WorkView = {
  version: 2,
  manifests: [deployment],
  status: status(2, ['Applied/True/2'], [entry(deployment, ['Applied/True/2', 'Available/False'])]),
};

describe('why a work is as it is, beside the word for its state', () => {
  const why = (view: WorkView): string => describeWhy(foldStatus(view, 2));

  it('is nothing where the word says all', () => {
    expect(why(applied(2))).toBe('');
    expect(why({ ...unreported, status: status(2, ['Deleted/True/2'], []) })).toBe('');
  });

  it('is what blocks it, without what the word says already', () => {
    expect(why(notReady)).toBe(
      'not ready: Deployment.apps/np/web Available=False (AvailableIsFalse): Available is False',
    );
    expect(why(failed)).toBe('Namespace/np Applied=False (AppliedIsFalse): Applied is False');
  });

  it('is the whole sentence where the word alone tells little', () => {
    for (const view of [unreported, applied(1), applied(2, { deletedAt: at })])
      expect(why(view)).toBe(describeState(foldStatus(view, 2)));
  });
});

describe('a sentence of a state', () => {
  it('tells ages only where it is asked when that is', () => {
    const state = foldStatus(unreported, 2);
    expect(describeState(state)).toBe('the agent has not reported this work yet');
    expect(describeState(state, nowMs)).toBe('the agent has not reported this work yet (written 60s ago)');
    const deleting = foldStatus({ ...unreported, deletedAt: at }, 2);
    expect(describeState(deleting)).toBe('deletion requested, the agent has not reported this work yet');
    expect(describeState(deleting, nowMs)).toBe('deletion requested 60s ago, the agent has not reported this work yet');
    expect(describeState(foldStatus(failed, 2), nowMs)).toMatch(/Applied is False \[60s\]$/);
    expect(describeState(foldStatus(failed, 2))).toMatch(/Applied is False$/);
  });

  it('tells no age of a report that has no time', () => {
    const stale = applied(1);
    const timeless = { ...stale, ...(stale.status && { status: { ...stale.status, sequenceId: '' } }) };
    const told = describeState(foldStatus(timeless, 2), nowMs);
    expect(told).toBe('the agent last reported version 1, version 2 is awaited');
    expect(describeState(foldStatus(stale, 2))).toBe('the agent last reported version 1, version 2 is awaited');
  });

  it('names the later one of the versions that replaced it, stored or reported', () => {
    expect(describeState(foldStatus({ ...unreported, version: 5, status: status(4, [], []) }, 2))).toMatch(
      /^version 5 has/,
    );
    expect(describeState(foldStatus({ ...unreported, status: status(4, [], []) }, 2))).toMatch(/^version 4 has/);
  });

  it('shows five blockers, and says how many more there are', () => {
    const blockers: readonly Blocker[] = Array.from({ length: 7 }, (_, index) => ({
      subject: `s${index}`,
      condition: 'Applied',
      outdated: false,
      reason: '',
      message: '',
    }));
    const five = ['s0', 's1', 's2', 's3', 's4'].map((subject) => `${subject} has no Applied condition yet`).join('; ');
    expect(describeBlockers(blockers.slice(0, 5))).toBe(five);
    expect(describeBlockers(blockers)).toBe(`${five}; and 2 more`);
  });

  it('leaves out a reason or a message that is empty', () => {
    const blocker = { subject: 's', condition: 'Applied', status: 'False', outdated: false } as const;
    expect(describeBlockers([{ ...blocker, reason: '', message: '' }])).toBe('s Applied=False');
    expect(describeBlockers([{ ...blocker, reason: 'R', message: '' }])).toBe('s Applied=False (R)');
    expect(describeBlockers([{ ...blocker, reason: '', message: 'm' }])).toBe('s Applied=False: m');
  });
});

describe('a silent work', () => {
  const silent = (view: WorkView, unheardMs = silentAfterMs): boolean => isSilent(foldStatus(view, 2), unheardMs);

  it('is one whose version nobody has reported for so long', () => {
    expect(silent(unreported)).toBe(true);
    expect(silent(unreported, silentAfterMs - 1)).toBe(false);
    expect(silent(unreported, Number.NaN)).toBe(false);
    expect(silent(applied(1))).toBe(true);
  });

  it('is none whose version was reported, however long ago', () => {
    expect(silent(applied(2), 86_400_000)).toBe(false);
    expect(silent(notReady, 86_400_000)).toBe(false);
    expect(silent(failed, 86_400_000)).toBe(false);
  });

  it('is none whose report is there while Maestro still shows the version before', () => {
    expect(silent(applied(2, { version: 1 }))).toBe(false);
  });

  it('is one that is to be deleted, until its agent has begun', () => {
    expect(silent(applied(2, { deletedAt: at }))).toBe(true);
    const begun = status(2, ['Deleting/True/2'], []);
    expect(silent({ ...unreported, deletedAt: at, status: begun })).toBe(false);
  });
});

describe('a trace of an agent, however small', () => {
  const empty = { observedVersion: 0, sequenceId: '', conditions: [], resourceStatus: [] };

  it('makes a work reported, and none leaves it unknown', () => {
    const kindOf = (more: Partial<typeof empty> | object): string =>
      foldStatus({ ...unreported, status: { ...empty, ...more } }, 2).kind;
    expect(kindOf({})).toBe('unknown');
    expect(kindOf({ observedVersion: 1 })).toBe('progressing');
    expect(kindOf({ sequenceId: '1' })).toBe('progressing');
    expect(kindOf({ conditions: [condition('Applied/True/1')] })).toBe('progressing');
    expect(kindOf({ resourceStatus: [entry(namespace, [])] })).toBe('progressing');
  });

  it.each([
    [2, 2],
    ['2', 2],
    ['12', 12],
    [2n, 2],
    [0n, 0],
    [-1n, 0],
    [-2, 0],
    [1.5, 1],
    ['1x', 0],
    ['x1', 0],
    ['1.5', 0],
    ['1e3', 0],
    ['1234567890123456', 0],
    [Number.POSITIVE_INFINITY, 0],
    ['', 0],
    [true, 0],
    [null, 0],
  ])('has a version only where %s is a whole number', (version, read) => {
    expect(decodeStatus({ ObservedVersion: version, resourceStatus: [] }).observedVersion).toBe(read);
  });
});
