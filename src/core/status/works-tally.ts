import type { ResourceBundle } from '../works/resource-bundle.ts';
import { lastReportMs } from './last-report.ts';
import { shownState, shownStates, type ShownState } from './shown-state.ts';

/** How many works are where, each counted once, by the word that tables show. */
export interface WorksByState extends Readonly<Record<ShownState, number>> {
  /** All of them. */
  readonly total: number;
  /** Applied, and every object exists. */
  readonly available: number;
  /** Applied, and not available. */
  readonly applied: number;
  /** Nothing is decided about the stored version yet. */
  readonly progressing: number;
  /** A delete was accepted, or the agent is at it. */
  readonly deleting: number;
  /** The agent has reported nothing of the stored version for some time. */
  readonly silent: number;
  /** The agent reports that it could not apply them; that may heal. */
  readonly failing: number;
  /** The agent reported that the objects are gone from the cluster. */
  readonly deleted: number;
}

/** What is known of the works of one consumer. */
export interface ConsumerWorks {
  readonly byState: WorksByState;
  /** When its agent last reported any of them, milliseconds since the epoch on its clock. */
  readonly reportedMs?: number;
}

const none: WorksByState = {
  total: 0,
  available: 0,
  applied: 0,
  progressing: 0,
  deleting: 0,
  silent: 0,
  failing: 0,
  deleted: 0,
};

/** Counts works by consumer as they pass, and keeps none of them. */
export class WorksTally {
  readonly #consumers = new Map<string, { readonly counts: Record<keyof WorksByState, number>; reportedMs?: number }>();

  /** @param wallMs wall time, milliseconds */
  add(bundle: ResourceBundle, wallMs: number): void {
    let known = this.#consumers.get(bundle.consumerName);
    if (known === undefined) this.#consumers.set(bundle.consumerName, (known = { counts: { ...none } }));
    known.counts.total += 1;
    known.counts[shownState(bundle, wallMs)] += 1;
    const reportedMs = bundle.status === undefined ? undefined : lastReportMs(bundle.status);
    if (reportedMs !== undefined && reportedMs > (known.reportedMs ?? Number.NEGATIVE_INFINITY))
      known.reportedMs = reportedMs;
  }

  of(consumer: string): ConsumerWorks {
    const known = this.#consumers.get(consumer);
    if (known === undefined) return { byState: none };
    const { counts, reportedMs } = known;
    return { byState: counts, ...(reportedMs === undefined ? {} : { reportedMs }) };
  }
}

/** What needs a person's attention comes first. */
export const worstFirst: readonly ShownState[] = [
  'failing',
  'silent',
  'deleting',
  'progressing',
  'applied',
  'available',
  'deleted',
];

/** `2 failing, 48 available`: the states that there are, what is worst first; empty for no works. */
export function statesText(byState: WorksByState): string {
  return worstFirst
    .filter((state) => byState[state] > 0)
    .map((state) => `${byState[state]} ${state}`)
    .join(', ');
}

/** The state that a piece of such a text is about; undefined when it was cut. */
export function stateIn(text: string): ShownState | undefined {
  return shownStates.find((state) => text.endsWith(state));
}
