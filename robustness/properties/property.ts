import type { Violation } from '../search/family.ts';

/** What is wrong, and with which calls. */
export type Fault = Omit<Violation, 'property'>;

/** Something that holds whatever happens. */
export interface PropertyOf<History> {
  readonly name: string;
  /** One sentence, for the table in the README. */
  readonly says: string;
  check(history: History): readonly Fault[];
}

/** Holds a history against properties. */
export function violationsOf<History>(
  properties: readonly PropertyOf<History>[],
  history: History,
): readonly Violation[] {
  return properties.flatMap((property) =>
    property.check(history).map((fault) => ({ property: property.name, ...fault })),
  );
}
