import { exitCodeOf, type ErrorReason, type MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { RunFacts } from './run-facts.ts';
import type { Standing } from './standing.ts';
import type { Loss } from '../ownership/merge-works.ts';
import type { RemovedManifest } from '../ownership/removals.ts';
import type { ResourceState } from '../status/resource-state.ts';
import type { Condition, FeedbackValue } from '../status/work-status.ts';
import type { SharedObject } from '../ownership/shared-object.ts';

/** The outcome was seen; accepted but not seen; failed. */
export type Phase = 'Applied' | 'InProgress' | 'Failed';

/** Reasons of a success; those of a failure are the error's. */
export type SuccessReason = 'Accepted' | 'Unchanged' | 'DeletionRequested' | 'Deleted' | 'NotFound' | 'ConditionMet';

/** What a write did to a work; `waited` where there was none. */
export type Operation = 'created' | 'updated' | 'unchanged' | 'deleted' | 'waited';

/** What a write would do to a work. */
export type PredictedAction = 'create' | 'update' | 'unchanged';

/** One object of a work, as the result file shows it. */
export interface ResourceOutcome {
  readonly kind: string;
  readonly group?: string;
  readonly version: string;
  readonly namespace?: string;
  readonly name: string;
  /** Judged at the version of the outcome. */
  readonly status: ResourceState;
  readonly message?: string;
  readonly feedback?: readonly FeedbackValue[];
}

/** What became of one work: the one story that exit code, result file and stdout tell. */
export interface WorkOutcome {
  readonly manifestWorkName: string;
  readonly consumer: string;
  readonly phase: Phase;
  /** A success reason, a condition's name, or an error's reason. */
  readonly reason: string;
  readonly message: string;
  readonly exitCode: ExitCode;
  /** What the write did, if there was one. */
  readonly operation?: Operation;
  /** What the write would do, of a dry run that read what is stored. */
  readonly action?: PredictedAction;
  readonly id?: string;
  readonly version?: number;
  readonly observedVersion?: number;
  readonly conditions?: readonly Condition[];
  readonly resources?: readonly ResourceOutcome[];
  /** Manifests that the write took out of the work; in a dry run, those that it would take out. */
  readonly removed?: readonly RemovedManifest[];
  /** Objects that the write brought and that other works of the consumer hold as well. */
  readonly sharedWith?: readonly SharedObject[];
  /** What other managers lost by a forced write or delete. */
  readonly losses?: readonly Loss[];
  /** Where the work stood when its wait was cut short, by the end of the time or by a signal. */
  readonly standing?: Standing;
  readonly error?: MaestroError;
}

/** Outcomes of works: an array, or what makes them when they are read. */
export interface WorkOutcomes extends Iterable<WorkOutcome> {
  readonly length: number;
  /** Resources and conditions were left out, because there are too many works for a result file to hold them. */
  readonly shortened?: boolean;
}

/** What became of a run. Without works the run failed before it knew any, and `error` says why. */
export interface Outcome {
  readonly works: WorkOutcomes;
  readonly error?: MaestroError;
  /** The work that was asked about, as far as the command line names it; for runs without works. */
  readonly about?: Pick<WorkOutcome, 'manifestWorkName' | 'consumer'>;
  /** When the run began, what for, and what its time went into. */
  readonly run?: RunFacts;
}

/** One kind of failure gives its exit code, several kinds give 7. */
export function exitCodeOfOutcome(outcome: Outcome): ExitCode {
  const codes = new Set<ExitCode>();
  for (const { exitCode } of outcome.works) codes.add(exitCode);
  if (outcome.error) codes.add(exitCodeOf[outcome.error.code]);
  return exitCodeOfMany(codes) ?? (outcome.works.length > 0 ? ExitCode.Done : ExitCode.Internal);
}

/** The exit code of several ends; undefined when none of them is a failure. */
export function exitCodeOfMany(codes: Iterable<ExitCode>): ExitCode | undefined {
  const [only, ...more] = new Set([...codes].filter((code) => code !== ExitCode.Done));
  return more.length === 0 ? only : ExitCode.OutcomeFailed;
}

/**
 * True when Maestro took the work and its wait was cut short, by a signal or the end of the time: it may still come out
 * well.
 */
export function isUnfinished({ phase, exitCode }: Pick<WorkOutcome, 'phase' | 'exitCode'>): boolean {
  return phase === 'InProgress' && exitCode !== ExitCode.Done;
}

/** How a work came out, or where it stood when its wait was cut short. */
export function endOf(outcome: Pick<WorkOutcome, 'phase' | 'exitCode' | 'standing'>): 'met' | 'failed' | Standing {
  if (isUnfinished(outcome)) return outcome.standing ?? 'pending';
  return outcome.exitCode === ExitCode.Done ? 'met' : 'failed';
}

/** The ends of a wait that say nothing of what is waited for: the end of the time, and signals. */
const cutShort: readonly ExitCode[] = [ExitCode.TimedOut, ExitCode.Interrupted, ExitCode.Terminated];

/**
 * The phase of what failed: `InProgress` when it had been accepted, and was cut short after that. Of a write whose
 * answer did not come nobody knows that, whatever was accepted before it.
 */
export function phaseOfFailure(
  { exitCode, reason }: Pick<WorkOutcome, 'exitCode' | 'reason'>,
  accepted: boolean,
): Phase {
  return accepted && cutShort.includes(exitCode) && reason !== 'OutcomeUnknown' ? 'InProgress' : 'Failed';
}

/** The outcome of a work that failed: `InProgress` when Maestro had accepted it before. */
export function failedWork(
  work: Pick<WorkOutcome, 'manifestWorkName' | 'consumer'> & Partial<WorkOutcome>,
  error: MaestroError,
  accepted: boolean,
): WorkOutcome {
  const reason: ErrorReason = error.reason;
  return {
    ...work,
    phase: phaseOfFailure(error, accepted),
    reason,
    message: error.message,
    exitCode: error.exitCode,
    error,
  };
}
