import fc from 'fast-check';
import type { Size } from '../../search/family.ts';
import {
  applications,
  clusters,
  type Action,
  type ApplicationName,
  type GitopsProgram,
  type GitopsTrouble,
  type Timed,
} from './program.ts';

const cluster = fc.constantFrom(...clusters);
const side = fc.constantFrom('grpc' as const, 'http' as const);
const lastsMs = fc.integer({ min: 50, max: 2_500 });
const count = fc.integer({ min: 1, max: 3 });
/** Longer than the suite's watches may be late, so that what is told too early shows. */
const lastsLong = fc.integer({ min: 50, max: 5_000 });
/** Programs act for so long; what comes after is the end, at which all has to come to rest. */
const actsForMs = 5_000;

/** What is done to these applications: what meets at one of them shows more than what is spread over all. */
function actionOn(about: readonly ApplicationName[]): fc.Arbitrary<Action> {
  const app = fc.constantFrom(...about);
  return fc.oneof(
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('make' as const), app, cluster }) },
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('edit' as const), app }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constant('sync' as const),
        app,
        how: fc.constantFrom('argocd' as const, 'argocd' as const, 'beside' as const),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        kind: fc.constant('terminate' as const),
        app,
        on: fc.constantFrom('hub' as const, ...clusters),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({
        kind: fc.constant('refresh' as const),
        app,
        how: fc.constantFrom('normal' as const, 'hard' as const),
      }),
    },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('move' as const), app, cluster }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('remove' as const), app }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('let-go' as const), app }) },
    {
      weight: 3,
      arbitrary: fc.record({
        kind: fc.constantFrom('make-set' as const, 'make-set' as const, 'edit-set' as const, 'remove-set' as const),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant('decide' as const), clusters: fc.subarray([...clusters]) }),
    },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant('push' as const), cluster }) },
  );
}

const trouble: fc.Arbitrary<GitopsTrouble> = fc.oneof(
  fc.record({ kind: fc.constant('refuse' as const), side, lastsMs }),
  fc.record({
    kind: fc.constant('cut' as const),
    side,
    afterBytes: fc.integer({ min: 0, max: 3_000 }),
    of: fc.constantFrom('request' as const, 'answer' as const),
  }),
  fc.record({ kind: fc.constant('slow' as const), side, byMs: fc.integer({ min: 10, max: 800 }), lastsMs }),
  fc.record({ kind: fc.constant('half-open' as const), side, lastsMs }),
  fc.record({ kind: fc.constant('lose-answers' as const), side, count }),
  fc.record({ kind: fc.constant('status' as const), side, count }),
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constant('agent-stops' as const), consumer: cluster, lastsMs: lastsLong }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('cluster-refuses' as const), cluster, lastsMs: lastsLong }) },
  fc.record({
    kind: fc.constantFrom('maestro-restarts' as const, 'maestro-forgets' as const),
    downMs: fc.integer({ min: 0, max: 1_500 }),
  }),
  fc.record({ kind: fc.constantFrom('repeat-events' as const, 'reorder-events' as const), count }),
  fc.record({
    kind: fc.constant('forged-reports' as const),
    consumer: cluster,
    about: fc.constantFrom(...applications),
    count,
  }),
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('replica' as const),
      replica: fc.nat({ max: 1 }),
      signal: fc.constantFrom('KILL' as const, 'KILL' as const, 'TERM' as const),
      downMs: fc.integer({ min: 0, max: 2_500 }),
    }),
  },
  fc.record({
    kind: fc.constant('hub-status' as const),
    status: fc.constantFrom(429 as const, 500 as const, 503 as const),
    count,
  }),
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constantFrom(
        'hub-lost-answer' as const,
        'hub-reset' as const,
        'hub-truncated' as const,
        'hub-gone' as const,
        'hub-empty-list' as const,
      ),
      count,
    }),
  },
  fc.record({ kind: fc.constant('hub-delay' as const), byMs: fc.integer({ min: 10, max: 1_500 }), count }),
  fc.record({ kind: fc.constant('hub-watches-cut' as const) }),
  fc.record({ kind: fc.constant('hub-versions-expire' as const) }),
);

function timed<T>(does: fc.Arbitrary<T>): fc.Arbitrary<Timed<T>> {
  return fc.record({ afterMs: fc.integer({ min: 0, max: actsForMs }), does });
}

/** What stands at the beginning of each program, so that most of what comes has something to be about. */
const first: readonly Timed<Action>[] = applications.map((name, index) => ({
  afterMs: 0,
  does: { kind: 'make', app: name, cluster: clusters[index % clusters.length] ?? 'c1' },
}));

/** Most programs are about all applications, and some about one, to which then everything happens. */
const acts: fc.Arbitrary<Action> = actionOn(applications);
const actsOnOne: fc.Arbitrary<Action> = actionOn(['by-hand']);

/** When something goes wrong: at any time, or near to what somebody does, where most can go wrong. */
interface Disturbed {
  readonly afterMs: number;
  /** Which action it is near to; at any time when undefined. */
  readonly near: number | undefined;
  readonly byMs: number;
  readonly does: GitopsTrouble;
}

const disturbed: fc.Arbitrary<Disturbed> = fc.record({
  afterMs: fc.integer({ min: 0, max: actsForMs }),
  near: fc.option(fc.nat({ max: 20 }), { nil: undefined, freq: 2 }),
  byMs: fc.integer({ min: -300, max: 700 }),
  does: trouble,
});

function timeOf({ afterMs, near, byMs, does }: Disturbed, actions: readonly Timed<Action>[]): Timed<GitopsTrouble> {
  const action = near === undefined ? undefined : actions[near % actions.length];
  return { afterMs: action === undefined ? afterMs : Math.max(0, action.afterMs + byMs), does };
}

/** Somebody lets all go at once, after whatever else: more than the brake lets through. */
const braked = fc.record({
  brake: fc.constant(1 as const),
  more: fc.record({
    afterMs: fc.integer({ min: 0, max: actsForMs }),
    does: fc.constant({ kind: 'let-all-go' as const }),
  }),
});

export function programs({ clients, steps }: Size): fc.Arbitrary<GitopsProgram> {
  const most = { minLength: 1, maxLength: clients * steps };
  return fc
    .record({
      replicas: fc.constantFrom(1 as const, 2 as const),
      actions: fc.oneof(
        { weight: 2, arbitrary: fc.array(timed(acts), most) },
        { weight: 1, arbitrary: fc.array(timed(actsOnOne), most) },
      ),
      troubles: fc.array(disturbed, { maxLength: 4 }),
      braking: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: braked }),
    })
    .map(({ replicas, actions, troubles, braking }) => {
      const all = braking === undefined ? actions : [...actions, braking.more];
      return {
        replicas,
        ...(braking === undefined ? {} : { brake: braking.brake }),
        actions: [...first, ...all.sort((one, other) => one.afterMs - other.afterMs)],
        troubles: troubles.map((one) => timeOf(one, actions)),
      };
    });
}
