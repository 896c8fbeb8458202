import type { FailureGroup } from '../core/outcome/failure-groups.ts';
import type { WorkPlace } from '../core/outcome/work-place.ts';
import type { WorkOutcome } from '../core/outcome/outcome.ts';
import type { WaitCounts } from '../core/outcome/standing.ts';
import type { ContentDifference } from '../core/works/compare.ts';
import type { ManifestWorkInput } from '../core/works/work-input.ts';
import type { MaestroError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import type { FleetProgress } from '../operations/fleet/fleet-task.ts';
import type { GivenConsumers } from './consumer-choice.ts';
import type { Via } from './work-options.ts';
import type { OperationEvent, OperationOptions } from './operation-options.ts';

/** A consumer that works are made for. */
export interface RollOutConsumer {
  readonly name: string;
  /** As Maestro has them. */
  readonly labels: Readonly<Record<string, string>>;
}

/** How a roll-out goes over its consumers: as the flags of `apply` have it, with the same defaults. */
export interface RollOutStrategy {
  /**
   * So many consumers are written to and waited for before the rest; a failure there ends the roll-out. None when
   * absent.
   */
  readonly canary?: number;
  /** How many consumers are written to before the next ones: a number, or a part of all. All at once when absent. */
  readonly waves?: number | `${number}%`;
  /** Most publishes under way at once, 16 when absent; half of them may be updates. */
  readonly maxConcurrency?: number;
  /**
   * Begin nothing more once so many works have failed. When absent: 1 with `waves` and `wait`, else no number ends
   * it.
   */
  readonly maxFailures?: number;
}

/** What is rolled out, where to, and how. */
export interface RollOutRequest {
  /** The works for every consumer, or what makes those of one: called more than once for each, so make them alike. */
  readonly works:
    | ManifestWorkInput
    | readonly ManifestWorkInput[]
    | ((consumer: RollOutConsumer) => ManifestWorkInput | readonly ManifestWorkInput[]);
  /** Names, in the order in which they are written to; those with labels (`region=eu,tier!=test`), by name; or all. */
  readonly consumers: GivenConsumers;
  readonly strategy?: RollOutStrategy;
  /** An expression that every stage is waited for by, as `Available`; when absent only a canary is, for `Applied`. */
  readonly wait?: string;
  /** With `wait` or a canary: end the wait for a work as failed when this expression holds. */
  readonly failOn?: string;
  /** With `wait` or a canary: how long Applied=False may last, milliseconds; 30 s when absent. */
  readonly failureGraceMs?: number;
  /** Keep what other managers own in the works, and replace only one's own. */
  readonly merge?: boolean;
  /** Take over what other managers own, where it stands in the way. */
  readonly force?: boolean;
  /** Refuse (ownership, `WouldRemove`) to remove any manifest. */
  readonly noRemove?: boolean;
  /** With `merge`: read and merge again after a conflict, so often. */
  readonly conflictRetries?: number;
  /** Who owns the manifests; the client's manager when absent. */
  readonly manager?: string;
  /** Read and predict only. */
  readonly dryRun?: boolean;
}

/** Some consumers that are written to before the next ones. */
export interface RollOutStage {
  readonly name: 'canary' | 'wave';
  /** From 1; the canary is 0. */
  readonly number: number;
  readonly consumers: readonly string[];
}

/** What happens in a roll-out. More kinds may come, so let a `switch` have a default. */
export type RollOutEvent = OperationEvent & { readonly stage: RollOutStage } & (
    | { readonly kind: 'stageBegun' }
    /** Every work of the stage that was begun has its outcome; `failed` of them failed. */
    | { readonly kind: 'stageEnded'; readonly failed: number }
    /** What a write would do, before it is done; with `dryRun` nothing follows. */
    | {
        readonly kind: 'planned';
        readonly consumer: string;
        readonly name: string;
        readonly action: 'create' | 'update' | 'unchanged';
        /** What an update changes. */
        readonly differences: readonly ContentDifference[];
      }
    /** A write is over, before anything is waited for. */
    | { readonly kind: 'written'; readonly outcome: WorkOutcome }
    /** The works of the stage are waited for from now on. */
    | { readonly kind: 'waiting'; readonly count: number; readonly wait: string }
    /** A work that is waited for stands otherwise than before; `text` says how, in a sentence. */
    | { readonly kind: 'changed'; readonly consumer: string; readonly name: string; readonly text: string }
    /** Where the works of the stage stand, after each look at them. */
    | { readonly kind: 'looked'; readonly counts: WaitCounts }
    /** The one outcome of each work. */
    | { readonly kind: 'outcome'; readonly outcome: WorkOutcome }
    /** Counts of all writes so far. */
    | { readonly kind: 'progress'; readonly progress: FleetProgress }
  );

/** When the roll-out ends early, and who is told what happens. 4m30s when no time is given, as the command has it. */
export interface RollOutOptions extends OperationOptions<RollOutEvent> {
  /** How reports are heard of; `poll` when absent. */
  readonly via?: Via;
}

/** When a stage began and ended, and what it came to. */
export interface RollOutStageResult extends RollOutStage {
  /** Wall time, milliseconds since 1970. */
  readonly begunWallMs: number;
  readonly endedWallMs: number;
  readonly failed: number;
}

/**
 * What a roll-out came to. What failed is told here and not thrown; what is thrown is what kept it from beginning at
 * all.
 */
export interface RollOutResult {
  /** Every work is as it was asked to be: written, and with a wait seen so. */
  readonly ok: boolean;
  /** What the command would end with: the one kind of failure there is, or 7 for several. */
  readonly exitCode: ExitCode;
  /** All works, those included that were not begun. */
  readonly works: number;
  readonly consumers: number;
  /** Counts of the writes. */
  readonly progress: FleetProgress;
  /** The stages that were begun. */
  readonly stages: readonly RollOutStageResult[];
  /** What is not as it was asked to be, by what is told of it, the largest group first; what was not begun included. */
  readonly failures: readonly FailureGroup[];
  /** Why nothing more was begun; absent when all was. */
  readonly stoppedBy?: string;
  /** Works that nothing was sent for. */
  readonly notBegun: readonly WorkPlace[];
  /** What ended it early: the caller's signal (`interrupted`), or the end of the client. */
  readonly error?: MaestroError;
}
