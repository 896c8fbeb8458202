import { counted } from '../../../core/text.ts';
import { shortfallOf, type ShortfallKind } from '../../../core/outcome/shortfall.ts';
import type { WorkOutcome } from '../../../core/outcome/outcome.ts';
import type { FleetSummary } from '../../../output/outcome.ts';

/** What is counted. */
type SummaryKind = Exclude<keyof FleetSummary, 'works' | 'consumers' | 'notFinished'>;

/** Kinds of what became of works, with what people read of each, in the order of the summary. */
type Texts<Kind extends string> = Readonly<Record<Kind, string>>;

/** What became of the works of a fleet, counted as they come, for the summary. */
export class OutcomeTally<Kind extends SummaryKind, Done extends SummaryKind = never> {
  readonly #ends: Counts<Kind | Shared>;
  readonly #kindOf: (outcome: WorkOutcome) => Kind;
  readonly #done:
    { readonly counts: Counts<Done>; readonly kindOf: (outcome: WorkOutcome) => Done | undefined } | undefined;
  #works = 0;

  /**
   * @param texts the kinds of success
   * @param kindOf which of them an outcome is that did not fail
   * @param done what was done to the works, where that says nothing of how they ended: with a wait, what was written
   */
  constructor(
    texts: Texts<Kind>,
    kindOf: (outcome: WorkOutcome) => Kind,
    done?: { readonly texts: Texts<Done>; readonly kindOf: (outcome: WorkOutcome) => Done | undefined },
  ) {
    this.#ends = new Counts({ ...texts, ...sharedTexts });
    this.#kindOf = kindOf;
    this.#done = done === undefined ? undefined : { counts: new Counts(done.texts), kindOf: done.kindOf };
  }

  add(outcome: WorkOutcome): void {
    this.#works += 1;
    this.#ends.add(shortfallOf(outcome) ?? this.#kindOf(outcome));
    const done = this.#done?.kindOf(outcome);
    if (done !== undefined) this.#done?.counts.add(done);
  }

  /**
   * `12 works on 12 consumers: 10 Applied, 1 failed, 1 silent (11 created, 1 unchanged)`
   *
   * @param more what else is to be said
   */
  text(consumers: number, more: readonly string[] = []): string {
    const done = this.#done?.counts.texts() ?? [];
    const behind = done.length === 0 ? '' : ` (${done.join(', ')})`;
    return `${counted(this.#works, 'work')} on ${counted(consumers, 'consumer')}: ${[...this.#ends.texts(), ...more].join(', ')}${behind}`;
  }

  /**
   * The machine form: `{works: 12, consumers: 12, met: 10, …, failed: 1, pending: 0, silent: 1, notFinished: 1,
   * notBegun: 0}`.
   */
  value(consumers: number): FleetSummary {
    const ends = this.#ends.value();
    const notFinished = ends.pending + ends.failing + ends.silent;
    return { works: this.#works, consumers, ...this.#done?.counts.value(), ...ends, notFinished };
  }
}

class Counts<Kind extends string> {
  readonly #texts: Texts<Kind>;
  readonly #counts = new Map<Kind, number>();

  constructor(texts: Texts<Kind>) {
    this.#texts = texts;
  }

  add(kind: Kind): void {
    this.#counts.set(kind, this.of(kind) + 1);
  }

  of(kind: Kind): number {
    return this.#counts.get(kind) ?? 0;
  }

  texts(): readonly string[] {
    return this.#kinds().flatMap((kind) => (this.of(kind) === 0 ? [] : [`${this.of(kind)} ${this.#texts[kind]}`]));
  }

  value(): Readonly<Record<Kind, number>> {
    return Object.fromEntries(this.#kinds().map((kind) => [kind, this.of(kind)])) as Readonly<Record<Kind, number>>;
  }

  #kinds(): readonly Kind[] {
    return Object.keys(this.#texts) as Kind[];
  }
}

const sharedTexts = {
  failed: 'failed',
  failing: 'failing',
  pending: 'pending',
  silent: 'silent',
  notBegun: 'not begun',
} as const satisfies Texts<ShortfallKind>;
type Shared = keyof typeof sharedTexts;
