import { foldStatus } from '../../core/status/fold.ts';
import { shownState } from '../../core/status/shown-state.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { WantedState } from './options.ts';

/**
 * Whether a work is in one of the states; none of them means any. The word that is shown counts and what is proved, so
 * that a script that looks for works that are not decided yet finds those, too, that have become silent.
 */
export function isInState(bundle: ResourceBundle, states: readonly WantedState[], wallMs: number): boolean {
  if (states.length === 0) return true;
  const { kind } = foldStatus(bundle, bundle.version);
  const words: readonly WantedState[] = [
    kind,
    shownState(bundle, wallMs),
    ...(kind === 'available' ? (['applied'] as const) : []),
  ];
  return states.some((state) => words.includes(state));
}
