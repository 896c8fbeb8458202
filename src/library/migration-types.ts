import type { Goal, Position } from '../core/migration/advance.ts';
import type { Form } from '../core/migration/forms.ts';
import type { Pattern } from '../core/migration/old-work.ts';
import type { FailureGroup } from '../core/outcome/failure-groups.ts';
import type { WorkPlace } from '../core/outcome/work-place.ts';
import type { WorkOutcome } from '../core/outcome/outcome.ts';
import type { WorkState } from '../core/status/fold.ts';
import type { MaestroError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';
import type { GivenConsumers } from './consumer-choice.ts';
import type { OperationEvent, OperationOptions } from './operation-options.ts';
import type { RollOutStage, RollOutStageResult } from './roll-out-types.ts';

/** What is to be planned: how the works of the client's source move to another pattern. */
export interface MigrationRequest {
  /** One work for each adapter (`A`), for each object (`B`), or for the cluster (`C`). */
  readonly to: Pattern;
  /** Names, in the order in which they are carried out; those with labels (`region=eu,tier!=test`), by name; or all. */
  readonly consumers: GivenConsumers;
  /**
   * A template for the names of the new works, with `{cluster}`, and `{manager}` (A, B), `{kind}`, `{namespace}`,
   * `{group}`, `{name}` (B). When absent `hyperfleet-{cluster}`, `hyperfleet-{cluster}-{manager}`,
   * `hyperfleet-{cluster}-{kind}-{name}`.
   */
  readonly name?: string;
  /** Names of the works that move; all of the source when absent. */
  readonly works?: readonly string[];
  /** Only works with these labels move: `app=web,tier!=db`. */
  readonly selector?: string;
  /** Managers of works for which neither a record nor the name tells one, by the names of the works. */
  readonly managerOf?: Readonly<Record<string, string>>;
  /** Name of the work whose content, labels and annotations count where two differ. */
  readonly prefer?: string;
}

/** What happens while a plan is carried out. More kinds may come, so let a `switch` have a default. */
export type MigrationEvent = OperationEvent & { readonly stage: RollOutStage } & (
    | { readonly kind: 'stageBegun' }
    /** Every cluster of the stage that was begun has ended; `failed` of them failed. */
    | { readonly kind: 'stageEnded'; readonly failed: number }
    /** A request that Maestro has taken. */
    | ({ readonly kind: 'step' } & MigrationStep)
    /** What a cluster waits for has changed; `text` says it in a sentence. */
    | { readonly kind: 'waiting'; readonly consumer: string; readonly text: string }
    /** A cluster has ended, its goal reached or not; `left` more are to come. */
    | { readonly kind: 'clusterEnded'; readonly consumer: string; readonly left: number; readonly error?: MaestroError }
    /** The one outcome of each work that is to have the objects. */
    | { readonly kind: 'outcome'; readonly outcome: WorkOutcome }
  );

/** One request of a migration. */
export interface MigrationStep {
  readonly consumer: string;
  /** Of the work. */
  readonly name: string;
  readonly id: string;
  readonly action: 'create' | 'update' | 'delete';
  /** Of an update: to own the objects (again), to let go of them, or to take off what proved the ownership. */
  readonly why?: 'own' | 'let-go' | 'settle' | 'again';
  /** That is stored now; of a deletion the one that is deleted. */
  readonly version: number;
}

/**
 * How a plan is carried out: as the flags of `migrate run` have it, with the same defaults. 4m30s when no time is
 * given.
 */
export interface RunMigrationOptions extends OperationOptions<MigrationEvent> {
  /**
   * `run`: the new works own all objects, beside the old ones. `finish`: the old works are gone. `rollback`: all is as
   * it was planned from.
   */
  readonly goal: Goal;
  /**
   * Let the agents prove who owns the objects before anything is let go of; true when absent. Without it `Applied`
   * counts, which agents of 2024-12 to 2025-02 report for objects that they do not own yet.
   */
  readonly ownerProof?: boolean;
  /** So many clusters come to their end before the rest; a failure there ends the run. None when absent. */
  readonly canary?: number;
  /** How many clusters come to their end before the next ones: a number, or a part of all. All at once when absent. */
  readonly waves?: number | `${number}%`;
  /** Begin no more clusters once so many have failed. When absent one failure ends waves, and nothing a run without. */
  readonly maxFailures?: number;
  /** Most writes under way at once, 16 when absent. */
  readonly maxConcurrency?: number;
  /** How long Applied=False may last before it is a failure, milliseconds; 30 s when absent. */
  readonly failureGraceMs?: number;
}

/**
 * What carrying out a plan came to. What failed is told here and not thrown; the same call again goes on from what
 * Maestro has stored.
 */
export interface MigrationResult {
  /** The goal is reached on every cluster. */
  readonly ok: boolean;
  /** What the command would end with: the one kind of failure there is, or 7 for several. */
  readonly exitCode: ExitCode;
  /** All works that are to have the objects, those included that were not begun. */
  readonly works: number;
  readonly consumers: number;
  /** The stages that were begun; `failed` counts clusters. */
  readonly stages: readonly RollOutStageResult[];
  /** What is not as it was asked to be, by what is told of it, the largest group first; what was not begun included. */
  readonly failures: readonly FailureGroup[];
  /** Why nothing more was begun; absent when all was. */
  readonly stoppedBy?: string;
  /** Works of clusters that nothing was sent to. */
  readonly notBegun: readonly WorkPlace[];
  /** What ended it early: the caller's signal (`interrupted`), or the end of the client. */
  readonly error?: MaestroError;
}

/** Where one work of a plan is. */
export interface MovedWorkStatus {
  readonly name: string;
  readonly id: string;
  /** `plain`: as planned; `proof`: with the rules that prove its ownership; `orphaned`: told to let go. */
  readonly form: Form;
  /** That is stored. */
  readonly version?: number;
  /** What the agent has proved of the stored version. */
  readonly state?: WorkState['kind'];
}

/** Where one cluster of a plan is, from what Maestro has stored. */
export interface MigrationStatus {
  readonly consumer: string;
  readonly position: Position;
  /** The works that there were. */
  readonly old: readonly MovedWorkStatus[];
  /** The works that take their place. */
  readonly new: readonly MovedWorkStatus[];
}
