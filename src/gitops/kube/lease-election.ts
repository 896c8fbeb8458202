import { MaestroError } from '../../errors.ts';
import { slept } from '../../clock.ts';
import type { CallerDeps } from './kube-api.ts';
import { LeaseRecord } from './lease-record.ts';

export interface ElectionOptions {
  readonly namespace: string;
  readonly name: string;
  /** Of this process and no other, also after a restart: pod name and something random. */
  readonly identity: string;
  /** How long the lease counts after its last renewal. */
  readonly leaseMs: number;
  /** The lead ends when no renewal succeeded for so long. */
  readonly renewMs: number;
  /** Between two tries. */
  readonly retryMs: number;
}

export interface ElectionState {
  readonly leading: boolean;
  /** As last read; '' when nobody holds it, undefined before the first answer. */
  readonly holder: string | undefined;
  /** How often this process became the leader. */
  readonly terms: number;
}

export type Election = Pick<LeaseElection, 'state' | 'stillLeader' | 'run'>;

/** Waits between tries are up to so much longer, so that candidates do not march in step. */
const jitter = 0.2;
/** For giving the lease back; after that it runs out by itself. */
const releaseMs = 5_000;

/**
 * Leader election on a Lease, by the rules of the Kubernetes clients: a lease
 * counts from the moment this process saw it change, by this process's clock;
 * clocks of two machines are never compared. Writes carry the resource version,
 * so that of two candidates one gets a conflict.
 *
 * @throws MaestroError usage for times that cannot hold: retry < renew < lease is needed
 */
export function createElection(options: ElectionOptions, deps: CallerDeps): Election {
  const { leaseMs, renewMs, retryMs } = options;
  if (leaseMs < 1000 || renewMs >= leaseMs || retryMs * (1 + jitter) >= renewMs) {
    throw new MaestroError('usage', 'the times of the leader election cannot hold', {
      hint: 'Lease > renewal > 1.2 × retry, and the lease a second or more.',
    });
  }
  return new LeaseElection(options, deps);
}

class LeaseElection {
  readonly #times: Pick<ElectionOptions, 'leaseMs' | 'renewMs' | 'retryMs'>;
  readonly #deps: CallerDeps;
  readonly #record: LeaseRecord;
  #leading = false;
  #terms = 0;
  /** When the renewal that last succeeded was sent; nobody can have seen it earlier. */
  #renewedMs = Number.NEGATIVE_INFINITY;

  constructor(options: ElectionOptions, deps: CallerDeps) {
    this.#times = options;
    this.#deps = deps;
    this.#record = new LeaseRecord(options, deps);
  }

  get state(): ElectionState {
    return { leading: this.stillLeader(), holder: this.#record.holder, terms: this.#terms };
  }

  /**
   * True when the last successful renewal was sent less than the lease's length
   * ago by this process's monotonic clock, so that nobody else can lead yet.
   * Ask before every delete: a stalled process finds out here first.
   */
  stillLeader(): boolean {
    return this.#leading && this.#deps.clock.monotonicMs() - this.#renewedMs < this.#times.leaseMs;
  }

  /**
   * Competes for the lease and runs `lead` while holding it, again and again.
   * The lead's signal aborts when a renewal is overdue or another took over, and
   * the next try waits until `lead` has come back. When `signal` aborts, the
   * lead's signal aborts too, the lease is renewed until `lead` has come back
   * (it may flush), and is then released. When `lead` comes back or throws by
   * itself, the lease is released and `run` ends the same way.
   */
  async run(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<void> {
    while (!signal.aborted) {
      if (!(await this.#acquire(signal))) return;
      const ending = await this.#reign(signal, lead);
      if (ending === 'done') return;
    }
  }

  /** True when the lease is ours, false when the signal aborted first. */
  async #acquire(signal: AbortSignal): Promise<boolean> {
    while (!signal.aborted) {
      if (await this.#try(signal, this.#deps.clock.monotonicMs() + this.#times.renewMs)) {
        // The abort may have come while the answer was on its way.
        if (!signal.aborted) return true;
        await this.#release();
        return false;
      }
      await slept(this.#deps.clock, this.#times.retryMs * (1 + jitter * this.#deps.random()), signal);
    }
    return false;
  }

  async #try(signal: AbortSignal, deadlineMs: number): Promise<boolean> {
    const sentMs = this.#deps.clock.monotonicMs();
    try {
      const held = await this.#record.acquireOrRenew({ signal, deadlineMs });
      if (held) this.#renewedMs = sentMs;
      return held;
    } catch (error) {
      if (!signal.aborted) this.#deps.onProblem?.(MaestroError.from(error));
      return false;
    }
  }

  /** Leads until the lead comes back by itself, is stopped, or the lease is lost. */
  async #reign(signal: AbortSignal, lead: (signal: AbortSignal) => Promise<void>): Promise<'done' | 'lost'> {
    const losing = new AbortController();
    const renewing = new AbortController();
    const leading = AbortSignal.any([signal, losing.signal]);
    this.#leading = true;
    this.#terms += 1;
    const lost = this.#keepRenewing(renewing.signal).then((isLost) => {
      if (isLost) {
        this.#leading = false;
        losing.abort(
          new MaestroError('unavailable', 'the lease is lost: another process may lead', { transient: true }),
        );
      }
      return isLost;
    });
    try {
      await lead(leading);
    } catch (error) {
      // A lead that was told to stop may say so by throwing.
      if (!leading.aborted) throw error;
    } finally {
      renewing.abort();
      if (!(await lost)) await this.#release();
      this.#leading = false;
    }
    return (await lost) && !signal.aborted ? 'lost' : 'done';
  }

  /** Renews until aborted (false), or until it failed for too long or another holds the lease (true). */
  async #keepRenewing(signal: AbortSignal): Promise<boolean> {
    const { clock, random } = this.#deps;
    const { retryMs, renewMs } = this.#times;
    while (!signal.aborted) {
      const leftMs = this.#renewedMs + renewMs - clock.monotonicMs();
      if (!(await slept(clock, Math.min(leftMs, retryMs * (1 + jitter * random())), signal))) break;
      const deadlineMs = this.#renewedMs + renewMs;
      if (clock.monotonicMs() >= deadlineMs) return true;
      const held = await this.#try(signal, deadlineMs);
      if (!held && !signal.aborted && this.#record.isHeldByAnother) return true;
    }
    return false;
  }

  async #release(): Promise<void> {
    const { clock, onProblem } = this.#deps;
    this.#leading = false;
    try {
      await this.#record.release({ signal: new AbortController().signal, deadlineMs: clock.monotonicMs() + releaseMs });
    } catch (error) {
      onProblem?.(MaestroError.from(error));
    }
  }
}
