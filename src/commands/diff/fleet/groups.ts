import { contentDigest } from '../../../core/content-digest.ts';
import type { WorkOutcome } from '../../../core/outcome/outcome.ts';
import type { ApplyPlan } from '../../../operations/apply/plan.ts';
import type { PartChange } from '../../shared/change/work-changes.ts';

/** What an apply would change in the same way on several consumers. */
export interface ChangeGroup {
  /** 1 is the one with the most consumers. */
  readonly id: number;
  readonly action: Exclude<ApplyPlan['action'], 'unchanged'>;
  /** The work's name, with an expression where each consumer's is another one. */
  readonly name: string;
  /** Undefined when there was no room for it. */
  readonly change: GroupChange | undefined;
  /** Whose works they are, as the consumers were chosen. */
  readonly members: readonly ComparedWork[];
}

/** What would become of each work of a group. */
export interface GroupChange {
  readonly changes: readonly PartChange[];
  /** What others would lose by it, in words. */
  readonly losses: readonly string[];
}

/** One work that was compared. */
export interface ComparedWork {
  readonly name: string;
  readonly consumer: string;
  readonly id: string;
  readonly action: ApplyPlan['action'];
  /** The version that is stored. */
  readonly version?: number;
  /** Its place among all works, as the consumers were chosen and the works given. */
  readonly place: number;
}

/** All works of a fleet, compared. */
export interface FleetDiff {
  /** The largest first. */
  readonly groups: readonly ChangeGroup[];
  readonly unchanged: readonly ComparedWork[];
  /** Those that could not be compared. Nothing is known of them. */
  readonly failed: readonly WorkOutcome[];
}

interface OpenGroup extends Omit<ChangeGroup, 'id' | 'members'> {
  readonly members: ComparedWork[];
}

/**
 * Puts works together whose change reads the same: the same action, the same
 * name, the same unified diffs, the same losses. Each change is kept once, so
 * memory grows with how many differ, and is bounded.
 */
export class DiffCollector {
  readonly #groups = new Map<string, OpenGroup>();
  readonly #unchanged: ComparedWork[] = [];
  readonly #failed: { readonly place: number; readonly outcome: WorkOutcome }[] = [];
  #roomBytes: number;

  /** @param roomBytes for the changes that are kept; one that does not fit makes a group all the same, without them */
  constructor(roomBytes: number) {
    this.#roomBytes = roomBytes;
  }

  unchanged(work: ComparedWork): void {
    this.#unchanged.push(work);
  }

  /** @param name as the group is to be named */
  changed(work: ComparedWork, { action, name }: Pick<ChangeGroup, 'action' | 'name'>, change: GroupChange): void {
    const { changes, losses } = change;
    const diffs = changes.map(({ part, change: how, diff }) => [part, how, diff]);
    const key = contentDigest([action, name, losses, ...diffs]);
    const group = this.#groups.get(key) ?? { action, name, change: this.#kept(change), members: [] };
    this.#groups.set(key, group);
    group.members.push(work);
  }

  failed(place: number, outcome: WorkOutcome): void {
    this.#failed.push({ place, outcome });
  }

  end(): FleetDiff {
    for (const { members } of this.#groups.values()) members.sort(byPlace);
    const first = ({ members }: OpenGroup): number => members[0]?.place ?? 0;
    const groups = [...this.#groups.values()].sort(
      (a, b) => b.members.length - a.members.length || first(a) - first(b),
    );
    return {
      groups: groups.map((group, index) => ({ ...group, id: index + 1 })),
      unchanged: this.#unchanged.toSorted(byPlace),
      failed: this.#failed.toSorted(byPlace).map(({ outcome }) => outcome),
    };
  }

  #kept(change: GroupChange): GroupChange | undefined {
    // Beside the text of a diff stand the values that it was made of, of about twice its length.
    const bytes = 3 * change.changes.reduce((sum, { diff }) => sum + diff.length, 0);
    if (bytes > this.#roomBytes) return undefined;
    this.#roomBytes -= bytes;
    return change;
  }
}

function byPlace(a: { readonly place: number }, b: { readonly place: number }): number {
  return a.place - b.place;
}
