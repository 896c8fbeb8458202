import type { JsonObject } from '../../core/json.ts';
import type { MaestroError } from '../../errors.ts';
import type { Clock } from '../../io/clock.ts';
import type { KubeApi, ResourcePath } from './kube-api.ts';

/**
 * - `upsert`: the object as the server has it, after every change and after
 *   every list, changed or not.
 * - `gone`: no longer among the selected ones. `deleted` comes from the watch,
 *   also when only the label went, with the object as it was last seen (`item`);
 *   `missing` from a complete list. GET again before treating it as deleted.
 * - `sweep`: before the `gone` events of a complete list that lacks some we
 *   knew, so that the receiver can put its brake on: `listed` 0 after a
 *   `known` of thousands is more likely a fault than a wish.
 * - `synced`: a complete list has been told.
 */
export type ReflectorEvent<T> =
  | { readonly kind: 'upsert'; readonly key: string; readonly item: T }
  | { readonly kind: 'gone'; readonly key: string; readonly why: 'deleted' | 'missing'; readonly item?: T }
  | { readonly kind: 'sweep'; readonly listed: number; readonly known: number; readonly missing: number }
  | { readonly kind: 'synced'; readonly listed: number; readonly known: number; readonly missing: number };

export interface ReflectorOptions<T> {
  readonly path: ResourcePath;
  readonly namespace?: string;
  readonly labelSelector?: string;
  /**
   * What is kept of an object; undefined leaves it out (and is `gone` when it
   * was known). One that throws is counted and logged, and what was known stays.
   */
  readonly project: (object: JsonObject) => T | undefined;
  /** `<namespace>/<name>` when absent, `<name>` for cluster-scoped kinds. */
  readonly keyOf?: (object: JsonObject) => string;
  /** Called synchronously, in the server's order. What it throws ends the reflector. */
  readonly handler: (event: ReflectorEvent<T>) => void;
  readonly pageSize?: number;
  /** 300 when absent; the watch asked for is up to half as long again. */
  readonly watchSeconds?: number;
  /** 90,000 when absent. */
  readonly silenceMs?: number;
}

export interface ReflectorDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  readonly onProblem?: (problem: ReflectorProblem) => void;
}

/** Something to log and count; the reflector goes on by itself. */
export type ReflectorProblem =
  | { readonly kind: 'refused'; readonly key: string; readonly error: MaestroError }
  | { readonly kind: 'list-failed' | 'watch-failed' | 'expired'; readonly error: MaestroError; readonly retryInMs: number };

/** Live, for health checks and metrics; read it, never keep a copy. */
export interface ReflectorState {
  /** A complete list has been told at least once. */
  readonly synced: boolean;
  readonly watching: boolean;
  /** Objects known now. */
  readonly items: number;
  /** Monotonic time of the last page, event or bookmark; undefined before the first. */
  readonly lastEventMs: number | undefined;
  /** Complete lists. */
  readonly lists: number;
  /** Watches opened after the first. */
  readonly restarts: number;
  readonly refused: number;
  readonly failures: number;
  readonly lastError: MaestroError | undefined;
}

export interface Reflector {
  readonly state: ReflectorState;
  /** Runs until the signal aborts, then resolves. Rejects only when the handler threw. */
  run(signal: AbortSignal): Promise<void>;
}

export declare function reflect<T>(options: ReflectorOptions<T>, deps: ReflectorDeps): Reflector;
