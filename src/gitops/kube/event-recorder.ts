import type { Clock } from '../../io/clock.ts';
import type { MaestroError } from '../../errors.ts';
import type { KubeApi } from './kube-api.ts';

/** The object an Event is about. */
export interface EventSubject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

export interface EventNote {
  readonly regarding: EventSubject;
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, at most 128 characters. */
  readonly reason: string;
  /** What was being done, CamelCase: `Publish`. */
  readonly action: string;
  /** For people; cut to 1 KiB. */
  readonly note: string;
}

export interface EventRecorderOptions {
  /** Such as `maestro-cli.hyperfleet.io/gitops`. */
  readonly reportingController: string;
  /** Pod name; cut to 128 characters. */
  readonly reportingInstance: string;
}

export interface EventRecorderDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for names. */
  readonly random: () => number;
  readonly onProblem?: (error: MaestroError) => void;
}

export interface EventRecorder {
  /** Never throws and never waits: an Event told in the last 10 min, or one too many, is counted and dropped. */
  record(event: EventNote): void;
  readonly counts: { readonly sent: number; readonly repeated: number; readonly dropped: number; readonly failed: number };
  /** Stops taking Events and waits for those under way, until the signal aborts. */
  close(signal: AbortSignal): Promise<void>;
}

export declare function createEventRecorder(options: EventRecorderOptions, deps: EventRecorderDeps): EventRecorder;
