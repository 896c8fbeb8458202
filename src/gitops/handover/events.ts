import type { WorkReader, WorkWriter } from '../../clients/transport.ts';
import type { Stage } from '../../core/fleet/waves.ts';
import type { MaestroError } from '../../errors.ts';
import type { ExitCode } from '../../exit-code.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import type { DoneReason } from './advance.ts';
import type { Backup } from './backup.ts';
import type { HandoverGoal, HandoverPlan, ParkReason, PlannedCluster } from './plan.ts';

/** What is carried out, how far and how carefully. */
export interface RunHandoverOptions {
  readonly plan: HandoverPlan;
  readonly goal: HandoverGoal;
  /** Of clusters of the plan. */
  readonly stages: readonly Stage<PlannedCluster>[];
  /** Begin no more clusters once so many have failed; undefined: never stop. */
  readonly maxFailures?: number;
  /** Most requests to Maestro under way at once. */
  readonly maxConcurrency: number;
  /** Tells what would be done next, and writes nothing. */
  readonly dryRun?: boolean;
  /** How long an agent may fail to apply before that counts; 30 s when absent. */
  readonly failureGraceMs?: number;
}

/** What a handover talks to. */
export interface HandoverDeps {
  readonly kube: KubeApi;
  readonly maestro: { readonly reader: WorkReader; readonly writer: WorkWriter };
  readonly backup: Backup;
  /** Told of retries and of lost answers that are read back. */
  readonly onNotice: (text: string) => void;
}

/** One write of a handover. */
export type StepName =
  | 'switch-cluster'
  | 'release-cluster'
  | 'publish-bundle'
  | 'stamp-bundle'
  | 'orphan-bundle'
  | 'delete-bundle'
  | 'clear-bundle'
  | 'create-work'
  | 'mark-work'
  | 'orphan-work'
  | 'restore-work'
  | 'delete-work'
  | 'clear-work'
  | 'clear-conditions'
  | 'make-probe'
  | 'delete-probe';

/** How it ended for one application. */
export interface ApplicationResult {
  readonly cluster: string;
  /** `<namespace>/<name>` on the hub. */
  readonly application: string;
  readonly bundleId: string;
  /** Name of its classic work, when there is or was one. */
  readonly classicWork?: string;
  /**
   * `done`: the goal is reached. `parked`: something about it stands in the way. `pending`: it was sent, and the end of
   * the time or a signal came before the goal. `failed`: it could not be carried out. `not-begun`: nothing was sent,
   * because no more was to be begun. `planned`: what a dry run would do.
   */
  readonly outcome: 'done' | 'parked' | 'pending' | 'failed' | 'not-begun' | 'planned';
  /** `BothOwn`, `HandedOver`, `RolledBack`; why it is parked; an error's reason; the step that a dry run would take. */
  readonly reason: DoneReason | 'NotBegun' | ParkReason | StepName | (string & {});
  /** A sentence. */
  readonly text: string;
  /** Of the Application on the cluster; absent where nothing has told it yet. */
  readonly uidBefore?: string;
  readonly uidAfter?: string;
  readonly exitCode: ExitCode;
}

/** How it ended for one cluster. */
export interface ClusterResult {
  readonly cluster: string;
  readonly applications: readonly ApplicationResult[];
  /** Every application has reached the goal. */
  readonly done: boolean;
  /** Something was written in this run. */
  readonly wrote: boolean;
  /** All is through, and yet the cluster was not left to the controllers: a sentence that says why. */
  readonly heldBack?: string;
  /** What kept the whole cluster from being gone on with. */
  readonly error?: MaestroError;
}

/** What is told while a plan is carried out, in the order in which it happens. */
export type HandoverEvent =
  | { readonly kind: 'stageBegun'; readonly stage: Stage<PlannedCluster> }
  | { readonly kind: 'stageEnded'; readonly stage: Stage<PlannedCluster>; readonly failed: number }
  /** A write was taken. Steps of a cluster, and of probes, have no application. */
  | { readonly kind: 'step'; readonly cluster: string; readonly application?: string; readonly step: StepName }
  /** What a cluster waits for has changed; a sentence. */
  | { readonly kind: 'waiting'; readonly cluster: string; readonly text: string }
  | { readonly kind: 'application'; readonly result: ApplicationResult }
  /** A cluster has ended; `left` more are to come. */
  | { readonly kind: 'cluster'; readonly result: ClusterResult; readonly left: number };

/** How the whole of it ended. */
export interface HandoverEnd {
  /** Why it ended before all was begun. */
  readonly stoppedBy?: string;
  /** Names of the clusters that were not begun with. */
  readonly notBegun: readonly string[];
}
