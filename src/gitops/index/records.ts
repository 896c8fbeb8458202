import type { JsonObject } from '../../core/json.ts';
import type { StoredBundle } from '../bundle/stored-bundle.ts';
import type { WrittenStatus } from '../status/decide.ts';
import type { DeliveryCondition } from '../status/delivery-condition.ts';
import type { Fingerprint } from '../status/fingerprint.ts';
import type { Read } from '../../works/order.ts';
import type { HubFacts } from './hub-facts.ts';

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

/** A bundle in Maestro that belongs to a hub application, and what its agent last said: `BundleFacts` to others. */
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
  operationSinceMs: number;
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
  /** The read of Maestro that showed it last. */
  shownBy: Read = 0;
  /** The latest read that had begun when something was last taken in of it. */
  takenAt: Read = 0;

  constructor(stored: StoredBundle, monotonicMs = 0) {
    this.stored = stored;
    this.operationSinceMs = monotonicMs;
  }
}

/** One for all that have none. */
export const noWorks: readonly string[] = [];
export const noConditions: readonly DeliveryCondition[] = [];

/**
 * What is known of one hub application, or of what is left of one in Maestro.
 * Small on purpose: there are hundreds of thousands. Only the index writes it;
 * all others see it as `AppFacts`, and keep what is theirs by its key.
 */
export class AppRecord {
  readonly key: string;
  hub: HubFacts | undefined;
  /** The one of its cluster first, if any; others are left from another cluster or name. */
  bundles: BundleRecord[] = [];
  /** What the hub shows now; undefined until it was seen. */
  written: WrittenStatus | undefined;
  /** Our conditions on the hub. */
  delivery: readonly DeliveryCondition[] = noConditions;
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
  /** `<cluster>/<name>` of the ManifestWorks of the classic model that deliver it too, as last looked for. */
  classicWorks: readonly string[] = noWorks;
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
