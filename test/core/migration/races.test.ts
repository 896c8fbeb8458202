import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advance, type AdvanceOptions, type Goal, type Step } from '../../../src/core/migration/advance.ts';
import { ownedObjects } from '../../../src/core/migration/forms.ts';
import type { OldWork } from '../../../src/core/migration/old-work.ts';
import type { ClusterPlan } from '../../../src/core/migration/cluster-plan.ts';
import { anyWorksOfA, runs } from './arbitrary.ts';
import { Model } from './model.ts';
import { configMap, planned, request, stored, work } from './stored.ts';

/** One process that carries out a goal: it looks, and sends later what followed from that look. */
class Runner {
  readonly #model: Model;
  readonly #plan: ClusterPlan;
  readonly #options: AdvanceOptions;
  #decided: readonly Step[] = [];

  constructor(model: Model, plan: ClusterPlan, options: AdvanceOptions) {
    this.#model = model;
    this.#plan = plan;
    this.#options = options;
  }

  look(): void {
    const next = advance(this.#plan, this.#model.read(), this.#options);
    this.#decided = next.kind === 'write' ? next.steps : [];
  }

  /** A deletion can be pinned to no version: so it is looked again before one. */
  send(most: number): void {
    if (this.#decided.some(({ kind }) => kind === 'delete')) this.look();
    for (const step of this.#decided.slice(0, most)) this.#model.publish(step);
    this.#decided = this.#decided.slice(most);
  }
}

type Move =
  | { readonly kind: 'look'; readonly who: number }
  | { readonly kind: 'send'; readonly who: number; readonly most: number }
  | { readonly kind: 'apply' | 'report' | 'end'; readonly at: number }
  | { readonly kind: 'write beside'; readonly at: number; readonly data: string }
  | { readonly kind: 'delete beside'; readonly at: number };

const anyRunner = fc.nat(2);
const anyMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('look' as const), who: anyRunner }) },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constant('send' as const), who: anyRunner, most: fc.integer({ min: 1, max: 9 }) }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constantFrom('apply' as const, 'report' as const, 'end' as const),
      at: fc.nat(5),
    }),
  },
);
const anyForeignMove: fc.Arbitrary<Move> = fc.oneof(
  { weight: 12, arbitrary: anyMove },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('write beside' as const),
      at: fc.nat(5),
      data: fc.constantFrom('1', '2'),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete beside' as const), at: fc.nat(5) }) },
);
const anyGoals = fc.tuple(...Array.from({ length: 3 }, () => fc.constantFrom<Goal>('run', 'finish', 'rollback')));

interface Story {
  readonly olds: readonly OldWork[];
  readonly goals: readonly Goal[];
  readonly moves: readonly Move[];
  readonly ownerProof: boolean;
  readonly ownsUnchanged: boolean;
  /** How far it has come before they all begin. */
  readonly first: Goal | undefined;
}

/**
 * Plays a story, and holds after each move that nothing was lost and everything has an owner.
 *
 * @returns what a rollback comes to that is carried out then, alone and to its end
 */
function play({ olds, goals, moves, ownerProof, ownsUnchanged, first }: Story): string {
  const model = new Model({ ownsUnchanged });
  for (const { id, work: content, version } of olds) {
    model.store(id, content, version);
    model.apply(id);
    model.report(id);
  }
  const plan = planned(olds, request('C'));
  const ids = [...plan.old, ...plan.new].map(({ id }) => id);
  const owned = plan.old.flatMap((one) => ownedObjects(one).map(({ label }) => label));
  const holds = (about: unknown): void => {
    const orphans = owned.filter(
      (label) => !model.forsaken.has(label) && (model.cluster.get(label)?.owners.size ?? 0) === 0,
    );
    expect({ about, orphans }).toEqual({ about, orphans: [] });
    expect(model.lost.filter((label) => !model.forsaken.has(label))).toEqual([]);
  };
  const agent = (id: string): void => {
    model.apply(id);
    model.report(id);
    model.end(id);
  };
  if (first !== undefined) {
    for (let round = 0; round < 12; round += 1) {
      model.advance(plan, { goal: first, ownerProof }, 99);
      ids.forEach(agent);
      holds(first);
    }
  }
  const runners = goals.map((goal) => new Runner(model, plan, { goal, ownerProof }));
  for (const move of moves) {
    if (move.kind === 'look') runners[move.who]?.look();
    else if (move.kind === 'send') runners[move.who]?.send(move.most);
    else {
      const id = ids[move.at % ids.length] ?? '';
      if (move.kind === 'write beside') model.writeBeside(id, move.data);
      else if (move.kind === 'delete beside') model.deleteBeside(id);
      else model[move.kind](id);
    }
    holds(move);
  }
  for (let round = 0; round < 20; round += 1) {
    const { kind } = model.advance(plan, { goal: 'rollback', ownerProof }, 99);
    if (kind === 'done' || kind === 'refused') return kind;
    ids.forEach(agent);
    holds('rollback');
  }
  return 'endless';
}

const anyFirst = fc.constantFrom<Goal | undefined>(undefined, 'run', 'run', 'finish');
const anyMoves = (arbitrary: fc.Arbitrary<Move>): fc.Arbitrary<readonly Move[]> =>
  fc.array(arbitrary, { maxLength: 60, size: 'max' });

describe('several who carry out one plan at once', () => {
  it('leave no object without an owner and delete none, whatever each has read when it writes, and it can be rolled back', () => {
    const stories = fc.record({
      olds: anyWorksOfA,
      goals: anyGoals,
      moves: anyMoves(anyMove),
      ownerProof: fc.boolean(),
      ownsUnchanged: fc.constant(true),
      first: anyFirst,
    });
    fc.assert(
      fc.property(stories, (story) => {
        expect(play(story)).toBe('done');
      }),
      runs(200),
    );
  });

  it('do so beside others who write and delete works, but for what these delete', () => {
    const stories = fc.record({
      olds: anyWorksOfA,
      goals: anyGoals,
      moves: anyMoves(anyForeignMove),
      ownerProof: fc.boolean(),
      ownsUnchanged: fc.constant(true),
      first: anyFirst,
    });
    fc.assert(
      fc.property(stories, (story) => {
        expect(play(story)).not.toBe('endless');
      }),
      runs(200),
    );
  });

  it('do so with an agent that reports Applied and owns nothing that is already as wished, because they ask for proof', () => {
    const stories = fc.record({
      olds: anyWorksOfA,
      goals: anyGoals,
      moves: anyMoves(anyForeignMove),
      ownerProof: fc.constant(true),
      ownsUnchanged: fc.constant(false),
      first: anyFirst,
    });
    fc.assert(
      fc.property(stories, (story) => {
        play(story);
      }),
      runs(200),
    );
  });

  it('never both let go: a finish that has decided before a rollback began is refused its write', () => {
    const olds = [stored(work('hyperfleet-c1-np', [configMap('a')]), 'np')];
    for (const ownerProof of [true, false]) {
      const moves: readonly Move[] = [
        { kind: 'look', who: 0 },
        ...[1, 2, 3].flatMap((): Move[] => [
          { kind: 'look', who: 1 },
          { kind: 'send', who: 1, most: 9 },
          { kind: 'apply', at: 0 },
          { kind: 'report', at: 0 },
        ]),
        { kind: 'send', who: 0, most: 9 },
        ...[0, 1].map((at): Move => ({ kind: 'apply', at })),
      ];
      play({ olds, goals: ['finish', 'rollback'], moves, ownerProof, ownsUnchanged: true, first: 'run' });
    }
  });
});
