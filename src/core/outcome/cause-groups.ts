import { CommonMessage, type ReasonPattern } from './reason-pattern.ts';
import type { WorkPlace } from './work-place.ts';

/** Works that were told the same, but for what is of one work only. */
export interface CauseGroup<First> {
  /** What is kept of the first of them. */
  readonly first: First;
  readonly common: CommonMessage;
  /** In the order in which they came. */
  readonly works: readonly WorkPlace[];
}

/** Groups works by the pattern of what is told of them, and by what else has to be the same. */
export class CauseGroups<First> {
  readonly #groups = new Map<string, CauseGroup<First> & { readonly works: WorkPlace[] }>();

  /**
   * @param also what has to be the same beside the pattern; of the same length each time
   * @param first makes what is kept, when it is the first of its group
   */
  add(
    { consumer, name }: WorkPlace,
    pattern: ReasonPattern,
    also: readonly (string | number | undefined)[],
    first: () => First,
  ): void {
    // A wait groups thousands of works again and again, by the pattern alone.
    const key = also.length === 0 ? pattern.key : JSON.stringify([...also, pattern.key]);
    const group = this.#groups.get(key);
    if (group === undefined) {
      this.#groups.set(key, { first: first(), common: new CommonMessage(pattern), works: [{ consumer, name }] });
      return;
    }
    group.common.add(pattern);
    group.works.push({ consumer, name });
  }

  /** In the order in which the first of each came. */
  inOrder(): readonly CauseGroup<First>[] {
    return [...this.#groups.values()];
  }

  largestFirst(): readonly CauseGroup<First>[] {
    return this.inOrder().toSorted((a, b) => b.works.length - a.works.length);
  }
}
