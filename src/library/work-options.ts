import type { SetAsideRow } from '../clients/transport.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';
import type { Applied } from '../operations/apply/carry-out.ts';
import type { CallLimits } from './options.ts';

/** How a work is applied, and what is waited for. */
export interface ApplyWorkOptions extends CallLimits {
  /** Keep what other managers own in the work, and replace only one's own. */
  readonly merge?: boolean;
  /** As `merge`, and keep one's own manifests too: those given are added or replaced, and none is removed. */
  readonly add?: boolean;
  /** Take over what other managers own, where it stands in the way. */
  readonly force?: boolean;
  /** Refuse (ownership, `WouldRemove`) to remove any manifest. */
  readonly noRemove?: boolean;
  /**
   * Only when exactly this version is stored; 0: only when there is none. A
   * work does not carry the version that it was read at, also not one made by
   * `workFromBundle`: give the `version` of the bundle here, or `readAt` of
   * `readWorks`, and a later one that is stored by then is a conflict.
   */
  readonly ifVersion?: number;
  /**
   * With `merge` or `add`: read and merge again after a conflict, so often. What came since the first read is never
   * removed.
   */
  readonly conflictRetries?: number;
  /** Who owns the manifests that this call writes; the client's manager when absent. */
  readonly manager?: string;
  /** An expression to wait for at the version just written, such as `Applied`. */
  readonly wait?: string;
  /** With `wait`: end as failed when this expression holds. */
  readonly failOn?: string;
  /** With `wait`: how long Applied=False may last, milliseconds; 30 s when absent. */
  readonly failureGraceMs?: number;
  /** How to wait, as for `wait`. */
  readonly via?: Via;
}

/** `stream` hears sooner, at the cost of a stream that the server keeps open for this wait; `poll` when absent. */
export type Via = 'stream' | 'poll';

/** When a wait ends early, and as what. */
export interface WaitWorkOptions extends CallLimits {
  /** End as failed when this expression holds. */
  readonly failOn?: string;
  /** How long Applied=False may last, milliseconds; 30 s when absent. */
  readonly failureGraceMs?: number;
  /** A work that does not exist is an error, not something to wait for. */
  readonly mustExist?: boolean;
  readonly via?: Via;
}

/** How a work is deleted. */
export interface DeleteWorkOptions extends CallLimits {
  /** Also when other managers own manifests in it, which go along; without it that is refused. Told as a notice. */
  readonly force?: boolean;
  /** Leave the objects on the cluster: it waits until the agent has let go of them, and only then deletes the work. */
  readonly orphan?: boolean;
  /** Who deletes; the client's manager when absent. */
  readonly manager?: string;
  /** Until Maestro has removed the work. */
  readonly wait?: boolean;
  readonly via?: Via;
}

/** What an apply did. */
export interface ApplyWorkResult extends Pick<
  Applied,
  'operation' | 'id' | 'version' | 'removed' | 'losses' | 'sharedWith'
> {
  /** What was read last, when the call waited. */
  readonly bundle?: ResourceBundle;
}

/** Which works of a consumer are listed. */
export interface ListWorksOptions extends CallLimits {
  /** `app=web,tier!=db`. */
  readonly selector?: string;
  /** Told of each work whose row cannot be read, while the others are given; without it such a row fails the list. */
  readonly onSetAside?: (row: SetAsideRow) => void;
}
