import fc from 'fast-check';
import type { Size } from '../../search/family.ts';
import { applications, clusters, type Action, type GitopsProgram, type GitopsTrouble, type Timed } from './program.ts';

const app = fc.constantFrom(...applications);
const cluster = fc.constantFrom(...clusters);
const side = fc.constantFrom('grpc' as const, 'http' as const);
const lastsMs = fc.integer({ min: 50, max: 2_500 });
const count = fc.integer({ min: 1, max: 3 });
/** Programs act for so long; what comes after is the end, at which all has to come to rest. */
const actsForMs = 5_000;

const action: fc.Arbitrary<Action> = fc.oneof(
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('make' as const), app, cluster }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('edit' as const), app }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('sync' as const), app }) },
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
  fc.record({ kind: fc.constant('agent-stops' as const), consumer: cluster, lastsMs }),
  fc.record({ kind: fc.constant('maestro-restarts' as const), downMs: fc.integer({ min: 0, max: 1_500 }) }),
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

export function programs({ clients, steps }: Size): fc.Arbitrary<GitopsProgram> {
  return fc.record({
    replicas: fc.constantFrom(1 as const, 2 as const),
    actions: fc
      .array(timed(action), { minLength: 1, maxLength: clients * steps })
      .map((actions) => [...first, ...actions.sort((one, other) => one.afterMs - other.afterMs)]),
    troubles: fc.array(timed(trouble), { maxLength: 4 }),
  });
}
