import { describe, expect, it } from 'vitest';
import type { Violation } from '../../../robustness/search/family.ts';

/** A history that violates a property, and one that is as near to it as may be and violates nothing. */
export interface Counterexample<History> {
  readonly property: string;
  /** Which violation it is, where a property has several. */
  readonly what?: string;
  readonly bad: Partial<History>;
  readonly good: Partial<History>;
}

export interface Judged<History> {
  readonly properties: readonly { readonly name: string }[];
  readonly violations: (history: History) => readonly Violation[];
  /** A history in which nothing is wrong, with these parts. */
  readonly history: (parts: Partial<History>) => History;
  /** In the order of the properties. */
  readonly cases: readonly Counterexample<History>[];
}

/** Each property has a history that violates it, and it alone, and each such history has a harmless neighbour. */
export function describeProperties<History>(
  title: string,
  { properties, violations, history, cases }: Judged<History>,
): void {
  const violated = (parts: Partial<History>): readonly string[] => [
    ...new Set(violations(history(parts)).map(({ property }) => property)),
  ];
  const named = cases.map(({ what = 'what violates it', ...one }) => ({ what, ...one }));

  describe(title, () => {
    it('has a history here that violates it', () => {
      expect([...new Set(cases.map(({ property }) => property))]).toEqual(properties.map(({ name }) => name));
    });

    it.each(named)('$property finds $what, alone, and leaves alone what is near to that', ({ property, bad, good }) => {
      expect(violated(bad)).toEqual([property]);
      expect(violations(history(good))).toEqual([]);
    });
  });
}
