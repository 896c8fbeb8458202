import { describe, expect, it } from 'vitest';
import { standingOf } from '../../../src/core/outcome/standing.ts';
import { foldStatus, type WorkView } from '../../../src/core/status/fold.ts';
import { silentAfterMs } from '../../../src/core/status/silence.ts';
import { available, entry, namespace, status } from '../status/build.ts';

const statusOf = (version: number): Pick<WorkView, 'status'> => {
  const { status: made } = available(version, [namespace]);
  return made === undefined ? {} : { status: made };
};
const failing = { status: status(2, ['Applied/False/2'], [entry(namespace, ['Applied/False/2'])]) };

describe('where a work stands', () => {
  it.each([
    { title: 'nobody has reported it, just now', stored: {}, waitedMs: silentAfterMs - 1, expected: 'pending' },
    { title: 'nobody has reported it for some time', stored: {}, waitedMs: silentAfterMs, expected: 'silent' },
    {
      title: 'the agent has reported only the version before',
      stored: statusOf(1),
      waitedMs: silentAfterMs,
      expected: 'silent',
    },
    {
      title: 'the agent reports it, and it is not ready',
      stored: statusOf(2),
      waitedMs: silentAfterMs,
      expected: 'pending',
    },
    { title: 'the agent could not apply it', stored: failing, waitedMs: 0, expected: 'failing' },
    {
      title: 'a deletion was requested, and the agent has not begun',
      stored: { deletedAt: '2026-11-22T10:00:00Z' },
      waitedMs: silentAfterMs,
      expected: 'silent',
    },
  ])('$title: $expected', ({ stored, waitedMs, expected }) => {
    expect(standingOf(foldStatus({ version: 2, manifests: [namespace], ...stored }, 2), waitedMs)).toBe(expected);
  });

  it('there is no such work: pending', () => {
    expect(standingOf(undefined, 60_000)).toBe('pending');
  });
});
