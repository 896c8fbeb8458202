import { counted } from '../../../core/text.ts';
import { isUnfinished, type WorkOutcome } from '../../../operations/outcome.ts';

/** What became of the works of a fleet, counted as they come, for the summary of apply and delete. */
export class OutcomeTally<Kind extends string> {
  readonly #texts: Readonly<Record<Kind, string>>;
  readonly #kindOf: (outcome: WorkOutcome) => Kind;
  readonly #counts = new Map<Kind | Shared, number>();
  #works = 0;

  /**
   * @param texts the kinds of success, in the order of the summary, as people read them
   * @param kindOf which of them an outcome is that did not fail
   */
  constructor(texts: Readonly<Record<Kind, string>>, kindOf: (outcome: WorkOutcome) => Kind) {
    this.#texts = texts;
    this.#kindOf = kindOf;
  }

  add(outcome: WorkOutcome): void {
    const kind = sharedKindOf(outcome) ?? this.#kindOf(outcome);
    this.#works += 1;
    this.#counts.set(kind, (this.#counts.get(kind) ?? 0) + 1);
  }

  /** `12 works on 12 consumers: 10 created, 1 failed, 1 not finished`; @param more what else is to be said */
  text(consumers: number, more: readonly string[] = []): string {
    const kinds = Object.entries({ ...this.#texts, ...sharedTexts }) as [Kind | Shared, string][];
    const parts = kinds.flatMap(([kind, text]) => (this.#counts.has(kind) ? [`${this.#counts.get(kind)} ${text}`] : []));
    return `${counted(this.#works, 'work')} on ${counted(consumers, 'consumer')}: ${[...parts, ...more].join(', ')}`;
  }

  /** The machine form: `{works: 12, consumers: 12, created: 10, …, failed: 1, notFinished: 1, notBegun: 0}`. */
  value(consumers: number): Readonly<Record<string, number>> {
    const kinds = Object.keys({ ...this.#texts, ...sharedTexts }) as (Kind | Shared)[];
    return { works: this.#works, consumers, ...Object.fromEntries(kinds.map((kind) => [kind, this.#counts.get(kind) ?? 0])) };
  }
}

const sharedTexts = { failed: 'failed', notFinished: 'not finished', notBegun: 'not begun' } as const;
type Shared = keyof typeof sharedTexts;

/** A wait that a signal or the time ended has not failed: Maestro has the work, and nobody knows yet. */
function sharedKindOf(outcome: WorkOutcome): Shared | undefined {
  if (outcome.reason === 'NotBegun') return 'notBegun';
  if (isUnfinished(outcome)) return 'notFinished';
  return outcome.exitCode === 0 ? undefined : 'failed';
}
