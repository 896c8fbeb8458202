import type { Operation, Phase } from '../../core/outcome/outcome.ts';
import type { Timings } from '../../core/outcome/run-facts.ts';
import type { Loss } from '../../core/ownership/merge-works.ts';
import type { RemovedManifest } from '../../core/ownership/removals.ts';
import type { SharedObject } from '../../core/ownership/shared-object.ts';
import type { ResourceState } from '../../core/status/resource-state.ts';
import type { Condition, FeedbackData } from '../../core/status/work-status.ts';
import type { TraceContext } from '../../core/trace-context.ts';
import type { ExitCode } from '../../exit-code.ts';

/*
 * The result file as it is written: `schemas/` is made from these types and their comments.
 * No key differs from another only in case.
 */

/** One object of a work, as it stood at the version of the outcome. */
export interface ResultResource {
  /** Kind of the object. */
  readonly kind: string;
  /** Left out for the core group. */
  readonly group?: string;
  /** Version of its API, such as `v1`. */
  readonly version: string;
  /** Left out for objects without one. */
  readonly namespace?: string;
  /** Name of the object. */
  readonly name: string;
  /** What the agent's report proves of it at the version. */
  readonly status: ResourceState;
  /** What the agent says about that. */
  readonly message?: string;
  /** Values that feedback rules asked for, by name; never those of a Secret. */
  readonly feedback?: Readonly<Record<string, FeedbackData>>;
}

/** What a file tells beside the outcome that there is only when there is something to tell. */
interface ResultEffects {
  /** Manifests that the write took out of the work. */
  readonly removed?: readonly RemovedManifest[];
  /** What other managers lost by a forced write or delete. */
  readonly losses?: readonly Loss[];
  /** Objects that the write brought and that other works of the consumer hold too. */
  readonly sharedWith?: readonly SharedObject[];
  /** The objects of the work. */
  readonly resources?: readonly ResultResource[];
}

/** Which work it is. */
interface ResultName {
  /** Name of the work; at the top level the names of all, and empty when the run failed before it knew any. */
  readonly manifestWorkName: string;
  /** Name of the consumer; at the top level the names of all, and empty when the run failed before it knew any. */
  readonly consumer: string;
}

/** What left the file because it would have been longer than 1 MiB. */
export type TruncatedPart =
  'feedback' | 'resources' | 'details' | 'removed' | 'losses' | 'sharedWith' | 'works' | 'message';

/** What the whole run tells, at the top level only. */
interface ResultRun<Details> {
  /**
   * When the process was started: RFC 3339, UTC.
   *
   * @format date-time
   */
  readonly startedAt?: string;
  /** Facts for programs. */
  readonly details?: Details;
  /**
   * When the file was written: RFC 3339, UTC.
   *
   * @format date-time
   */
  readonly timestamp: string;
  /** What was left out to keep the file below 1 MiB; absent when nothing was. */
  readonly truncated?: readonly TruncatedPart[];
}

/** Of the run itself. */
export interface ResultRunDetails {
  /** EVENT_ID: what the run was started for. */
  readonly eventId?: string;
  /** TRACEPARENT: the trace that the run belongs to. */
  readonly trace?: TraceContext;
  /** What the time of the run went into, in milliseconds. */
  readonly timings?: Timings;
}

/** What became of one work, as a status-result tells it. */
export interface StatusResultWork extends ResultName, ResultEffects {
  /** Applied: the outcome was seen. InProgress: accepted by Maestro, outcome not seen. Failed: all else. */
  readonly status: Phase;
  /** The outcome in words, with the name of the work. */
  readonly message: string;
}

/** The result file in the format status-result, the default. */
export interface StatusResult extends StatusResultWork, ResultRun<ResultRunDetails> {
  /** An entry for each work of a run with several; the top level sums them up. */
  readonly works?: readonly StatusResultWork[];
}

/** Facts of one work, for programs. */
export interface AdapterResultDetails {
  /** What the write did, if there was one. */
  readonly operation?: Operation;
  /** Id of the work. */
  readonly id?: string;
  /** The version that the outcome is about. */
  readonly version?: number;
  /** The version of the agent's last report. */
  readonly observedVersion?: number;
  /** The conditions of the work, as the agent reported them. */
  readonly conditions?: readonly Condition[];
  /** The exit code that the outcome gives; 0 is success. */
  readonly exitCode: ExitCode;
}

/** What became of one work or of all, without facts for programs. */
interface AdapterResultFields extends ResultName, ResultEffects {
  /** Whether it came out as asked. */
  readonly status: 'success' | 'failure';
  /**
   * One word for it, at most 128 bytes: Accepted, Unchanged, DeletionRequested, Deleted, NotFound, Finished, DryRun,
   * ConditionMet or the condition waited for; of a failure a reason that the list of results has.
   *
   * @pattern ^[A-Z][A-Za-z0-9]*$
   * @maxLength 128
   */
  readonly reason: string;
  /**
   * The outcome in words, with the name of the work, at most 1024 bytes.
   *
   * @maxLength 1024
   */
  readonly message: string;
  /** Applied: the outcome was seen. InProgress: accepted by Maestro, outcome not seen. Failed: all else. */
  readonly phase: Phase;
}

/** What became of one work, as an adapter-result tells it. */
export interface AdapterResultWork extends AdapterResultFields {
  /** Facts for programs. */
  readonly details?: AdapterResultDetails;
}

/** The result file in the format adapter-result, which HyperFleet's status reporter reads. */
export interface AdapterResult extends AdapterResultFields, ResultRun<AdapterResultDetails & ResultRunDetails> {
  /** An entry for each work of a run with several; the top level sums them up. */
  readonly works?: readonly AdapterResultWork[];
}
