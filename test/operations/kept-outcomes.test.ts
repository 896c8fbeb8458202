import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { KeptOutcomes, mostDetailed } from '../../src/operations/kept-outcomes.ts';
import { exitCodeOfOutcome, failedWork, type WorkOutcome } from '../../src/core/outcome/outcome.ts';

const name = fc.stringMatching(/^[a-z]([-a-z0-9]{0,20}[a-z0-9])?$/);

/** Outcomes as runs make them: messages begin with the work and its consumer, mostly. */
const outcome: fc.Arbitrary<WorkOutcome> = fc
  .record({
    manifestWorkName: name,
    consumer: name,
    phase: fc.constantFrom('Applied' as const, 'InProgress' as const),
    reason: fc.constantFrom('Accepted', 'Unchanged', 'Applied'),
    exitCode: fc.constant(0 as const),
    operation: fc.constantFrom('created' as const, 'updated' as const),
    version: fc.integer({ min: 1, max: 3 }),
    text: fc.constantFrom('created (version 1)', 'Applied', ''),
    says: fc.boolean(),
    id: fc.option(fc.uuid(), { nil: undefined }),
    fails: fc.boolean(),
    resources: fc.option(fc.constant([{ kind: 'ConfigMap', version: 'v1', name: 'settings', status: 'Applied' }]), {
      nil: undefined,
    }),
  })
  .map(({ text, says, id, fails, resources, ...rest }) => {
    const made: WorkOutcome = {
      ...rest,
      message: says ? `ManifestWork ${rest.manifestWorkName} on ${rest.consumer}: ${text}` : text,
      ...(id === undefined ? {} : { id }),
      ...(resources === undefined ? {} : { resources }),
    };
    return fails ? failedWork(made, new MaestroError('timeout', 'timed out'), true) : made;
  });

function kept(outcomes: readonly WorkOutcome[], total: number): KeptOutcomes {
  const made = new KeptOutcomes(total);
  for (const one of outcomes) made.add(one);
  return made;
}

describe('outcomes that are kept', () => {
  it('are those that were added, up to many', () => {
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        const made = kept(outcomes, mostDetailed);
        expect([...made]).toEqual(outcomes);
        expect(made).toMatchObject({ length: outcomes.length, shortened: false });
      }),
    );
  });

  it('lose resources in a large fleet, and nothing else, unless they failed', () => {
    fc.assert(
      fc.property(fc.array(outcome), (outcomes) => {
        const made = kept(outcomes, mostDetailed + 1);
        const isCut = ({ error, message, consumer }: WorkOutcome): boolean =>
          error === undefined && message.startsWith('ManifestWork ') && message.includes(consumer);
        expect([...made]).toEqual(
          outcomes.map((one) => {
            const { resources: _resources, ...rest } = one;
            return isCut(one) ? rest : one;
          }),
        );
        expect(made.shortened).toBe(outcomes.some((one) => isCut(one) && one.resources !== undefined));
        expect(exitCodeOfOutcome({ works: made })).toBe(exitCodeOfOutcome({ works: outcomes }));
      }),
    );
  });
});
