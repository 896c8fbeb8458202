import { oneWord } from '../core/shown-text.ts';
import { workReference } from '../core/works/work-reference.ts';
import type { Operation, Phase, PredictedAction, WorkOutcome } from '../core/outcome/outcome.ts';
import type { Timings } from '../core/outcome/run-facts.ts';
import type { Standing } from '../core/outcome/standing.ts';
import type { Loss } from '../core/ownership/merge-works.ts';
import type { RemovedManifest } from '../core/ownership/removals.ts';
import type { SharedObject } from '../core/ownership/shared-object.ts';
import type { Condition } from '../core/status/work-status.ts';
import type { TraceContext } from '../core/trace-context.ts';
import type { ExitCode } from '../exit-code.ts';
import { errorValue, type ErrorValue } from './error-value.ts';

/** `manifestwork.work.open-cluster-management.io/NAME`, as kubectl names things. */
export function workLine(name: string): string {
  return workReference(oneWord(name));
}

/**
 * The same for `-o name`, whose lines are given back to other commands: `…/CONSUMER/NAME` where the command line did
 * not say the one consumer of all works, and of a name that holds a slash itself.
 *
 * @param isOfOne the command line said the one consumer
 */
export function nameLine(name: string, consumer: string, isOfOne: boolean): string {
  const says = consumer !== '' && (!isOfOne || name.includes('/'));
  return `${workReference(oneWord(name), says ? oneWord(consumer) : undefined)}\n`;
}

/** What became of one work. */
export interface PrintedOutcome {
  /** Name of the work; empty when only its id is known. */
  readonly name: string;
  /** Name of the consumer; empty when only the id of the work is known. */
  readonly consumer: string;
  /** Applied: the outcome was seen. InProgress: accepted by Maestro, outcome not seen. Failed: all else. */
  readonly phase: Phase;
  /**
   * One word for it: Accepted, Unchanged, DeletionRequested, Deleted, NotFound, DryRun, ConditionMet or the condition
   * waited for; of a migration BothOwn, Finished, RolledBack or how much further it is; of a failure the reason of its
   * error.
   */
  readonly reason: string;
  /** The outcome in words. */
  readonly message: string;
  /** The exit code that it gives; 0 is success. */
  readonly exitCode: ExitCode;
  /** What the write did, if there was one. */
  readonly operation?: Operation;
  /** Of a dry run that read what is stored: what the write would do. */
  readonly action?: PredictedAction;
  /** Id of the work. */
  readonly id?: string;
  /** The version that the outcome is about. */
  readonly version?: number;
  /** The version of the agent's last report. */
  readonly observedVersion?: number;
  /** The conditions of the work, as the agent reported them. */
  readonly conditions?: readonly Condition[];
  /** Manifests that the write took out of the work; in a dry run, those that it would take out. */
  readonly removed?: readonly RemovedManifest[];
  /** Objects that the write brought and that other works of the consumer hold too. */
  readonly sharedWith?: readonly SharedObject[];
  /** What other managers lost by a forced write or delete. */
  readonly losses?: readonly Loss[];
  /** Where the work stood when its wait was cut short, by the end of the time or by a signal. */
  readonly standing?: Standing;
  /** Why it failed. */
  readonly error?: ErrorValue;
}

/** How many works of a fleet came to which end; which counts there are depends on the command. */
export interface FleetSummary {
  /** All works. */
  readonly works: number;
  /** Consumers that they are on. */
  readonly consumers: number;
  /** Of an apply: created by it. */
  readonly created?: number;
  /** Of an apply: updated by it. */
  readonly updated?: number;
  /**
   * Of an apply, and of a delete of resources: found as they are to be. Of `migrate run`: finish has begun there, or is
   * over.
   */
  readonly unchanged?: number;
  /** Of an apply with a journal: done by an earlier run. */
  readonly doneBefore?: number;
  /** Of a dry run: found to be valid. */
  readonly checked?: number;
  /** Of a wait: what was waited for was seen. */
  readonly met?: number;
  /** Of a delete: Maestro has accepted it. */
  readonly deletionRequested?: number;
  /** Of a delete: seen gone. */
  readonly removed?: number;
  /** Of a delete of resources: changed by it. */
  readonly changed?: number;
  /** Of a dry run of a delete: would change. */
  readonly wouldChange?: number;
  /** Of a delete: not there. */
  readonly notFound?: number;
  /** Those that failed. */
  readonly failed: number;
  /** Of those whose wait was cut short: the agent reports that it could not apply them; that may heal. */
  readonly failing: number;
  /** Of those whose wait was cut short: nothing speaks against them. */
  readonly pending: number;
  /** Of those whose wait was cut short: the agent has reported nothing for some time. */
  readonly silent: number;
  /** Nothing was sent for these, because the run ended before. */
  readonly notBegun: number;
  /** All whose wait was cut short: failing, pending and silent ones. */
  readonly notFinished: number;
}

/** What `-o json` of apply, build --apply, delete and wait prints: one value for all works. */
export interface PrintedOutcomes {
  /** An outcome for each work, in the order in which they were named. */
  readonly works: readonly PrintedOutcome[];
  /** With several consumers: how many works came to which end. */
  readonly summary?: FleetSummary;
  /**
   * When the process was started: RFC 3339, UTC.
   *
   * @format date-time
   */
  readonly startedAt?: string;
  /** Of the run itself. */
  readonly details?: PrintedRun;
}

/** Of a run itself. */
export interface PrintedRun {
  /** EVENT_ID: what the run was started for. */
  readonly eventId?: string;
  /** TRACEPARENT: the trace that the run belongs to. */
  readonly trace?: TraceContext;
  /** What the time of the run went into, in milliseconds. */
  readonly timings?: Timings;
}

/** The machine form of one outcome. */
export function outcomeValue(outcome: WorkOutcome): PrintedOutcome {
  const { manifestWorkName, error, resources: _resources, conditions, ...rest } = outcome;
  return {
    name: manifestWorkName,
    ...rest,
    ...(conditions === undefined ? {} : { conditions }),
    ...(error === undefined ? {} : { error: errorValue(error) }),
  };
}
