import { canonicalJson } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { MaestroError, type ErrorCode } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { leases } from './hub-kinds.ts';
import type { CallOptions, KubeApi } from './kube-api.ts';
import { microTime } from './micro-time.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';

export interface LeaseTerms {
  readonly namespace: string;
  readonly name: string;
  readonly identity: string;
  readonly leaseMs: number;
}

/** One Lease as this process sees it, and the two writes that election makes. */
export class LeaseRecord {
  readonly #terms: LeaseTerms;
  readonly #api: KubeApi;
  readonly #clock: Clock;
  #lease: JsonObject | undefined;
  #seenSpec: string | undefined;
  /** When the spec was last seen to change, by the local monotonic clock. */
  #changedMs = 0;

  constructor(terms: LeaseTerms, deps: { readonly api: KubeApi; readonly clock: Clock }) {
    this.#terms = terms;
    this.#api = deps.api;
    this.#clock = deps.clock;
  }

  /** '' when nobody holds it, undefined before the first answer. */
  get holder(): string | undefined {
    return this.#lease === undefined ? undefined : textAt(objectAt(this.#lease, 'spec'), 'holderIdentity');
  }

  get isHeldByAnother(): boolean {
    const { holder } = this;
    return holder !== undefined && holder !== '' && holder !== this.#terms.identity;
  }

  /**
   * True when the lease is ours until `leaseMs` from the call on; false when
   * another holds it or was faster. Rejects with a MaestroError when the hub
   * does not answer; the lease may be ours then.
   */
  async acquireOrRenew(options: CallOptions): Promise<boolean> {
    // While it is ours nobody else writes it, so the usual renewal needs no reading.
    if (this.#lease !== undefined && this.holder === this.#terms.identity && (await this.#put(options))) return true;
    const found = await this.#api.get(leases, this.#ref, options);
    if (found === undefined) return this.#create(options);
    this.#observe(found);
    if (this.isHeldByAnother && this.#clock.monotonicMs() - this.#changedMs < this.#lengthMs) return false;
    return this.#put(options);
  }

  /** Gives the lease back when it is ours. */
  async release(options: CallOptions): Promise<void> {
    if (this.#lease === undefined || this.holder !== this.#terms.identity) return;
    if (await this.#giveBack(options)) return;
    // A renewal that was given up may have been carried out all the same.
    const found = await this.#api.get(leases, this.#ref, options);
    if (found === undefined) return;
    this.#observe(found);
    if (this.holder === this.#terms.identity) await this.#giveBack(options);
  }

  async #giveBack(options: CallOptions): Promise<boolean> {
    const now = microTime(this.#clock.wallMs());
    // One second, as the other clients do: whoever looks only at the times sees it expired as well.
    const times = { leaseDurationSeconds: 1, renewTime: now, acquireTime: now };
    return this.#write({ ...objectAt(this.#lease ?? {}, 'spec'), holderIdentity: '', ...times }, options);
  }

  get #ref(): { readonly namespace: string; readonly name: string } {
    return { namespace: this.#terms.namespace, name: this.#terms.name };
  }

  /** As long as its holder said, for that may be another version with other times. */
  get #lengthMs(): number {
    const seconds = this.#lease === undefined ? undefined : objectAt(this.#lease, 'spec')['leaseDurationSeconds'];
    return typeof seconds === 'number' && seconds > 0 ? seconds * 1000 : this.#terms.leaseMs;
  }

  #observe(lease: JsonObject): void {
    const spec = canonicalJson(objectAt(lease, 'spec'));
    if (spec !== this.#seenSpec) {
      this.#seenSpec = spec;
      this.#changedMs = this.#clock.monotonicMs();
    }
    this.#lease = lease;
  }

  async #put(options: CallOptions): Promise<boolean> {
    const spec = objectAt(this.#lease ?? {}, 'spec');
    const now = microTime(this.#clock.wallMs());
    const isOurs = textAt(spec, 'holderIdentity') === this.#terms.identity;
    const transitions = spec['leaseTransitions'];
    const count = typeof transitions === 'number' ? transitions : 0;
    return this.#write(
      {
        ...spec,
        ...this.#own(now),
        acquireTime: isOurs && textAt(spec, 'acquireTime') !== '' ? textAt(spec, 'acquireTime') : now,
        leaseTransitions: isOurs ? count : count + 1,
      },
      options,
    );
  }

  async #write(spec: JsonObject, options: CallOptions): Promise<boolean> {
    const written = this.#api.update(leases, this.#ref, { ...this.#lease, spec }, options);
    // Changed by another, or deleted: no error of election.
    return this.#unlessFaster(written, ['conflict', 'not-found']);
  }

  /** False when another was faster: then the lease has to be read again. */
  async #unlessFaster(written: Promise<JsonObject>, codes: readonly ErrorCode[]): Promise<boolean> {
    try {
      this.#observe(await written);
      return true;
    } catch (error) {
      if (error instanceof MaestroError && codes.includes(error.code)) return false;
      throw error;
    }
  }

  async #create(options: CallOptions): Promise<boolean> {
    const now = microTime(this.#clock.wallMs());
    const object: JsonObject = {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name: this.#terms.name, namespace: this.#terms.namespace },
      spec: { ...this.#own(now), acquireTime: now, leaseTransitions: 0 },
    };
    // Unlike in a change, "not found" means a missing namespace here.
    return this.#unlessFaster(this.#api.create(leases, this.#terms.namespace, object, options), ['conflict']);
  }

  #own(now: string): JsonObject {
    return {
      holderIdentity: this.#terms.identity,
      leaseDurationSeconds: Math.ceil(this.#terms.leaseMs / 1000),
      renewTime: now,
    };
  }
}
