import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ownedObjects, proofForm } from '../../../src/core/migration/forms.ts';
import { labelOf } from '../../../src/core/migration/old-work.ts';
import { ownersOf } from '../../../src/core/ownership/owners.ts';
import { contentDifferences } from '../../../src/core/works/compare.ts';
import { isDnsLabel } from '../../../src/core/works/names.ts';
import { ownAnnotationPrefix } from '../../../src/core/works/own-annotations.ts';
import { validateWork } from '../../../src/core/works/validate.ts';
import { anyWorksOfA, runs } from './arbitrary.ts';
import { carriedOut, planned, request, source } from './stored.ts';

const patterns = fc.constantFrom('A' as const, 'B' as const, 'C' as const);

describe('a plan', () => {
  it('holds every manifest exactly once, with its manager', () => {
    fc.assert(
      fc.property(anyWorksOfA, patterns, patterns, (olds, via, to) => {
        const plan = planned(carried(olds, via), request(to));
        const after = plan.new.length === 0 ? carried(olds, via) : plan.new;
        const before = olds.flatMap(({ work }) => [...ownersOf(work, source)]).sort();
        expect(after.flatMap(({ work }) => work.manifests.map((manifest) => labelOf(manifest))).sort()).toEqual(
          before.map(([label]) => label),
        );
        expect(after.flatMap(({ work }) => [...ownersOf(work, source)]).sort()).toEqual(before);
      }),
      runs(),
    );
  });

  it('gives names that are valid and unique, and works that can be stored with their proofs', () => {
    fc.assert(
      fc.property(anyWorksOfA, patterns, (olds, to) => {
        const { new: made } = planned(olds, request(to));
        expect(new Set(made.map(({ work }) => work.name)).size).toBe(made.length);
        for (const one of made) {
          expect(isDnsLabel(one.work.name)).toBe(true);
          expect(validateWork(proofForm(one)).filter(({ severity }) => severity === 'error')).toEqual([]);
        }
      }),
      runs(),
    );
  });

  it('keeps which objects outlive their works, and which are only looked at', () => {
    fc.assert(
      fc.property(anyWorksOfA, patterns, (olds, to) => {
        const owned = (works: readonly Parameters<typeof ownedObjects>[0][]): readonly string[] =>
          works.flatMap((one) => ownedObjects(one).map(({ label }) => label)).sort();
        const plan = planned(olds, request(to));
        expect(owned(plan.new)).toEqual(owned(plan.old));
      }),
      runs(),
    );
  });

  it('leads from A over C, and over B, back to what was there', () => {
    fc.assert(
      fc.property(anyWorksOfA, fc.constantFrom('B' as const, 'C' as const), (olds, via) => {
        const back = carried(carried(olds, via), 'A');
        for (const old of olds) {
          const now = back.find(({ work }) => work.name === old.work.name);
          const options = { ignoreAnnotationsUnder: ownAnnotationPrefix };
          expect(now === undefined ? 'absent' : contentDifferences(old.work, now.work, options)).toEqual([]);
        }
        expect(back).toHaveLength(olds.length);
      }),
      runs(),
    );
  });
});

/** The works after a migration to a pattern; the same works when they have it already. */
function carried(olds: Parameters<typeof planned>[0], to: 'A' | 'B' | 'C'): Parameters<typeof planned>[0] {
  const plan = planned(olds, request(to));
  const stays = olds.filter((old) => !plan.old.some(({ id }) => id === old.id));
  return [...stays, ...carriedOut(plan)];
}
