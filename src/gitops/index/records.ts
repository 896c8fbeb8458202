import type { JsonObject } from '../../core/json.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import type { WrittenStatus } from '../status/decide.ts';
import type { DeliveryCondition } from '../status/delivery-condition.ts';
import { noneDue, type DueConditions } from '../status/due-conditions.ts';
import type { Fingerprint } from '../status/fingerprint.ts';

/** What propagation needs of a hub application; no content, which is read again when it is published. */
export interface HubFacts {
  readonly uid: string;
  readonly cluster: string;
  readonly spokeNamespace: string;
  /** Hash of the bundle that its content calls for, without one-shot fields. */
  readonly desiredHash: string;
  readonly selected: boolean;
  /** RFC 3339, when it is being deleted. */
  readonly deletionTimestamp: string;
  readonly skipReconcile: boolean;
  /** Any of Argo CD's finalizers, which hold the application until we release it. */
  readonly argoFinalizers: boolean;
  /** Hash of `.operation`, "" when there is none. */
  readonly operation: string;
  /** Value of the refresh annotation, with what tells this request from the next; "" when there is none. */
  readonly refresh: string;
  /** Why it cannot be read, "" or absent when it can. What is known of its metadata holds either way. */
  readonly unreadable?: string;
}

/**
 * One-shot fields that the bundle had until this version. Work agents compare
 * what they are given with what they applied last, so the same once more
 * reaches the cluster only after a version without it did.
 */
export interface DroppedOneShot {
  readonly version: number;
  /** Hash of the operation, "" when none was taken away. */
  readonly operation: string;
  readonly refresh: boolean;
}

/** A bundle in Maestro that belongs to a hub application, and what its agent last said of it. */
export class BundleRecord {
  stored: StoredBundle;
  /** RFC 3339 as REST has it, "" while only our own publish is known: tells it from a successor under the same id. */
  createdAt = '';
  observedVersion = 0;
  sequenceId = '';
  /** The highest version that a report showed as applied. */
  appliedVersion = 0;
  /** RFC 3339 on the agent's clock, since when it is applied; "" while it is not. */
  appliedSince = '';
  /** The operation that travels with it, while one does. */
  operation: JsonObject | undefined;
  /** Monotonic, when this process first saw the operation travel. */
  operationSinceMs = 0;
  /**
   * Monotonic, when a report first showed that the operation that travels with it has begun; undefined while none did.
   */
  operationBegunMs: number | undefined;
  /** It has been carried out to its end. */
  operationFinished = false;
  /** Monotonic, when a report first showed that the refresh that travels with it has been carried out. */
  refreshFinishedMs: number | undefined;
  /** Monotonic, since when reports show that another operation was run in place of the one that travels. */
  displacedSinceMs: number | undefined;
  /** What the last publish took away; gone once a report shows that version, or a later one, as applied. */
  dropped: DroppedOneShot | undefined;
  /** Monotonic, when a report first showed a refresh that may be one of before it was published. */
  refreshDoubtMs: number | undefined;
  /**
   * `operationState.startedAt` and `reconciledAt` as last reported, of whatever version: what a new one-shot is told
   * apart by.
   */
  startedAt = '';
  /** Monotonic, when this process first saw that `startedAt`. */
  startedSeenMs = Number.NEGATIVE_INFINITY;
  reconciledAt = '';
  /** Monotonic, when this process first saw that `reconciledAt`. */
  reconciledSeenMs = Number.NEGATIVE_INFINITY;
  /**
   * An operation runs on the cluster, as last reported, of whatever version: a publish in between says nothing of its
   * end.
   */
  operationRuns = false;
  /** Monotonic, when this process first saw that one run. */
  runsSinceMs = 0;
  /** What the last report of the stored version says; undefined when there was none. */
  reported: Fingerprint | undefined;
  /** The last report told of something that is worth a condition. */
  troubled = false;
  /** Monotonic, when this process last asked for its deletion; -Infinity when it did not. */
  deleteSentMs = Number.NEGATIVE_INFINITY;
  /** Its deletion was asked for, and no answer came: it may be under way, or over. */
  deleteUnsure = false;
  /** Wall time, RFC 3339, since when the stored version waits for a report. */
  pendingSince = '';

  /** The whole read of Maestro that showed it last. */
  epoch = 0;

  constructor(stored: StoredBundle) {
    this.stored = stored;
  }
}

/** One for all that have none. */
export const noConditions: readonly DeliveryCondition[] = [];

export const blockReasons = [
  'ClusterMissing',
  'ConsumerMissing',
  'NotAuthorised',
  'Invalid',
  'SpokeNameTaken',
  'ForeignBundle',
  'OtherHub',
  'NamespaceNotAllowed',
  'PredecessorDeleting',
  'RefusedByServer',
  'Unreadable',
  'BundleUnreadable',
  'Migrating',
] as const;
export type BlockReason = (typeof blockReasons)[number];

export interface Blocked {
  readonly reason: BlockReason;
  readonly message: string;
  /** RFC 3339. */
  readonly since: string;
}

/** Changes of a bundle by another client, which are undone at a slowing pace. */
export interface Overwrites {
  readonly count: number;
  /** Monotonic, when the last one was undone. */
  readonly undoneMs: number;
  /** RFC 3339, when the first one was. */
  readonly since: string;
}

/**
 * One hub application, or what is left of one in Maestro. Small on purpose:
 * there are hundreds of thousands.
 */
export class AppRecord {
  readonly key: string;
  hub: HubFacts | undefined;
  /** The one of its cluster first, if any; others are left from another cluster or name. */
  bundles: BundleRecord[] = [];
  parked: Blocked | undefined;
  /** Since when, RFC 3339, and why what the hub has could not be sent; undefined when it was, or nobody has tried. */
  unsent: { readonly what: 'content' | 'deletion'; readonly since: string; readonly why: string } | undefined;
  /** Steps of propagation in a row that failed, for their back-off. */
  deliveryFailures = 0;
  /** The same of writes of its status: the hub and Maestro fail each for themselves. */
  statusFailures = 0;
  /** What the hub shows now; undefined until it was seen. */
  written: WrittenStatus | undefined;
  /** Our conditions on the hub. */
  delivery: readonly DeliveryCondition[] = noConditions;
  /** Which conditions that come with time were due when the status was last looked at. */
  due: DueConditions = noneDue;
  /** Monotonic, when this process last wrote its status. */
  statusWrittenMs = Number.NEGATIVE_INFINITY;
  /** Monotonic, up to when its writes so far use up the pace that it has; see `statusPaceMs`. */
  statusPacedMs = 0;
  /**
   * A transition was held back for the pace: what comes of it is written whole, also when it looks like what is there.
   */
  statusHeld = false;
  /** Monotonic, when the oldest report that is not on the hub yet arrived, for the lag; 0 for none. */
  statusDueSinceMs = 0;
  /**
   * The hub was seen without the operation that was last published, or with another one: what is there now is new,
   * though it be the same.
   */
  operationTaken = false;
  /** The same of a refresh. */
  refreshTaken = false;
  /** What the hub had to be passed on once when it could last be read; undefined while it can be, or never could. */
  readBefore: Pick<HubFacts, 'operation' | 'refresh'> | undefined;
  /** Wall time, RFC 3339, since when the operation is on the hub; "" while none is. */
  operationSince = '';
  /** What another client made of the bundle; undefined while nobody changed it. */
  overwrites: Overwrites | undefined;
  /** The resource version that was seen last; what is older comes late. */
  seenVersion = 0;
  /** Monotonic, when that was. */
  seenMs = 0;
  /** The resource version that our own last status write made: its echo tells nothing. */
  ownVersion = 0;
  /** The hub application may be gone, or not selected any more: read it before the next step. */
  stale = false;
  /**
   * How often the watch said that it is gone, or not selected any more: an answer to what was asked before that may be
   * of before.
   */
  losses = 0;
  /** Sweeps in a row that found no hub application for these bundles. */
  orphanPasses = 0;
  /** Its bundles are garbage, and nothing holds their removal up. */
  collecting = false;
  /** How its last bundle ended: `unseen` when that vanished from Maestro without its cluster being heard saying so. */
  end: '' | 'seen' | 'unseen' = '';
  /** RFC 3339, since when a deletion waits for the cluster. */
  deletionPendingSince = '';

  constructor(key: string) {
    this.key = key;
  }

  get namespace(): string {
    return this.key.slice(0, this.key.indexOf('/'));
  }

  get name(): string {
    return this.key.slice(this.key.indexOf('/') + 1);
  }
}
