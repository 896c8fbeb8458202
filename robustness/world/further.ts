import fc from 'fast-check';
import type { AccessMode } from './access.ts';
import type { Disturbance, Struckable } from './troubles.ts';

/** A program whose world may be one in which clients prove who they are. */
export interface Disturbed {
  readonly disturbances: readonly Disturbance[];
  readonly access?: AccessMode;
}

/** Most programs are of a world without keys, in which faults can look into what is sent. */
const access = fc.oneof(
  { weight: 6, arbitrary: fc.constant('plaintext' as const) },
  { weight: 1, arbitrary: fc.constant('token' as const) },
  { weight: 1, arbitrary: fc.constant('tls' as const) },
  { weight: 1, arbitrary: fc.constant('mtls' as const) },
);

/** The old keys are refused at once or after a while, and clients have the new ones before, meanwhile, or too late. */
const rotation: fc.Arbitrary<Disturbance> = fc.record({
  afterMs: fc.integer({ min: 0, max: 2_500 }),
  trouble: fc
    .record({
      takesAfterMs: fc.constantFrom(0, 0, 300),
      graceMs: fc.constantFrom(0, 500, 3_500),
      publishesAfterMs: fc.constantFrom(0, 0, 200, 400, 1_000),
      cuts: fc.boolean(),
    })
    .map(({ graceMs, ...times }) => ({
      kind: 'rotation' as const,
      ...times,
      refusesAfterMs: times.takesAfterMs + graceMs,
    })),
});

/**
 * Adds to programs the troubles that came to the suite later, in places of their own: what a seed made before, it still
 * makes.
 */
export function disturbedFurther<Program extends Disturbed>(
  programs: fc.Arbitrary<Program>,
  { clients, consumers }: Struckable,
): fc.Arbitrary<Program> {
  const jumping: fc.Arbitrary<Disturbance> = fc.record({
    afterMs: fc.integer({ min: 0, max: 2_000 }),
    trouble: fc.record({
      kind: fc.constant('agent-reports' as const),
      consumer: fc.constantFrom(...consumers),
      how: fc.constant('jumping' as const),
    }),
  });
  const full: fc.Arbitrary<Disturbance> = fc
    .record({
      afterMs: fc.constantFrom(0, 0, 300, 800),
      trouble: fc.record({
        kind: fc.constant('full-file-system' as const),
        client: fc.nat({ max: clients - 1 }),
        step: fc.nat({ max: 2 }),
      }),
    })
    // Of those that come later half are of a journal alone, without a draw of their own.
    .map(({ afterMs, trouble }) => ({
      afterMs,
      trouble: { ...trouble, ...(afterMs === 800 ? { of: 'journal' as const } : {}) },
    }));
  const some = fc.tuple(fc.option(jumping, { freq: 2 }), fc.option(full, { freq: 3 }));
  return fc
    .tuple(programs, access, fc.array(rotation, { maxLength: 2, size: 'max' }), some)
    .map(([program, mode, rotations, others]) => {
      const further = [...(mode === 'plaintext' ? [] : rotations), ...others.filter((one) => one !== null)];
      return { ...program, access: mode, disturbances: [...program.disturbances, ...further] };
    });
}
