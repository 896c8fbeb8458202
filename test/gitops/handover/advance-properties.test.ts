import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { HandoverDirection, HandoverGoal } from '../../../src/gitops/handover/plan.ts';
import { marksOf, Model, type Decision } from './model.ts';

/**
 * What happens next: one of two runs reads and decides, or sends what it
 * decided before, however long ago; an agent does something; somebody else does.
 */
type Move =
  | { readonly kind: 'read'; readonly who: 0 | 1; readonly goal: HandoverGoal }
  | { readonly kind: 'send'; readonly who: 0 | 1 }
  | { readonly kind: 'agent'; readonly what: 'applyWork' | 'reportWork' | 'endWork' | 'settle' }
  | { readonly kind: 'row'; readonly what: 'applyRow' | 'reportRow' | 'endRow'; readonly at: number }
  | { readonly kind: 'other'; readonly what: 'editWork' | 'editRow' | 'classicWrites' | 'running' | 'marked' | 'gone' };

const anyGoal = fc.constantFrom<HandoverGoal>('run', 'finish', 'rollback');
const who = fc.constantFrom(0 as const, 1 as const);
const anyOwnMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('read' as const), who, goal: anyGoal }) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('send' as const), who }) },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('agent' as const),
      what: fc.constantFrom('applyWork', 'reportWork', 'endWork', 'settle', 'settle'),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('row' as const),
      what: fc.constantFrom('applyRow', 'reportRow', 'endRow'),
      at: fc.nat(5),
    }),
  },
);
const anyOthersMove: fc.Arbitrary<Move> = fc.record({
  kind: fc.constant('other' as const),
  what: fc.constantFrom('editWork', 'editRow', 'classicWrites', 'running', 'marked', 'gone'),
});

/** Bursts of one goal, so that stories come far enough. */
const anyBurst = (one: fc.Arbitrary<Move>): fc.Arbitrary<readonly Move[]> =>
  fc.oneof(
    fc.array(one, { maxLength: 8 }),
    fc.tuple(who, anyGoal, fc.integer({ min: 1, max: 14 })).map(([by, goal, times]) =>
      Array.from({ length: times }, (): Move[] => [
        { kind: 'read', who: by, goal },
        { kind: 'send', who: by },
        { kind: 'agent', what: 'settle' },
      ]).flat(),
    ),
  );

function story(one: fc.Arbitrary<Move>): fc.Arbitrary<readonly Move[]> {
  return fc.array(anyBurst(one), { maxLength: 8 }).map((bursts) => bursts.flat());
}

function play(model: Model, moves: readonly Move[]): void {
  const decided: (Decision | undefined)[] = [undefined, undefined];
  for (const move of moves) {
    switch (move.kind) {
      case 'read':
        decided[move.who] = model.decide(move.goal);
        break;
      case 'send': {
        const decision = decided[move.who];
        decided[move.who] = undefined;
        if (decision !== undefined) model.carryOut(decision);
        break;
      }
      case 'agent':
        model[move.what]();
        break;
      case 'row':
        model[move.what]([...model.rows.keys()][move.at % Math.max(1, model.rows.size)] ?? '');
        break;
      case 'other':
        if (move.what === 'marked' || move.what === 'gone') model.deleteHub(move.what);
        else if (move.what === 'running') {
          if (model.app !== undefined) model.app.phase = 'Running';
        } else model[move.what]();
    }
    expect(model.faults).toEqual([]);
    expect(model.app?.owners.size ?? 0, 'owners').toBeGreaterThan(0);
  }
}

/** One goal, again and again, while the agents do all that they have to. */
function reach(model: Model, goal: HandoverGoal): string {
  for (let round = 0; round < 40; round += 1) {
    if (model.plan.direction === 'to-classic' && goal !== 'rollback') model.classicWrites();
    const decision = model.decide(goal);
    const { advance } = decision;
    if (advance.kind === 'done') return advance.reason;
    if (advance.kind === 'parked' || advance.kind === 'refused') return `${advance.kind} ${advance.reason}`;
    model.carryOut(decision);
    model.settle();
    expect(model.faults).toEqual([]);
  }
  return 'endless';
}

const directions: readonly HandoverDirection[] = ['to-maestro', 'to-classic'];

describe.each(directions)('a handover %s', (direction) => {
  it('ends with one owner, the same object and no marks, and can be rolled back', () => {
    const model = new Model({ direction });
    const uid = model.app?.uid;
    expect(reach(model, 'run')).toBe('BothOwn');
    expect([...model.app!.owners].sort()).toEqual([model.workOwner, model.bundleOwner].sort());
    expect(reach(model, 'finish')).toBe('HandedOver');
    const isForward = direction === 'to-maestro';
    expect([...model.app!.owners]).toEqual([isForward ? model.bundleOwner : model.workOwner]);
    expect(reach(model, 'rollback')).toBe('RolledBack');
    expect([...model.app!.owners]).toEqual([isForward ? model.workOwner : model.bundleOwner]);
    expect(model.app?.uid).toBe(uid);
    expect(marksOf(model.work)).toEqual([]);
    const row = model.rows.get(model.bundleId);
    expect(
      row === undefined ? [] : Object.keys(row.work.annotations).filter((key) => key.includes('migration')),
    ).toEqual([]);
  });

  it('never leaves the application without an owner, whatever two runs, the agents and others do', () => {
    fc.assert(
      fc.property(
        story(fc.oneof({ weight: 5, arbitrary: anyOwnMove }, { weight: 1, arbitrary: anyOthersMove })),
        (moves) => {
          play(new Model({ direction }), moves);
        },
      ),
      { numRuns: 250 },
    );
  });

  it('does so with agents that report what they do not own', () => {
    fc.assert(
      fc.property(story(anyOwnMove), (moves) => {
        play(new Model({ direction, ownsUnchanged: false }), moves);
      }),
      { numRuns: 100 },
    );
  });

  it('can be rolled back from wherever it was left', () => {
    fc.assert(
      fc.property(story(anyOwnMove), (moves) => {
        const model = new Model({ direction });
        play(model, moves);
        expect(reach(model, 'rollback')).toBe('RolledBack');
        const isForward = direction === 'to-maestro';
        expect([...model.app!.owners]).toEqual([isForward ? model.workOwner : model.bundleOwner]);
        expect(marksOf(model.work)).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });

  it('comes to its end, or tells why not, whatever others did', () => {
    fc.assert(
      fc.property(
        story(fc.oneof({ weight: 5, arbitrary: anyOwnMove }, { weight: 1, arbitrary: anyOthersMove })),
        (moves) => {
          const model = new Model({ direction });
          play(model, moves);
          const end = reach(model, 'run').replace(/^(BothOwn|Owned|LettingGo)$/, () => reach(model, 'finish'));
          expect(end).toMatch(/^(HandedOver|parked \w+|refused RollbackBegun)$/);
        },
      ),
      { numRuns: 150 },
    );
  });
});

describe.each(directions)('with an agent that cannot report who owns the application, %s', (direction) => {
  it.each([0, 1, 2, 3])('nothing is taken from anybody, from write %i on', (hidesOwnersAfter) => {
    const model = new Model({ direction, hidesOwnersAfter });
    const run = reach(model, 'run');
    const end = run === 'BothOwn' ? reach(model, 'finish') : run;
    expect(end).toBe('parked OwnersUnknown');
    expect(model.faults).toEqual([]);
    expect(model.app?.owners.size).toBeGreaterThan(0);
  });
});

describe('what this handover did not do', () => {
  it('is told as handed over only when the bundle is proved to own the application', () => {
    const model = new Model();
    expect(reach(model, 'run')).toBe('BothOwn');
    expect(reach(model, 'finish')).toBe('HandedOver');
    // Nothing of the way there is known: another run's backup, or somebody deleted the classic work by hand.
    model.kept.length = 0;
    expect(model.decide('finish').advance.kind).toBe('probe');
    expect(reach(model, 'finish')).toBe('HandedOver');
    model.app!.owners.clear();
    for (const id of [...model.rows.keys()].filter((one) => one !== model.bundleId)) model.rows.delete(id);
    expect(model.decide('finish').advance.kind).toBe('probe');
    model.carryOut(model.decide('finish'));
    for (const id of model.rows.keys()) {
      if (id === model.bundleId) continue;
      model.applyRow(id);
      model.reportRow(id);
    }
    expect(model.decide('finish').advance).toMatchObject({ kind: 'wait', why: 'owner' });
  });

  it('is told as handed over to the classic model only when its work is proved to own the application', () => {
    const model = new Model({ direction: 'to-classic' });
    model.classicWrites();
    model.settle();
    // Somebody else took the bundle away, and nobody owns what is left.
    model.rows.delete(model.bundleId);
    model.app!.owners.clear();
    for (let round = 0; round < 2; round += 1) {
      const decision = model.decide('finish');
      expect(decision.advance.kind).not.toBe('done');
      model.carryOut(decision);
      for (const id of model.rows.keys()) {
        model.applyRow(id);
        model.reportRow(id);
      }
    }
    expect(model.decide('finish').advance).toMatchObject({ kind: 'wait', why: 'owner' });
    model.applyWork();
    model.rows.clear();
    expect(reach(model, 'finish')).toBe('HandedOver');
  });

  it.each(directions)('is not told as taken back: a rollback of what was not begun, %s', (direction) => {
    const { advance } = new Model({ direction }).decide('rollback');
    expect(advance).toMatchObject({ kind: 'done', text: expect.stringContaining('took nothing away') as string });
  });

  it('is never left unsaid when an application is deleted on purpose while a work has let go of it', () => {
    const model = new Model();
    reach(model, 'run');
    while (model.decide('finish').sight.seen.classic.form !== 'let-go') {
      model.carryOut(model.decide('finish'));
      model.settle();
    }
    model.app = undefined;
    for (let round = 0; round < 4; round += 1) {
      const decision = model.decide('finish');
      if (decision.advance.kind === 'parked') break;
      expect(decision.advance).not.toMatchObject({ kind: 'write' });
      model.carryOut(decision);
      // The agent has looked at the probe, and not yet at the works.
      for (const id of model.rows.keys()) {
        if (id === model.bundleId) continue;
        model.applyRow(id);
        model.reportRow(id);
      }
    }
    expect(model.decide('finish').advance).toMatchObject({
      kind: 'parked',
      reason: 'NotOnCluster',
      text: expect.stringContaining('make it anew') as string,
    });
  });

  it('measures a way back by the uid that was there before, also when it begins with another object', () => {
    const model = new Model();
    const uid = model.app!.uid;
    reach(model, 'run');
    reach(model, 'finish');
    model.app = { ...model.app!, uid: 'another' };
    const { advance } = model.decide('rollback');
    expect(advance).toMatchObject({ kind: 'write', write: { kind: 'stamp-bundle', uid } });
  });
});

describe('a rollback of an application that was deleted and made anew on the hub', () => {
  it.each([{ metadata: { uid: 'new-hub' } }, undefined])(
    'makes no classic work that no classic controller would know, and leaves it with Maestro',
    (change) => {
      const model = new Model();
      reach(model, 'run');
      reach(model, 'finish');
      const hub = model.hub!;
      model.hub = change === undefined ? undefined : { ...hub, metadata: { ...hub.metadata, ...change.metadata } };
      expect(reach(model, 'rollback')).toBe('parked ApplicationGone');
      expect(model.work).toBeUndefined();
      expect([...model.app!.owners]).toEqual([model.bundleOwner]);
    },
  );

  it('is carried to its end when it had begun before', () => {
    const model = new Model();
    reach(model, 'run');
    reach(model, 'finish');
    model.carryOut(model.decide('rollback'));
    model.hub = { ...model.hub!, metadata: { ...model.hub!.metadata, uid: 'new-hub' } };
    expect(reach(model, 'rollback')).toBe('RolledBack');
    expect([...model.app!.owners]).toEqual([model.workOwner]);
  });
});

describe('a handover that believes that whoever has applied owns', () => {
  it('would delete the only owner, as a run by the proof never does', () => {
    const careless = new Model({ ownsUnchanged: false, trustsApplied: true });
    for (const goal of ['run', 'finish'] as const)
      for (let round = 0; round < 20; round += 1) {
        careless.carryOut(careless.decide(goal));
        careless.settle();
      }
    expect(careless.app?.owners.size ?? 0).toBe(0);

    const careful = new Model({ ownsUnchanged: false });
    expect(reach(careful, 'run')).toBe('endless');
    expect([...careful.app!.owners]).toEqual([careful.workOwner]);
  });
});
