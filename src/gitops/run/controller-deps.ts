import type { StatusSubscriber, WorkReader, WorkWriter } from '../../clients/index.ts';
import type { Clock } from '../../clock.ts';
import type { EventRecorder } from '../kube/event-recorder.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import type { ControllerMetrics } from './controller-metrics.ts';
import type { Guard } from './guard-state.ts';
import type { Log } from './log.ts';
import type { ControllerSettings } from './settings.ts';

/** What the controllers work with while they lead. */
export interface ControllerDeps {
  readonly kube: KubeApi;
  readonly maestro: { readonly reader: WorkReader; readonly writer: WorkWriter; readonly subscriber: StatusSubscriber };
  readonly settings: ControllerSettings;
  /** From the settings, or the uid of kube-system: known before anything is published. */
  readonly hubId: string;
  readonly metrics: ControllerMetrics;
  readonly log: Log;
  readonly clock: Clock;
  /** In [0, 1). */
  readonly random: () => number;
  readonly guard: Guard;
  readonly events: EventRecorder;
  /** Asked before every deletion; true for ever without an election. */
  readonly stillLeader: () => boolean;
  /** Given what `/livez` and `/readyz` look at when a term begins, and undefined when it ends. */
  readonly health: { attach(probe: HealthProbe | undefined): void };
}

/** Asked at each probe of `/livez` and `/readyz`; cheap, and live. */
export interface HealthProbe {
  /** Every watch of the hub has been listed once. */
  hubSynced(): boolean;
  /** All bundles have been read once. */
  maestroSynced(): boolean;
  /** The status stream stands. */
  streamLive(): boolean;
  /** Monotonic time of the last page, event or bookmark of the quietest hub watch; undefined before the first. */
  hubHeardMs(): number | undefined;
  /** Monotonic time at which the longest-running reconcile began; undefined when none runs. */
  oldestReconcileMs(): number | undefined;
}
