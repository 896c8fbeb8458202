import type { Clock } from '../../io/clock.ts';
import type { MaestroError } from '../../errors.ts';
import type { KubeApi } from './kube-api.ts';

export interface ElectionOptions {
  readonly namespace: string;
  readonly name: string;
  /** Of this process and no other, also after a restart: pod name and something random. */
  readonly identity: string;
  /** How long the lease counts after its last renewal; 15,000 when absent. */
  readonly leaseMs?: number;
  /** The lead ends when no renewal succeeded for so long; 10,000 when absent. */
  readonly renewMs?: number;
  /** Between two tries; 2,000 when absent. */
  readonly retryMs?: number;
}

export interface ElectionDeps {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** 0 ≤ x < 1, for jitter. */
  readonly random: () => number;
  readonly onProblem?: (error: MaestroError) => void;
}

export interface ElectionState {
  readonly leading: boolean;
  /** As last read; '' when nobody holds it, undefined before the first answer. */
  readonly holder: string | undefined;
  /** How often this process became the leader. */
  readonly terms: number;
}

export interface Election {
  readonly state: ElectionState;
  /**
   * True when the last successful renewal was sent less than the lease's length
   * ago by this process's monotonic clock, so that nobody else can lead yet.
   * Ask before every delete: a stalled process finds out here first.
   */
  stillLeader(): boolean;
  /**
   * Competes for the lease and runs `lead` while holding it, again and again.
   * The lead's signal aborts when a renewal is overdue or another took over, and
   * the next try waits until `lead` has come back. When `signal` aborts, the
   * lead's signal aborts too, the lease is renewed until `lead` has come back
   * (it may flush), and is then released. When `lead` comes back or throws by
   * itself, the lease is released and `run` ends the same way.
   */
  run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void>;
}

export declare function createElection(options: ElectionOptions, deps: ElectionDeps): Election;
