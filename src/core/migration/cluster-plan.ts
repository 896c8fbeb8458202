import type { ManagerSource } from './managers.ts';
import type { OldWork } from './old-work.ts';

/** A new work, and what its agent will call the kinds in it. */
export type NewWork = Pick<OldWork, 'id' | 'work' | 'resources'>;

/** Who was found to manage the objects of an old work, and how that is known. */
export interface OldManagers {
  /** Its name. */
  readonly work: string;
  /** All of them, sorted. */
  readonly managers: readonly string[];
  /** `record` on the work, its `name`, the `flag` --manager-of, or the `source`, where nobody else is known. */
  readonly from: ManagerSource;
}

/** How the works of one cluster are replaced by others. */
export interface ClusterPlan {
  readonly consumer: string;
  /** By name. None when there is nothing to do. */
  readonly old: readonly OldWork[];
  readonly new: readonly NewWork[];
  readonly managers: readonly OldManagers[];
  /** What is worth knowing before it is carried out, a sentence each. */
  readonly notes: readonly string[];
}
