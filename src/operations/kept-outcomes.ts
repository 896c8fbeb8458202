import type { WorkOutcome, WorkOutcomes } from '../core/outcome/outcome.ts';

/** From so many works on a result file has no room for their resources and conditions, however short they are. */
export const mostDetailed = 5_000;

/** What works that came out the same way have in common: all but their names and ids. */
interface Shape extends Omit<WorkOutcome, 'manifestWorkName' | 'consumer' | 'message' | 'id'> {
  /** The message behind `ManifestWork NAME on CONSUMER`. */
  readonly rest: string;
}

interface Short {
  readonly manifestWorkName: string;
  readonly consumer: string;
  readonly id: string | undefined;
  readonly shape: Shape;
}

/**
 * The outcomes of a fleet, to the end of the run. Up to `mostDetailed` works
 * they are kept as they are. Of a larger fleet those that did not fail are kept
 * short, some 100 bytes each, without resources and conditions, and made whole
 * when they are read; those that failed keep all.
 */
export class KeptOutcomes implements WorkOutcomes {
  readonly #kept: (WorkOutcome | Short)[] = [];
  readonly #shapes = new Map<string, Shape>();
  readonly #shortens: boolean;
  #shortened = false;

  /** @param total how many there will be */
  constructor(total: number) {
    this.#shortens = total > mostDetailed;
  }

  get length(): number {
    return this.#kept.length;
  }

  get shortened(): boolean {
    return this.#shortened;
  }

  add(outcome: WorkOutcome): void {
    const short = this.#shortens ? this.#short(outcome) : undefined;
    this.#kept.push(short ?? outcome);
  }

  *[Symbol.iterator](): Generator<WorkOutcome, void> {
    for (const kept of this.#kept) yield 'shape' in kept ? whole(kept) : kept;
  }

  #short({
    manifestWorkName,
    consumer,
    id,
    message,
    resources,
    conditions,
    error,
    ...rest
  }: WorkOutcome): Short | undefined {
    const about = prefix(manifestWorkName, consumer);
    if (error !== undefined || !message.startsWith(about)) return undefined;
    if (resources !== undefined || conditions !== undefined) this.#shortened = true;
    const made: Shape = { ...rest, rest: message.slice(about.length) };
    const key = JSON.stringify(made);
    const shape = this.#shapes.get(key) ?? made;
    if (shape === made) this.#shapes.set(key, made);
    return { manifestWorkName, consumer, id: id === undefined ? undefined : copied(id), shape };
  }
}

/**
 * A string that was put together holds its parts, and those what they were cut from: five times what its copy takes.
 */
function copied(text: string): string {
  return Buffer.from(text).toString();
}

function whole({ manifestWorkName, consumer, id, shape: { rest, ...common } }: Short): WorkOutcome {
  return {
    manifestWorkName,
    consumer,
    ...(id === undefined ? {} : { id }),
    ...common,
    message: `${prefix(manifestWorkName, consumer)}${rest}`,
  };
}

function prefix(name: string, consumer: string): string {
  return `ManifestWork ${name} on ${consumer}`;
}
