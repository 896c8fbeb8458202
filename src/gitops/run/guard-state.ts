import type { EventSubject } from '../kube/event-recorder.ts';

/** Why nothing may be written; a closed set, shown as a metric's label and an Event's reason. */
export type GuardReason =
  /** Nobody has looked yet. */
  | 'Unchecked'
  /** The classic pull model runs. */
  | 'ClassicRunning'
  /** The Go controllers for Maestro run. */
  | 'GoControllersRunning'
  /** `pullModel.maestro.disabled` is set. */
  | 'Disabled'
  /** The ConfigMap that may hold that switch cannot be read as YAML. */
  | 'BadConfig'
  /** We may not look, and nobody said that it does not matter. */
  | 'MayNotLook'
  /** We could not look for so long that the last look says nothing any more. */
  | 'LookFailed';

/** One look's answer. While blocked: no publish, no deletion, no write to the hub; reading goes on. */
export type GuardState =
  | { readonly blocked: false }
  | {
      readonly blocked: true;
      readonly reason: GuardReason;
      readonly message: string;
      /** What blocks, when it is an object of the hub. */
      readonly about?: EventSubject;
    };

/** Asked before every write; never waits. */
export interface Guard {
  current(): GuardState;
  /** Told of each change; returns how to stop being told. */
  onChange(listener: (state: GuardState) => void): () => void;
}
