import { MaestroError } from '../../errors.ts';
import type { KeyRotation, StandInAccess } from '../options.ts';
import type { Scheduler } from '../time.ts';
import type { Access, AccessKeys } from './access.ts';

/** Whose keys a stand-in takes. */
export type KeysTaken = 'old' | 'both' | 'new';

/** Gives a stand-in other certificates and another token while it serves. */
export class Rotator {
  readonly #options: StandInAccess;
  readonly #access: Access;
  readonly #scheduler: Scheduler;
  readonly #wallMs: () => number;
  #underWay = false;
  #taken: KeysTaken = 'new';

  constructor(options: StandInAccess, access: Access, scheduler: Scheduler, wallMs: () => number) {
    this.#options = options;
    this.#access = access;
    this.#scheduler = scheduler;
    this.#wallMs = wallMs;
  }

  /** Of the keys that were made last, and of those before. */
  get taken(): KeysTaken {
    return this.#taken;
  }

  /** Ends once the new files are written. */
  async rotate({ takesAfterMs = 0, refusesAfterMs = takesAfterMs }: KeyRotation): Promise<void> {
    const old = this.#access.keys;
    if (old === undefined) throw new MaestroError('usage', 'who takes everybody has no keys to rotate');
    if (refusesAfterMs < takesAfterMs)
      throw new MaestroError('usage', 'the old keys are refused before the new ones are taken');
    if (this.#underWay) throw new MaestroError('usage', 'a rotation is under way');
    this.#underWay = true;
    let fresh: AccessKeys;
    try {
      const { issueKeys } = await import('./certificates.ts');
      fresh = (await issueKeys(this.#options, this.#wallMs(), old)).keys;
    } catch (error) {
      this.#underWay = false;
      throw error;
    }
    this.#taken = 'old';
    const take = (taken: KeysTaken, keys: AccessKeys): void => {
      this.#access.take(keys);
      this.#taken = taken;
      this.#underWay = taken !== 'new';
    };
    if (refusesAfterMs > takesAfterMs) this.#after(takesAfterMs, () => take('both', both(old, fresh)));
    this.#after(refusesAfterMs, () => take('new', fresh));
  }

  #after(ms: number, callback: () => void): void {
    if (ms === 0) callback();
    else this.#scheduler.after(ms, callback);
  }
}

/** The server still shows its old certificate, which clients of the old CA trust. */
function both(old: AccessKeys, fresh: AccessKeys): AccessKeys {
  const clientCa = fresh.clientCa === undefined ? {} : { ca: [fresh.clientCa, old.clientCa ?? ''] };
  return {
    ...old,
    grpcTls: { ...old.grpcTls, ...clientCa },
    tokens: new Map([...old.tokens, ...fresh.tokens]),
  };
}
