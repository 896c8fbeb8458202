import fc from 'fast-check';
import { disturbedFurther } from '../../world/further.ts';
import { disturbance } from '../../world/troubles.ts';
import { appliedOrMore, consumers, managers, objects, works, type Program, type Step } from './steps.ts';

const target = fc.record({ consumer: fc.constantFrom(...consumers), work: fc.constantFrom(...works) });
const manager = fc.constantFrom(...managers);
const someObjects = fc.uniqueArray(fc.constantFrom(...objects), { minLength: 1, maxLength: objects.length });

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
      stream: fc.boolean(),
      gives: fc.constantFrom(undefined, undefined, undefined, undefined, 'options' as const, 'executor' as const),
    }),
  },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('build' as const), target, manager, objects: someObjects }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      target,
      manager,
      force: fc.boolean(),
      wait: fc.boolean(),
      stream: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delete-resource' as const),
      target,
      manager,
      object: fc.constantFrom(...objects),
      wait: fc.boolean(),
      stream: fc.boolean(),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('wait' as const),
      target,
      until: fc.constantFrom('Applied', 'Available', 'Deleted', appliedOrMore),
      stream: fc.boolean(),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('list' as const), consumer: fc.constantFrom(...consumers) }) },
);

const follow: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('follow' as const),
  by: fc.constantFrom('watch' as const, 'list' as const),
  consumer: fc.constantFrom(...consumers),
  stream: fc.boolean(),
  lastsMs: fc.integer({ min: 1_000, max: 6_000 }),
  reader: fc.option(
    fc.record({ pieceBytes: fc.integer({ min: 500, max: 16_000 }), everyMs: fc.integer({ min: 5, max: 30 }) }),
    { nil: undefined, freq: 3 },
  ),
  stop: fc.option(
    fc.record({
      signal: fc.constantFrom('SIGKILL' as const, 'SIGTERM' as const, 'SIGINT' as const),
      afterMs: fc.integer({ min: 500, max: 5_000 }),
    }),
    { nil: undefined, freq: 2 },
  ),
});

/** One more client, so that the others are as they were. */
function withClient(program: Program, steps: readonly Step[]): Program {
  return { ...program, clients: [...program.clients, steps] };
}

/** Programs of so many clients, with up to so many steps each. */
export function programs({
  clients,
  steps,
}: {
  readonly clients: number;
  readonly steps: number;
}): fc.Arbitrary<Program> {
  const plain: fc.Arbitrary<Program> = fc.record({
    clients: fc.array(fc.array(step, { minLength: 1, maxLength: steps, size: 'max' }), {
      minLength: 1,
      maxLength: clients,
      size: 'max',
    }),
    disturbances: fc.array(disturbance({ clients, consumers }), { maxLength: 8, size: 'max' }),
  });
  const followed = fc
    .tuple(plain, fc.oneof(fc.constant([]), fc.array(follow, { minLength: 1, maxLength: 2 })))
    .map(([program, follows]) => (follows.length === 0 ? program : withClient(program, follows)));
  return disturbedFurther(followed, { clients, consumers });
}
