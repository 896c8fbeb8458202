import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LatestQueue } from '../../../src/works/latest-queue.ts';
import { SeenWorks } from '../../../src/operations/watch/seen-works.ts';
import type { WorkChange } from '../../../src/operations/watch/work-change.ts';

function change(patch: Partial<WorkChange> & { observed?: number; sequence?: number }): WorkChange {
  const { observed, sequence, ...rest } = patch;
  return {
    kind: 'status',
    id: 'w',
    consumer: 'c1',
    name: 'work',
    labels: {},
    version: 1,
    createdAt: '2026-11-22T10:00:00Z',
    manifests: [],
    seenBy: 'stream',
    ...(observed === undefined
      ? {}
      : {
          status: { observedVersion: observed, sequenceId: String(sequence ?? 0), conditions: [], resourceStatus: [] },
        }),
    ...rest,
  };
}

describe('what is news of a work', () => {
  it('drops the same report told twice, by stream and by list', () => {
    const seen = new SeenWorks();
    expect(seen.isNews(change({ observed: 1, sequence: 5 }))).toBe(true);
    expect(seen.isNews(change({ observed: 1, sequence: 5, seenBy: 'list' }))).toBe(false);
  });

  it('drops an earlier report that arrives late', () => {
    const seen = new SeenWorks();
    expect(seen.isNews(change({ version: 2, observed: 2, sequence: 9 }))).toBe(true);
    expect(seen.isNews(change({ version: 2, observed: 1, sequence: 12 }))).toBe(false);
    expect(seen.isNews(change({ version: 2, observed: 2, sequence: 8 }))).toBe(false);
  });

  it('takes a later stored version and a beginning deletion although no agent has reported since', () => {
    const seen = new SeenWorks();
    seen.isNews(change({ observed: 1, sequence: 5 }));
    expect(seen.isNews(change({ version: 2, observed: 1, sequence: 5, seenBy: 'list' }))).toBe(true);
    expect(
      seen.isNews(change({ version: 2, observed: 1, sequence: 5, seenBy: 'list', deletedAt: '2026-11-22T10:01:00Z' })),
    ).toBe(true);
    expect(seen.versionOf('w')).toBe(2);
  });

  it('lets no row that was read before the end bring a deleted work back', () => {
    const seen = new SeenWorks();
    seen.isNews(change({ observed: 1, sequence: 5 }));
    expect(seen.isNews(change({ kind: 'deleted', observed: 1, sequence: 7 }))).toBe(true);
    expect(seen.isNews(change({ kind: 'deleted', observed: 1, sequence: 7 }))).toBe(false);
    expect(seen.isNews(change({ observed: 1, sequence: 6, seenBy: 'list' }))).toBe(false);
    expect(seen.isNews(change({ seenBy: 'list', createdAt: '2026-11-22T10:05:00Z' }))).toBe(true);
  });

  it('finds what a whole read did not show, and not what the stream showed meanwhile', () => {
    const seen = new SeenWorks();
    for (const id of ['a', 'b', 'c']) seen.isNews(change({ id, observed: 1, sequence: 1 }));
    seen.beginRead();
    seen.isNews(change({ id: 'a', observed: 1, sequence: 1, seenBy: 'list' }));
    seen.isNews(change({ id: 'b', observed: 1, sequence: 2 }));
    expect(seen.takeMissing().map(({ id }) => id)).toEqual(['c']);
    expect(seen.size).toBe(2);
  });

  it('gives reports in order and ends at the greatest, whatever order they arrive in', () => {
    const report = fc.record({ observed: fc.integer({ min: 1, max: 4 }), sequence: fc.integer({ min: 1, max: 50 }) });
    fc.assert(
      fc.property(fc.array(report, { minLength: 1, maxLength: 40 }), (reports) => {
        const seen = new SeenWorks();
        const given = reports.filter(({ observed, sequence }) =>
          seen.isNews(change({ version: 4, observed, sequence })),
        );
        const rank = ({ observed, sequence }: { observed: number; sequence: number }): number =>
          observed * 100 + sequence;
        expect(given.map(rank)).toEqual([...given.map(rank)].sort((a, b) => a - b));
        expect(new Set(given.map(rank)).size).toBe(given.length);
        expect(Math.max(...given.map(rank))).toBe(Math.max(...reports.map(rank)));
      }),
    );
  });
});

describe('a queue of latest items', () => {
  it('gives each key once, the latest, in the order the keys first came', async () => {
    const queue = new LatestQueue<number>();
    queue.put('a', 1);
    queue.put('b', 2);
    queue.put('a', 3);
    queue.end();
    expect([await queue.take(), await queue.take(), await queue.take()]).toEqual([3, 2, undefined]);
  });

  it('wakes a reader that waits, and fails it with the error of the end', async () => {
    const queue = new LatestQueue<number>();
    const first = queue.take();
    queue.put('a', 1);
    expect(await first).toBe(1);
    const second = queue.take();
    queue.end(new Error('broken'));
    await expect(second).rejects.toThrow('broken');
  });
});
