import { evaluate } from '../../core/expressions/evaluate.ts';
import { matchesSelector } from '../../core/expressions/selectors.ts';
import type { Expression, Selector } from '../../core/expressions/syntax-tree.ts';
import { matchesLabels, type LabelSelector } from '../../core/label-selector.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import type { WorkChange } from './work-change.ts';

/** Which changes of a source are given out; each member narrows. */
export interface ChangeFilter {
  readonly labels?: LabelSelector;
  /** The work holds a manifest that this means. */
  readonly resource?: Selector;
  /** It holds at the stored version; what is unknown does not. */
  readonly condition?: Expression;
  /** Anything else; changes that it refuses are not given out. `gone` has neither labels nor manifests. */
  readonly accept?: (change: WorkChange) => boolean;
}

/**
 * Chooses changes. The end of a work has nothing left to choose by: it is given
 * out when a change of that work was before, so that nobody waits for more.
 */
export class ChangeChooser {
  readonly #filter: ChangeFilter;
  readonly #chooses: boolean;
  readonly #given = new Set<string>();

  constructor(filter: ChangeFilter) {
    this.#filter = filter;
    this.#chooses = filter.labels !== undefined || filter.resource !== undefined || filter.condition !== undefined;
  }

  isWanted(change: WorkChange): boolean {
    if (this.#chooses && !this.#isChosen(change)) return false;
    return this.#filter.accept?.(change) ?? true;
  }

  #isChosen(change: WorkChange): boolean {
    if (change.kind !== 'status') return this.#given.delete(change.id);
    if (!this.#matches(change)) return false;
    this.#given.add(change.id);
    return true;
  }

  #matches(change: WorkChange): boolean {
    const { labels, resource, condition } = this.#filter;
    if (labels !== undefined && !matchesLabels(labels, change.labels)) return false;
    if (
      resource !== undefined &&
      !change.manifests.some((manifest) => matchesSelector(resource, manifestKey(manifest)))
    )
      return false;
    if (condition === undefined) return true;
    return (
      evaluate(condition, { bundle: change, atVersion: change.version, gone: false, feedbackCounts: () => true }) ===
      'true'
    );
  }
}
