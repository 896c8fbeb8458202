import type { ShownState } from '../status/shown-state.ts';

/** States that are kept to be shared, at most. */
const mostStates = 20_000;

/** One copy of each state that many applications show: those of a set mostly say the same, on thousands of clusters. */
export class SharedStates {
  readonly #states = new Map<string, ShownState>();

  /** @param kept a copy that is looked at first */
  of(state: ShownState, kept?: ShownState): ShownState {
    if (kept !== undefined && sameState(state, kept)) return kept;
    const key = JSON.stringify(state);
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    // What is in use by then stays shared; what comes after shares anew.
    if (this.#states.size >= mostStates) this.#states.clear();
    this.#states.set(key, state);
    return state;
  }
}

function sameState(left: ShownState, right: ShownState): boolean {
  return (
    left.health === right.health &&
    left.sync === right.sync &&
    left.phase === right.phase &&
    left.revision === right.revision &&
    left.hasResources === right.hasResources &&
    left.conditions.length === right.conditions.length &&
    left.conditions.every(({ type, message }, at) => {
      const other = right.conditions[at];
      return type === other?.type && message === other.message;
    })
  );
}
