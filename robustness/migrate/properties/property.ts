import type { Violation } from '../../search/family.ts';
import type { History } from '../history.ts';

/** Something that holds whatever happens. */
export interface Property {
  readonly name: string;
  /** One sentence, for the table in the README. */
  readonly says: string;
  check(history: History): readonly Omit<Violation, 'property'>[];
}
