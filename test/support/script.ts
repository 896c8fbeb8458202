/** What is asked for at the end of each test. */
interface Scripted {
  /** What was not used, one text each. */
  left(): readonly string[];
}

const open = new Set<Scripted>();

/** Lets the end of the running test ask whether all was used. */
export function verifyAtEnd(scripted: Scripted): void {
  open.add(scripted);
}

/** What the test that ends has not used of its scripts, which are forgotten. */
export function takeLeftovers(): readonly string[] {
  const left = [...open].flatMap((scripted) => scripted.left());
  open.clear();
  return left;
}

/**
 * Answers that a fake gives, one after the other. A test that leaves some has
 * not asked what it thinks it asks: it fails (`verify-scripts.ts`).
 */
export class Script<Step> implements Scripted {
  readonly #name: string;
  readonly #steps: Step[] = [];
  #forEver: (() => Step) | undefined;
  #mayBeLeft = false;

  constructor(name: string) {
    this.#name = name;
  }

  get length(): number {
    return this.#forEver === undefined ? this.#steps.length : Number.POSITIVE_INFINITY;
  }

  push(...steps: readonly Step[]): void {
    this.#steps.push(...steps);
    verifyAtEnd(this);
  }

  /** From when the other steps are used up, for ever. */
  always(step: () => Step): void {
    this.#forEver = step;
  }

  shift(): Step | undefined {
    return this.#steps.length === 0 ? this.#forEver?.() : this.#steps.shift();
  }

  /** Takes the first that fits. */
  take(fits: (step: Step) => boolean): Step | undefined {
    const at = this.#steps.findIndex(fits);
    return at === -1 ? undefined : this.#steps.splice(at, 1)[0];
  }

  /** Some may be left, for the reason that is given: only where a race decides how many are used. */
  unused(_why: string): void {
    this.#mayBeLeft = true;
  }

  left(): readonly string[] {
    return this.#mayBeLeft ? [] : this.#steps.map((step) => `${this.#name}: ${textOf(step)}`);
  }
}

function textOf(step: unknown): string {
  if (step instanceof Error) return step.message;
  return typeof step === 'function' ? 'a step' : (JSON.stringify(step) ?? 'undefined').slice(0, 200);
}
