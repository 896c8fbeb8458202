import { describe, expect, it } from 'vitest';
import { eventKey, newEvents, workEvents } from '../../../src/core/status/work-events.ts';
import type { ResourceStatus, WorkStatus } from '../../../src/core/status/work-status.ts';
import { bundle } from '../../operations/support/fakes.ts';
import { condition, deployment, entry, status } from './build.ts';

const createdAt = '2026-11-22T10:00:00.5Z';
const seenAt = '2026-11-22T12:00:00Z';
const seen = { time: seenAt, gone: false };

function reported(sequenceId: string, resources: readonly ResourceStatus[] = []): WorkStatus {
  return { ...status(2, ['Applied/True/2'], resources), sequenceId };
}

describe('the past of a work', () => {
  it('is its creation alone where nobody has reported it', () => {
    expect(workEvents(bundle({ createdAt }))).toEqual([
      { time: createdAt, from: 'maestro', subject: 'work', what: 'Created', reason: '', message: 'version 1' },
    ]);
  });

  it('tells which version is stored where that is a later one', () => {
    expect(workEvents(bundle({ createdAt, version: 3 }))[0]?.message).toBe('version 1; version 3 is stored now');
  });

  it('says nothing of a creation whose time nobody knows', () => {
    expect(workEvents(bundle({ createdAt: '' }))).toEqual([]);
  });

  it('has the conditions of the work and of its objects, each with reason and generation, by their times', () => {
    const late = { ...condition('Applied/True/2'), lastTransitionTime: '2026-11-22T11:30:00Z' };
    const events = workEvents(
      bundle({
        createdAt,
        version: 2,
        status: { ...reported('1', [entry(deployment, ['Available/False'])]), conditions: [late] },
        deletedAt: '2026-11-22T11:00:00Z',
      }),
    );
    expect(events).toEqual([
      expect.objectContaining({ what: 'Created' }),
      {
        time: '2026-11-22T10:59:15Z',
        from: 'agent',
        subject: 'Deployment.apps/np/web',
        what: 'Available=False',
        reason: 'AvailableIsFalse',
        message: 'Available is False',
      },
      expect.objectContaining({ from: 'maestro', what: 'DeletionRequested', message: 'at version 2' }),
      expect.objectContaining({ subject: 'work', what: 'Applied=True', message: 'Applied is True (version 2)' }),
    ]);
  });

  it('keeps its own order within a second, of which Maestro tells parts and agents do not', () => {
    const atOnce = { ...condition('Applied/True/1'), lastTransitionTime: '2026-11-22T10:00:00Z' };
    const events = workEvents(bundle({ createdAt, status: { ...reported('1'), conditions: [atOnce] } }));
    expect(events.map(({ what }) => what)).toEqual(['Created', 'Applied=True']);
  });

  it('leaves out a condition without a time, and one whose time is none', () => {
    const { lastTransitionTime: _time, ...timeless } = condition('Applied/True/1');
    const unreadable = { ...condition('Available/True/1'), lastTransitionTime: 'yesterday' };
    const events = workEvents(bundle({ createdAt, status: { ...reported('1'), conditions: [timeless, unreadable] } }));
    expect(events.map(({ what }) => what)).toEqual(['Created']);
  });
});

describe('what happened between two looks', () => {
  const whats = (...looks: Parameters<typeof newEvents>): readonly string[] =>
    newEvents(...looks).map(({ from, what, message, time }) => `${from} ${what} ${message} ${time}`);

  it('is nothing where both saw the same', () => {
    const same = bundle({ status: reported('1') });
    expect(newEvents(same, same, seen)).toEqual([]);
    expect(newEvents(bundle(), bundle(), seen)).toEqual([]);
  });

  it('is a version that was stored, at the time of the look', () => {
    const before = bundle({ version: 1, createdAt: '' });
    expect(whats(before, { ...before, version: 2 }, seen)).toEqual([`maestro Stored version 2 ${seenAt}`]);
  });

  it('is a report, the first one and each with another sequence, and what changed by it', () => {
    const before = bundle({ createdAt });
    const first = { ...before, status: reported('1') };
    expect(whats(before, first, seen)).toEqual([
      `agent Reported about version 2 ${seenAt}`,
      'agent Applied=True Applied is True (version 2) 2026-11-22T10:59:15Z',
    ]);
    expect(whats(first, { ...first, status: reported('2') }, seen)).toEqual([
      `agent Reported about version 2 ${seenAt}`,
    ]);
  });

  it('is no report where the status is gone', () => {
    expect(whats(bundle({ createdAt, status: reported('1') }), bundle({ createdAt }), seen)).toEqual([]);
  });

  it('is the end of a work that is gone', () => {
    expect(whats(bundle(), bundle(), { ...seen, gone: true })).toEqual([
      `maestro Removed Maestro no longer has the work ${seenAt}`,
    ]);
  });

  it('is known again by time, subject, what and reason, however its message is worded', () => {
    const [one] = workEvents(bundle({ createdAt }));
    if (one === undefined) throw new Error('no event');
    expect(eventKey({ ...one, message: 'other' })).toBe(eventKey(one));
    for (const other of [{ time: seenAt }, { subject: 'x' }, { what: 'Stored' }, { reason: 'x' }])
      expect(eventKey({ ...one, ...other })).not.toBe(eventKey(one));
  });
});
