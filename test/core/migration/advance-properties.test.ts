import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Goal } from '../../../src/core/migration/advance.ts';
import { positionOf } from '../../../src/core/migration/advance.ts';
import { ownedObjects } from '../../../src/core/migration/forms.ts';
import type { OldWork } from '../../../src/core/migration/old-work.ts';
import type { ClusterPlan } from '../../../src/core/migration/cluster-plan.ts';
import { sameContent } from '../../../src/core/works/compare.ts';
import { ownAnnotationPrefix } from '../../../src/core/works/own-annotations.ts';
import { anyWorksOfA, runs } from './arbitrary.ts';
import { Model } from './model.ts';
import { planned, request } from './stored.ts';

/** What happens next: a part of a run that is killed after some writes, or the agent does something. */
type Move =
  { readonly kind: 'run'; readonly most: number } | { readonly kind: 'apply' | 'report' | 'end'; readonly at: number };

const anyMove: fc.Arbitrary<Move> = fc.oneof(
  fc.record({ kind: fc.constant('run' as const), most: fc.integer({ min: 0, max: 3 }) }),
  fc.record({ kind: fc.constantFrom('apply' as const, 'report' as const, 'end' as const), at: fc.nat(9) }),
);

/** Goals that a user may ask for, each left off at any moment. */
const anyStory = fc.array(
  fc.record({
    goal: fc.constantFrom<Goal>('run', 'finish', 'rollback'),
    moves: fc.array(anyMove, { maxLength: 12 }),
  }),
  { maxLength: 5 },
);

interface Setting {
  readonly model: Model;
  readonly plan: ClusterPlan;
  readonly ids: readonly string[];
  /** Labels of the objects that the works own. */
  readonly owned: readonly string[];
}

function setUp(olds: readonly OldWork[], to: 'B' | 'C'): Setting {
  const model = new Model();
  for (const { id, work, version } of olds) {
    model.store(id, work, version);
    model.apply(id);
    model.report(id);
  }
  const plan = planned(olds, request(to));
  return {
    model,
    plan,
    ids: [...plan.old, ...plan.new].map(({ id }) => id),
    owned: plan.old.flatMap((one) => ownedObjects(one).map(({ label }) => label)),
  };
}

function play({ model, plan, ids, owned }: Setting, goal: Goal, moves: readonly Move[], ownerProof: boolean): void {
  for (const move of moves) {
    if (move.kind === 'run') model.advance(plan, { goal, ownerProof }, move.most);
    else model[move.kind](ids[move.at % ids.length] ?? '');
    expect(model.lost).toEqual([]);
    for (const label of owned) expect([label, model.cluster.get(label)?.owners.size ?? 0]).not.toEqual([label, 0]);
  }
}

/** The agent does all that it has to, again and again, while the run goes on. */
function toTheEnd(setting: Setting, goal: Goal, ownerProof: boolean): string {
  const { model, plan, ids } = setting;
  for (let round = 0; round < 30; round += 1) {
    const next = model.advance(plan, { goal, ownerProof }, 99);
    if (next.kind === 'done') return 'done';
    if (next.kind === 'refused') return next.reason;
    play(
      setting,
      goal,
      ids.flatMap((_id, at): Move[] => [
        { kind: 'apply', at },
        { kind: 'report', at },
        { kind: 'end', at },
      ]),
      ownerProof,
    );
  }
  return 'endless';
}

const anyTarget = fc.constantFrom('B' as const, 'C' as const);

describe('carrying out a plan, whatever is interrupted', () => {
  it('leaves no owned object without an owner, and deletes none, at any moment', () => {
    fc.assert(
      fc.property(anyWorksOfA, anyTarget, anyStory, fc.boolean(), (olds, to, story, ownerProof) => {
        const setting = setUp(olds, to);
        for (const { goal, moves } of story) play(setting, goal, moves, ownerProof);
      }),
      runs(300),
    );
  });

  it('ends the same as without interruption: finished, with what the plan says', () => {
    fc.assert(
      fc.property(anyWorksOfA, anyTarget, fc.array(anyMove, { maxLength: 20 }), (olds, to, moves) => {
        const setting = setUp(olds, to);
        if (setting.plan.new.length === 0) return;
        play(setting, 'run', moves, true);
        expect(toTheEnd(setting, 'run', true)).toBe('done');
        expect(positionOf(setting.plan, setting.model.read())).toBe('both-own');
        play(setting, 'finish', moves, true);
        expect(toTheEnd(setting, 'finish', true)).toBe('done');
        expect(positionOf(setting.plan, setting.model.read())).toBe('finished');
        expect([...setting.model.rows.keys()].sort()).toEqual(setting.plan.new.map(({ id }) => id).sort());
        for (const { id, work } of setting.plan.new) expect(setting.model.rows.get(id)?.work).toEqual(work);
        expect(toTheEnd(setting, 'finish', true)).toBe('done');
      }),
      runs(),
    );
  });

  it('rolls back from anywhere to the works that there were', () => {
    fc.assert(
      fc.property(anyWorksOfA, anyTarget, anyStory, (olds, to, story) => {
        const setting = setUp(olds, to);
        if (setting.plan.new.length === 0) return;
        for (const { goal, moves } of story) play(setting, goal, moves, true);
        expect(toTheEnd(setting, 'rollback', true)).toBe('done');
        expect(['planned', 'rolled-back']).toContain(positionOf(setting.plan, setting.model.read()));
        for (const { id, work } of olds) {
          const now = setting.model.rows.get(id)?.work;
          expect(now !== undefined && sameContent(now, work, { ignoreAnnotationsUnder: ownAnnotationPrefix })).toBe(
            true,
          );
        }
        expect(setting.model.rows.size).toBe(olds.length);
      }),
      runs(),
    );
  });
});
