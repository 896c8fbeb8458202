import fc from 'fast-check';
import { disturbedFurther } from '../../world/further.ts';
import { disturbance } from '../../world/troubles.ts';
import type { Size } from '../../search/family.ts';
import { consumers, managers, objects, sources, works, type Program, type Step } from './steps.ts';

const stop = fc.option(
  fc.record({
    signal: fc.constantFrom('SIGKILL' as const, 'SIGKILL' as const, 'SIGTERM' as const, 'SIGINT' as const),
    afterMs: fc.integer({ min: 300, max: 2_500 }),
  }),
  { nil: undefined, freq: 2 },
);
const someConsumers = fc.oneof(
  fc.constant(consumers),
  fc.uniqueArray(fc.constantFrom(...consumers), { minLength: 1, maxLength: consumers.length, size: 'max' }),
);
const target = {
  source: fc.constantFrom(...sources),
  manager: fc.constantFrom(...managers),
  work: fc.constantFrom(...works),
  consumers: someConsumers,
  by: fc.constantFrom('command' as const, 'command' as const, 'library' as const),
  stream: fc.boolean(),
};

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({
      kind: fc.constant('roll-out' as const),
      ...target,
      objects: fc.uniqueArray(fc.constantFrom(...objects), { minLength: 1, maxLength: objects.length }),
      how: fc.constantFrom('plain' as const, 'merge' as const, 'merge' as const, 'force' as const),
      canary: fc.constantFrom(0, 0, 1, 2),
      waves: fc.constantFrom(0, 1, 2, 3),
      maxFailures: fc.constantFrom(0, 0, 1, 3),
      wait: fc.boolean(),
      template: fc.boolean(),
      journal: fc.constantFrom(true, true, false),
      stop,
    }),
  },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('resume' as const), stop }) },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('delete' as const),
      ...target,
      force: fc.boolean(),
      wait: fc.boolean(),
      stop,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('wait' as const), ...target }) },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('watch' as const),
      source: fc.constantFrom(...sources),
      lastsMs: fc.integer({ min: 500, max: 3_000 }),
    }),
  },
);

export function programs({ clients, steps }: Size): fc.Arbitrary<Program> {
  const plain = fc.record({
    clients: fc.array(fc.array(step, { minLength: 1, maxLength: steps, size: 'max' }), {
      minLength: 1,
      maxLength: clients,
      size: 'max',
    }),
    disturbances: fc.array(disturbance({ clients, consumers }), { maxLength: 8, size: 'max' }),
  });
  return disturbedFurther(plain, { clients, consumers });
}
