import { KeptOutcomes } from '../../../operations/kept-outcomes.ts';
import type { WorkOutcome, WorkOutcomes } from '../../../core/outcome/outcome.ts';

/**
 * The outcomes of a fleet in the order of its consumers and works, whatever
 * order they come in: each is passed on as soon as those before it are known,
 * so that only those that overtook another one wait here.
 */
export class FleetOutcomes {
  readonly #keys: Iterator<string, void>;
  readonly #waiting = new Map<string, WorkOutcome>();
  readonly #kept: KeptOutcomes;
  readonly #onNext: (outcome: WorkOutcome) => void;
  #next: string | undefined;

  /**
   * @param keys `CONSUMER/NAME` of each work, in order
   * @param total how many there are
   * @param onNext told of each outcome when its turn comes
   */
  constructor(keys: Iterable<string>, total: number, onNext: (outcome: WorkOutcome) => void) {
    this.#keys = keys[Symbol.iterator]() as Iterator<string, void>;
    this.#kept = new KeptOutcomes(total);
    this.#onNext = onNext;
    this.#advance();
  }

  add(outcome: WorkOutcome): void {
    this.#waiting.set(`${outcome.consumer}/${outcome.manifestWorkName}`, outcome);
    while (this.#next !== undefined && this.#pass(this.#next)) this.#advance();
  }

  /** All of them, those too that wait for one that never came. */
  end(): WorkOutcomes {
    for (; this.#next !== undefined; this.#advance()) this.#pass(this.#next);
    return this.#kept;
  }

  #pass(key: string): boolean {
    const outcome = this.#waiting.get(key);
    if (outcome === undefined) return false;
    this.#waiting.delete(key);
    this.#kept.add(outcome);
    this.#onNext(outcome);
    return true;
  }

  #advance(): void {
    const { done, value } = this.#keys.next();
    this.#next = done === true ? undefined : value;
  }
}
