/** What an application is to the controllers right now; every one is in exactly one state. */
export type ApplicationState =
  /** Published, and the cluster reported this version. */
  | 'synced'
  /** Waits for its publish, or for the cluster to report the version. */
  | 'pending'
  /** Cannot be published as it is. */
  | 'parked'
  /** Its deletion is under way. */
  | 'deleting'
  /** Published, and the cluster reported that applying it failed. */
  | 'failed'
  /** Not for us: local cluster, or no cluster named. */
  | 'ignored';

/** What the engine tells when it is asked, which is once a scrape: cheap to count, never kept up to date. */
export interface EngineSnapshot {
  readonly applications: Readonly<Partial<Record<ApplicationState, number>>>;
  /** By lane of the queue, urgent first. */
  readonly queue: Readonly<Record<string, { readonly depth: number; readonly oldestMs: number }>>;
  /** Applications that wait for somebody, by a CamelCase reason out of a closed set. */
  readonly parked: Readonly<Record<string, number>>;
  /** What cannot be read now, by kind. */
  readonly setAside: Readonly<Record<string, number>>;
  /** Bundles of this hub without an application, as the last pass saw them. */
  readonly orphans: number;
  /** True while the brake of garbage collection holds. */
  readonly brakeOn: boolean;
  /** Works of the classic model on the hub, as last seen. */
  readonly classicWorks: number;
  /** The last look for them was let. */
  readonly classicWorksVisible: boolean;
  /** Applications that one of them delivers beside us. */
  readonly classicWorksApplications: number;
  readonly publishesInFlight: number;
  /** How many publishes may be under way; it adapts. */
  readonly publishWindow: number;
  /** Reports received and not yet judged. */
  readonly statusBacklog: number;
  /** Reports of ApplicationSets on the hub that are ours. */
  readonly setReports: Readonly<Record<SetReportState, number>>;
}

/** `whole`, or `cut` because the hub could not store all of it; `failing`: the last write did not go through. */
export type SetReportState = 'whole' | 'cut' | 'failing';

export type PublishKind = 'create' | 'update' | 'delete';

export type HubWriteKind = 'status' | 'finalizers' | 'operation' | 'refresh' | 'condition';
export type HubWriteResult = 'done' | 'gone' | 'conflict' | 'failed';

export type MalformedKind = 'application' | 'cluster' | 'decision' | 'project' | 'bundle' | 'status';

/**
 * What became of a report: written to the hub; suppressed, because nothing
 * worth a write changed; `stale`, older than what was published or seen;
 * `unknown`, of no application that we know; `failed`, the write did not go
 * through.
 */
export type StatusOutcome = 'written' | 'suppressed' | 'stale' | 'unknown' | 'failed';

/** What became of a write of an ApplicationSet's report. */
export type SetReportWrite = 'created' | 'updated' | 'deleted' | 'conflict' | 'failed';

/**
 * Counters and gauges of the controllers; what keeps them is nobody's business but metrics.ts. Times in milliseconds.
 */
export interface ControllerMetrics {
  /** Who is asked at each scrape; undefined when the engine is not running. */
  readSnapshotFrom(read: (() => Promise<EngineSnapshot>) | undefined): void;
  /** `sent`: an answer came. `conflict`: another version was stored. `failed`: refused or unknown. */
  published(kind: PublishKind, result: 'sent' | 'conflict' | 'failed', latencyMs: number): void;
  /** A publish that was not needed, because what is stored already says the same. */
  publishSkipped(): void;
  statusReceived(): void;
  statusDone(outcome: StatusOutcome): void;
  /** From the report's own time to the hub's answer to our write. */
  statusLag(ms: number): void;
  /** A report that is not from the cluster of its application. */
  forgedReport(): void;
  /** The status stream: live, or not. Becoming live again counts as a reconnect. */
  streamLive(live: boolean): void;
  hubWrite(what: HubWriteKind, result: HubWriteResult, latencyMs: number): void;
  setReportWritten(result: SetReportWrite): void;
  /** What a report takes in the store of the hub that was created or updated. */
  setReportBytes(bytes: number): void;
  /** The hub answered 429. */
  hubThrottled(): void;
  /** A watch of the hub started over: `expired` is a 410, `silent` our own watchdog. */
  watchRestarted(resource: string, why: 'ended' | 'expired' | 'silent' | 'failed'): void;
  /** Something in a hub object or a bundle that could not be read. */
  malformed(what: MalformedKind): void;
  /** Deleted as an orphan. */
  collected(): void;
  /** A reconcile that threw; the code of the error. */
  reconcileFailed(code: string): void;
  /** Publishing is refused, with the guard's reason; undefined when it is allowed. */
  guardBlocked(reason: string | undefined): void;
  leading(leader: boolean): void;
}
