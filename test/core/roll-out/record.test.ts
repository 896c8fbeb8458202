import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RollOutRecord, type RollOutPicture } from '../../../src/core/roll-out/record.ts';
import { rollOutStates } from '../../../src/core/roll-out/work-state.ts';
import { endOf, type RollOutFact, type RollOutPlan, type WorkEnd } from '../../../src/core/roll-out/facts.ts';
import { failedWork } from '../../../src/core/outcome/outcome.ts';
import { MaestroError } from '../../../src/errors.ts';

const clusters = ['c1', 'c2', 'c3', 'c4'];
const works = ['a', 'b'];
const plan: RollOutPlan = {
  server: 'maestro:8090',
  source: 'me',
  noun: 'work',
  stages: [
    { name: 'canary', number: 0, awaits: 'Applied', clusters: [{ name: 'c1', works: 2 }] },
    { name: 'wave', number: 1, awaits: 'Applied', clusters: clusters.slice(1).map((name) => ({ name, works: 2 })) },
  ],
};

const met: WorkEnd = { phase: 'Applied', reason: 'Applied', message: 'Applied', exitCode: 0 };
const refused = endOf(failedWork({ manifestWorkName: 'a', consumer: 'c1' }, new MaestroError('conflict', 'no'), false));
const cutShort: WorkEnd = {
  phase: 'InProgress',
  reason: 'Timeout',
  message: 'timed out',
  exitCode: 6,
  standing: 'silent',
};
const notBegun: WorkEnd = { phase: 'Failed', reason: 'NotBegun', message: 'not begun', exitCode: 7 };
const accepted: WorkEnd = { phase: 'InProgress', reason: 'Accepted', message: 'accepted', exitCode: 0 };

function pictureOf(facts: readonly RollOutFact[]): RollOutPicture {
  const record = new RollOutRecord();
  record.take({ kind: 'begun', plan, wallMs: 1 });
  for (const fact of facts) record.take(fact);
  return record.picture();
}

const place = { cluster: fc.constantFrom(...clusters), work: fc.constantFrom(...works) };
const workFact = fc.oneof(
  fc.record({ kind: fc.constant('stored' as const), ...place, how: fc.constantFrom('created', 'unchanged') }),
  fc.record({
    kind: fc.constant('stands' as const),
    ...place,
    as: fc.constantFrom('pending', 'failing', 'silent', 'met', 'failed'),
  }),
  fc.record({
    kind: fc.constant('ended' as const),
    ...place,
    end: fc.constantFrom(met, refused, cutShort, notBegun, accepted),
  }),
);
/** Each at a time of its own, as things happen. */
const history: fc.Arbitrary<readonly RollOutFact[]> = fc
  .array(workFact, { maxLength: 40 })
  .map((facts) => facts.map((fact, index) => ({ ...fact, wallMs: 100 + index })));

describe('whatever is told', () => {
  it('the counts are those of the plan, of works and of clusters', () => {
    fc.assert(
      fc.property(history, (facts) => {
        const { counts, total, clusterCounts, stages } = pictureOf(facts);
        const sum = (of: Readonly<Record<string, number>>): number => Object.values(of).reduce((a, b) => a + b, 0);
        expect([total, sum(counts), sum(clusterCounts)]).toEqual([8, 8, 4]);
        expect(stages.map((stage) => sum(stage.counts))).toEqual([2, 6]);
        for (const state of rollOutStates)
          expect(stages.reduce((all, stage) => all + stage.counts[state], 0)).toBe(counts[state]);
      }),
    );
  });

  it('no work is as asked unless its wait or its outcome said so', () => {
    fc.assert(
      fc.property(history, (facts) => {
        for (const { name: cluster, works: seen } of pictureOf(facts).stages.flatMap((stage) => stage.clusters))
          for (const { name, state } of seen) {
            if (state !== 'met') continue;
            const about = facts.filter(
              (fact) => 'work' in fact && fact.cluster === cluster && fact.work === name && fact.kind !== 'stored',
            );
            const ended = about.findLast(({ kind }) => kind === 'ended');
            const last = ended ?? about.at(-1);
            expect(last?.kind === 'ended' ? last.end : last).toMatchObject(
              last?.kind === 'ended' ? { phase: 'Applied', exitCode: 0 } : { as: 'met' },
            );
          }
      }),
    );
  });

  it('the order in which it is told does not matter', () => {
    fc.assert(
      fc.property(
        history.chain((facts) =>
          fc.tuple(fc.constant(facts), fc.shuffledSubarray([...facts], { minLength: facts.length })),
        ),
        ([facts, shuffled]) => {
          const byName = ({ stages, ...picture }: RollOutPicture): unknown => ({
            ...picture,
            // Which was told of first decides the order of reasons and of works, and nothing else.
            reasons: picture.reasons.map(({ message, works: of }) => [message, of.length]).toSorted(),
            stages: stages.map((stage) => ({
              ...stage,
              clusters: stage.clusters.map((cluster) => ({
                ...cluster,
                works: cluster.works.toSorted((a, b) => a.name.localeCompare(b.name)),
              })),
            })),
          });
          expect(byName(pictureOf(shuffled))).toEqual(byName(pictureOf(facts)));
        },
      ),
    );
  });

  it('a cluster has a time only when it was written to and all its works got there', () => {
    fc.assert(
      fc.property(history, (facts) => {
        for (const cluster of pictureOf(facts).stages.flatMap((stage) => stage.clusters)) {
          if (cluster.durationMs === undefined) continue;
          expect(cluster.works.map(({ state }) => state)).toEqual(['met', 'met']);
          expect(cluster.durationMs).toBeGreaterThanOrEqual(0);
        }
      }),
    );
  });
});

describe('a roll-out', () => {
  it('is to come until something is told, and a cluster is as its worst work', () => {
    const picture = pictureOf([
      { kind: 'stored', cluster: 'c1', work: 'a', how: 'created', version: 1, wallMs: 1000 },
      { kind: 'stands', cluster: 'c1', work: 'a', as: 'met', wallMs: 3000 },
      { kind: 'stored', cluster: 'c2', work: 'a', how: 'created', version: 1, wallMs: 2000 },
      { kind: 'stored', cluster: 'c2', work: 'b', how: 'created', version: 1, wallMs: 2000 },
      { kind: 'stands', cluster: 'c2', work: 'b', as: 'failing', text: 'denied by policy', wallMs: 2500 },
    ]);
    expect(picture.counts).toMatchObject({ met: 1, written: 1, failing: 1, toCome: 5 });
    const states = picture.stages.map((stage) => stage.clusters.map(({ state }) => state));
    expect(states).toEqual([['toCome'], ['failing', 'toCome', 'toCome']]);
    expect(picture.reasons).toEqual([{ message: 'denied by policy', works: [{ consumer: 'c2', name: 'b' }] }]);
    expect(picture.durations).toBeUndefined();
  });

  it('counts the time of a cluster from its first write until all of its works were seen as asked', () => {
    const facts = clusters.flatMap((cluster, index): RollOutFact[] => [
      { kind: 'stored', cluster, work: 'a', how: 'created', wallMs: 1000 },
      { kind: 'stored', cluster, work: 'b', how: 'created', wallMs: 1100 },
      { kind: 'stands', cluster, work: 'b', as: 'met', wallMs: 2000 },
      { kind: 'stands', cluster, work: 'a', as: 'met', wallMs: 3000 + 1000 * index },
      // The outcomes of a wave come together, at its end; that is not when it was seen.
      { kind: 'ended', cluster, work: 'a', end: met, wallMs: 60_000 },
      { kind: 'ended', cluster, work: 'b', end: met, wallMs: 60_000 },
    ]);
    expect(pictureOf(facts).durations).toEqual({ count: 4, medianMs: 3000, p95Ms: 5000, worstMs: 5000, worst: 'c4' });
  });

  it('has no time for a cluster on which nothing had to be written', () => {
    const facts = works.flatMap((work): RollOutFact[] => [
      { kind: 'stored', cluster: 'c1', work, how: 'unchanged', wallMs: 1000 },
      { kind: 'stands', cluster: 'c1', work, as: 'met', wallMs: 1001 },
    ]);
    expect(pictureOf(facts)).toMatchObject({ counts: { met: 2 } });
    expect(pictureOf(facts).durations).toBeUndefined();
  });

  it('that begins again has what was stored before, and asks anew what became of it', () => {
    const record = new RollOutRecord();
    record.take({ kind: 'begun', plan, wallMs: 1 });
    record.take({ kind: 'stored', cluster: 'c1', work: 'a', how: 'created', version: 3, wallMs: 2 });
    record.take({ kind: 'stands', cluster: 'c1', work: 'a', as: 'met', wallMs: 3 });
    record.take({ kind: 'over', wallMs: 4, stoppedBy: 'the time was up' });
    record.take({ kind: 'begun', plan, wallMs: 100 });
    const picture = record.picture();
    expect(picture).toMatchObject({ counts: { met: 0, written: 1, toCome: 7 }, stored: { doneBefore: 1, created: 0 } });
    expect(picture.over).toBeUndefined();
    expect(picture.stages[0]?.clusters[0]?.works).toEqual([
      { name: 'a', state: 'written', how: 'doneBefore', version: 3, changedWallMs: 2 },
    ]);
  });

  it('tells what a work waits for as a reason only when nobody waits any more', () => {
    const waiting: RollOutFact = {
      kind: 'stands',
      cluster: 'c1',
      work: 'a',
      as: 'pending',
      text: 'not yet',
      wallMs: 2,
    };
    expect(pictureOf([waiting]).reasons).toEqual([]);
    const ended: RollOutFact = {
      kind: 'ended',
      cluster: 'c1',
      work: 'a',
      end: { ...cutShort, standing: 'pending' },
      wallMs: 3,
    };
    expect(pictureOf([waiting, ended])).toMatchObject({ counts: { pending: 1 }, reasons: [{ message: 'timed out' }] });
  });

  it('holds of a work what was told last, and of its times the first', () => {
    const place = { cluster: 'c1', work: 'a' };
    const [{ works: [work] = [] } = {}] =
      pictureOf([
        { kind: 'stands', ...place, as: 'failed', text: 'later', wallMs: 30 },
        { kind: 'stands', ...place, as: 'met', text: 'earlier', wallMs: 20 },
        { kind: 'stored', ...place, how: 'updated', version: 5, wallMs: 12 },
        { kind: 'stored', ...place, how: 'created', version: 4, wallMs: 11 },
        { kind: 'stored', ...place, how: 'unchanged', version: 6, wallMs: 13 },
      ]).stages[0]?.clusters ?? [];
    expect(work).toEqual({
      name: 'a',
      state: 'failed',
      how: 'created',
      version: 4,
      text: 'later',
      begunWallMs: 11,
      decidedWallMs: 20,
      changedWallMs: 20,
    });
  });

  it('is decided when it was first seen to have failed, also when its end is told later', () => {
    const place = { cluster: 'c1', work: 'a' };
    const [{ works: [work] = [] } = {}] =
      pictureOf([
        { kind: 'stored', ...place, how: 'doneBefore', wallMs: 1 },
        { kind: 'stands', ...place, as: 'failed', text: 'denied', wallMs: 20 },
        { kind: 'ended', ...place, end: refused, wallMs: 30 },
      ]).stages[0]?.clusters ?? [];
    expect(work).toMatchObject({ state: 'failed', how: 'doneBefore', decidedWallMs: 20, changedWallMs: 20 });
    expect(work).not.toHaveProperty('begunWallMs');
  });

  it('holds, of what was told for one moment, what was told last, and of writes the first', () => {
    const place = { cluster: 'c1', work: 'a', wallMs: 20 };
    const [{ works: [work] = [] } = {}] =
      pictureOf([
        { kind: 'stored', ...place, how: 'created', version: 4 },
        { kind: 'stored', ...place, how: 'updated', version: 5 },
        { kind: 'stands', ...place, as: 'pending', text: 'one' },
        { kind: 'stands', ...place, as: 'pending', text: 'two' },
      ]).stages[0]?.clusters ?? [];
    expect(work).toMatchObject({ how: 'created', version: 4, text: 'two' });
    const ends = [accepted, { ...accepted, message: 'accepted again' }];
    const ended = pictureOf(ends.map((end) => ({ kind: 'ended', ...place, end })));
    expect(ended.stages[0]?.clusters[0]?.works[0]).toMatchObject({ text: 'accepted again' });
  });

  it('takes what this run stored over what an earlier one did, whenever that was told', () => {
    const place = { cluster: 'c1', work: 'a' };
    const { stored, stages } = pictureOf([
      { kind: 'stored', ...place, how: 'doneBefore', version: 1, wallMs: 5 },
      { kind: 'stored', ...place, how: 'updated', version: 2, wallMs: 9 },
    ]);
    expect(stored).toEqual({ created: 0, updated: 1, unchanged: 0, doneBefore: 0 });
    expect(stages[0]?.clusters[0]?.works[0]).toMatchObject({ how: 'updated', version: 2 });
  });

  it('knows from the end of a work what was done to it, and the version, where nothing else told it', () => {
    const ended: RollOutFact = {
      kind: 'ended',
      cluster: 'c1',
      work: 'a',
      end: { ...accepted, operation: 'updated', version: 7 },
      wallMs: 9,
    };
    const { stored, stages } = pictureOf([ended]);
    expect(stored.updated).toBe(1);
    expect(stages[0]?.clusters[0]?.works).toEqual([
      { name: 'a', state: 'written', how: 'updated', version: 7, text: 'accepted', changedWallMs: 9 },
    ]);
    for (const operation of ['created', 'unchanged'] as const)
      expect(pictureOf([{ ...ended, end: { ...accepted, operation } }]).stored[operation]).toBe(1);
    const deleted = pictureOf([{ ...ended, end: { ...accepted, operation: 'deleted' } }]);
    expect(deleted.stages[0]?.clusters[0]?.works[0]).not.toHaveProperty('how');
  });

  it('tells its stages, notes and end, and the last time that something was told', () => {
    const record = new RollOutRecord();
    record.take({ kind: 'begun', plan, wallMs: 1 });
    record.take({ kind: 'stageEnded', stage: 0, wallMs: 7 });
    record.take({ kind: 'stageBegun', stage: 0, wallMs: 2 });
    record.take({ kind: 'stageBegun', stage: 1, wallMs: 8 });
    record.take({ kind: 'noted', cluster: 'c2', text: 'a guard is in the way', wallMs: 0 });
    record.take({ kind: 'over', stoppedBy: 'the time was up', wallMs: 9 });
    record.take({ kind: 'stored', cluster: 'c1', work: 'a', how: 'created', wallMs: 3 });
    const picture = record.picture();
    expect(picture).toMatchObject({
      begunWallMs: 1,
      lastWallMs: 9,
      over: { stoppedBy: 'the time was up', wallMs: 9 },
      notes: [{ cluster: 'c2', text: 'a guard is in the way' }],
      clusters: 4,
      stages: [
        { name: 'canary', number: 0, awaits: 'Applied', begunWallMs: 2, endedWallMs: 7 },
        { name: 'wave', number: 1, awaits: 'Applied', begunWallMs: 8 },
      ],
    });
    expect(picture.stages[1]).not.toHaveProperty('endedWallMs');
    record.take({ kind: 'over', wallMs: 10 });
    expect(record.picture().over).toEqual({ wallMs: 10 });
    expect(new RollOutRecord().picture()).toEqual({
      stages: [{ name: 'wave', number: 1, clusters: [], counts: expect.any(Object) as object }],
      counts: expect.any(Object) as object,
      stored: { created: 0, updated: 0, unchanged: 0, doneBefore: 0 },
      total: 0,
      clusters: 0,
      clusterCounts: expect.any(Object) as object,
      reasons: [],
      notes: [],
    });
  });

  it('is forgotten by a run that begins again, but for what was stored', () => {
    const record = new RollOutRecord();
    record.take({ kind: 'begun', plan, wallMs: 1 });
    record.take({ kind: 'stageBegun', stage: 0, wallMs: 2 });
    record.take({ kind: 'noted', cluster: 'c2', text: 'n', wallMs: 2 });
    record.take({ kind: 'stands', cluster: 'c2', work: 'a', as: 'failing', wallMs: 3 });
    record.take({ kind: 'begun', plan, wallMs: 10 });
    const picture = record.picture();
    expect(picture).toMatchObject({ begunWallMs: 10, notes: [], counts: { toCome: 8 } });
    expect(picture.stages[0]).not.toHaveProperty('begunWallMs');
  });

  it('of which nobody told the plan has the clusters that were heard of, and no total of its own', () => {
    const record = new RollOutRecord();
    record.take({ kind: 'stored', cluster: 'c9', work: 'a', how: 'created', wallMs: 5 });
    const picture = record.picture();
    expect(picture).toMatchObject({ total: 1, clusters: 1, counts: { written: 1, toCome: 0 } });
    expect(picture.plan).toBeUndefined();
    expect(picture.stages[0]?.clusters[0]).not.toHaveProperty('planned');
  });
});
