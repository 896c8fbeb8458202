/** Which report a status on the hub came from: the agent of the suite writes it into each status that it reports. */
export interface Mark {
  readonly consumer: string;
  /** Id of the work. */
  readonly work: string;
  /** How often Maestro had lost its data by then: versions count anew from there. */
  readonly epoch: number;
  readonly version: number;
}

/** An Application of the hub as it stood from this moment on. Times are of the wall clock of this machine. */
export interface HubState {
  readonly atMs: number;
  /** `namespace/name` */
  readonly key: string;
  readonly uid: string;
  readonly gone: boolean;
  readonly deleting: boolean;
  /** It has the finalizer by which its resources go first. */
  readonly holds: boolean;
  readonly cluster: string;
  /** Target revision, which each edit makes another. */
  readonly change: string;
  /** Sum of all else that nobody of a program changes: the rest of the spec, the labels, the other annotations. */
  readonly rest: string;
  /** Name of the operation that was asked for and is not taken off yet. */
  readonly asked?: string;
  readonly mark?: Mark;
  /** Sum of the status that its cluster reported, without the state of the operation, which people take away too. */
  readonly shown: string;
}

/** A row as Maestro stored it. */
export interface StoredWork {
  readonly order: number;
  /** How often Maestro had lost its data before. */
  readonly epoch: number;
  readonly atMs: number;
  readonly id: string;
  readonly consumer: string;
  readonly version: number;
  readonly deleting: boolean;
  /** The row went. */
  readonly removed: boolean;
  /** Of the Application of the hub that it is for. */
  readonly key: string;
  readonly uid: string;
  /** Name of the operation that it carries. */
  readonly asked?: string;
  /** All that the agent is to do, written out. */
  readonly content: string;
  /** The version of its last report. */
  readonly reported?: number;
}

/** An Application on a cluster as it stood from this moment on. */
export interface SpokeState {
  readonly atMs: number;
  readonly cluster: string;
  readonly key: string;
  readonly gone: boolean;
  readonly deleting: boolean;
  /** Name of the operation that its state tells of. */
  readonly operation?: string;
  readonly running: boolean;
}

/** A request that changes an Application, as it came in at the hub. */
export interface HubWrite {
  readonly atMs: number;
  readonly replica: string;
  readonly key: string;
}

/** Who led from this moment on. */
export interface LeaseState {
  readonly atMs: number;
  /** Empty when nobody does. */
  readonly replica: string;
}

/** What the brake of the garbage collection was, in a program that is about it. */
export interface Braking {
  /** So many works without an Application may go at once. */
  readonly limit: number;
  /** From when on it was to be passed over. */
  readonly letMs: number;
}

export interface GitopsHistory {
  readonly hub: readonly HubState[];
  readonly stored: readonly StoredWork[];
  readonly spokes: readonly SpokeState[];
  readonly writes: readonly HubWrite[];
  readonly lease: readonly LeaseState[];
  /** Moments at which Maestro lost its data. */
  readonly lostMs: readonly number[];
  /** Applications of which a replica logged that it let them go without a word from their cluster. */
  readonly unconfirmed: readonly string[];
  readonly braking?: Braking;
  /** In what the hub, Maestro and the clusters differed when all had been well for long. */
  readonly differences: readonly string[];
  /** From when on nothing had to be done any more; undefined when that never came. */
  readonly restMs?: number;
}
