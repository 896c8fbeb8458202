import fc from 'fast-check';
import {
  consumers,
  managers,
  objects,
  works,
  type Disturbance,
  type Program,
  type Step,
  type Trouble,
} from './steps.ts';

const target = fc.record({ consumer: fc.constantFrom(...consumers), work: fc.constantFrom(...works) });
const manager = fc.constantFrom(...managers);
const someObjects = fc.uniqueArray(fc.constantFrom(...objects), { minLength: 1, maxLength: objects.length });
const side = fc.constantFrom('grpc' as const, 'http' as const);
const lastsMs = fc.integer({ min: 50, max: 2_500 });

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('apply' as const),
      target,
      manager,
      objects: someObjects,
      how: fc.constantFrom('plain' as const, 'merge' as const, 'merge' as const, 'force' as const),
      stale: fc.nat({ max: 9 }).map((chance) => chance === 0),
      wait: fc.boolean(),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('build' as const), target, manager, objects: someObjects }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('delete' as const), target, wait: fc.boolean() }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delete-resource' as const),
      target,
      manager,
      object: fc.constantFrom(...objects),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      target,
      until: fc.constantFrom('Applied' as const, 'Available' as const, 'Deleted' as const),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), consumer: fc.constantFrom(...consumers) }) },
);

function trouble(clients: number): fc.Arbitrary<Trouble> {
  return fc.oneof(
    fc.record({ kind: fc.constant('refuse' as const), side, lastsMs }),
    fc.record({
      kind: fc.constant('cut' as const),
      side,
      afterBytes: fc.integer({ min: 0, max: 3_000 }),
      of: fc.constantFrom('request' as const, 'answer' as const),
    }),
    fc.record({ kind: fc.constant('slow' as const), side, byMs: fc.integer({ min: 10, max: 800 }), lastsMs }),
    fc.record({ kind: fc.constant('half-open' as const), side, lastsMs }),
    fc.record({ kind: fc.constant('lose-answers' as const), side, count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({ kind: fc.constant('status' as const), side, count: fc.integer({ min: 1, max: 3 }) }),
    fc.record({
      kind: fc.constant('restart' as const),
      downMs: fc.integer({ min: 0, max: 1_500 }),
      keepsData: fc.integer({ min: 0, max: 3 }).map((chance) => chance > 0),
    }),
    fc.record({ kind: fc.constant('agent-stops' as const), consumer: fc.constantFrom(...consumers), lastsMs }),
    fc.record({
      kind: fc.constant('agent-late' as const),
      consumer: fc.constantFrom(...consumers),
      byMs: fc.integer({ min: 0, max: 900 }),
    }),
    fc.record({
      kind: fc.constant('signal' as const),
      client: fc.nat({ max: clients - 1 }),
      signal: fc.constantFrom('SIGKILL' as const, 'SIGKILL' as const, 'SIGTERM' as const, 'SIGINT' as const),
    }),
  );
}

/** Programs of so many clients, with up to so many steps each. */
export function programs({
  clients,
  steps,
}: {
  readonly clients: number;
  readonly steps: number;
}): fc.Arbitrary<Program> {
  const disturbance: fc.Arbitrary<Disturbance> = fc.record({
    afterMs: fc.integer({ min: 0, max: 3_000 }),
    trouble: trouble(clients),
  });
  return fc.record({
    clients: fc.array(fc.array(step, { minLength: 1, maxLength: steps }), { minLength: 1, maxLength: clients }),
    disturbances: fc.array(disturbance, { maxLength: 5 }),
  });
}
