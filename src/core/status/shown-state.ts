import type { ResourceBundle } from '../works/resource-bundle.ts';
import { foldStatus, type WorkState } from './fold.ts';
import { isSilent } from './silence.ts';

/**
 * The words for where a work is, as tables, the terminal UI and reports show them; what is best first:
 * - `available`, `applied`: proved at the stored version.
 * - `progressing`: nothing is decided about the stored version yet.
 * - `failing`: the agent reports that it could not apply the stored version; that may heal.
 * - `silent`: the agent has reported nothing of the stored version, and nothing has happened to the work for 10 s.
 * - `deleting`: a delete was accepted, or the agent is at it; whether it has begun or not.
 * - `deleted`: the agent reported that the objects are gone from the cluster.
 */
export const shownStates = ['available', 'applied', 'progressing', 'deleting', 'silent', 'failing', 'deleted'] as const;

/** One word for where a work is. */
export type ShownState = (typeof shownStates)[number];

/** What the word for a work is made of. */
export type ShownWork = Pick<
  ResourceBundle,
  'version' | 'deletedAt' | 'manifests' | 'status' | 'createdAt' | 'updatedAt'
>;

/**
 * The one word for where a work is at its stored version. Whoever shows a state takes it from here, so that no two
 * places show different ones.
 *
 * @param wallMs wall time in milliseconds; it is compared with Maestro's, so a clock that is ahead makes a work silent
 *   that much too early
 */
export function shownState(work: ShownWork, wallMs: number): ShownState {
  return wordFor(foldStatus(work, work.version), quietMs(work, wallMs));
}

/**
 * The same of a state that is known already.
 *
 * @param unheardMs for how long nothing has been heard of the version
 */
export function wordFor(state: WorkState, unheardMs: number): ShownState {
  switch (state.kind) {
    case 'available':
    case 'applied':
    case 'deleting':
    case 'deleted':
      return state.kind;
    case 'failed':
      return 'failing';
    case 'unknown':
    case 'progressing':
      return isSilent(state, unheardMs) ? 'silent' : 'progressing';
  }
}

/** Maestro moves `updated_at` with every write and every report that it stores: it is when a work was last touched. */
function quietMs({ createdAt, updatedAt }: ShownWork, wallMs: number): number {
  return wallMs - Date.parse(updatedAt === '' ? createdAt : updatedAt);
}
