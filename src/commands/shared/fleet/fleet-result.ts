import type { Context } from '../../../context.ts';
import type { WorkOutcome, WorkOutcomes } from '../../../core/outcome/outcome.ts';
import { counted, listed } from '../../../core/text.ts';
import type { Budget } from '../../../operations/budget.ts';
import { ofMany, openProgressLine, type ProgressLine } from '../../../output/progress-line.ts';
import type { LogOptions, Reporter } from '../../../output/reporter.ts';
import { openWorksWriter, type WorksWriter } from '../../../output/works-writer.ts';
import { FleetOutcomes } from './fleet-outcomes.ts';
import type { OutcomeTally } from './outcome-tally.ts';

export interface FleetResultOptions {
  /** `CONSUMER/NAME` of each work, in order. */
  readonly keys: Iterable<string>;
  readonly total: number;
  readonly consumers: number;
  readonly tally: Pick<OutcomeTally<never>, 'add' | 'text' | 'value'>;
  readonly output: string;
  readonly log: LogOptions;
  /** Of a run that takes its time; without it none is told. */
  readonly budget?: Budget;
}

/** Where the outcomes of a fleet go: into the counts, the machine output, and what the end of the run looks at. */
export class FleetResult {
  readonly line: ProgressLine;
  /** What one work of many waits for is for -v. */
  readonly reporter: Reporter;
  /** Writes to standard output. */
  readonly print: (text: string) => void;
  readonly #options: FleetResultOptions;
  readonly #facts: Context['facts'];
  readonly #outcomes: FleetOutcomes;
  readonly #writer: WorksWriter | undefined;

  constructor(options: FleetResultOptions, context: Context, reporter: Reporter) {
    this.line = openProgressLine({ ...options, bar: true }, context, reporter);
    this.reporter = ofMany(reporter);
    this.print = (text) => context.stdout.write(text);
    this.#options = options;
    this.#facts = context.facts;
    this.#writer = options.output === 'json' ? openWorksWriter(this.print) : undefined;
    this.#outcomes = new FleetOutcomes(options.keys, options.total, (outcome) => this.#writer?.add(outcome));
  }

  /** The one outcome of a work. */
  add(outcome: WorkOutcome): void {
    this.#options.tally.add(outcome);
    this.#outcomes.add(outcome);
  }

  /** What no work was begun for, and why. */
  warnOfStop(notBegun: readonly { readonly consumer: string }[], why: string): void {
    const consumers = [...new Set(notBegun.map(({ consumer }) => consumer))];
    this.reporter.warn(
      `stopped, because ${why}: ${counted(notBegun.length, 'work')} not begun, on ${listed(consumers)}`,
    );
  }

  /**
   * Prints the summary, and ends the machine output.
   *
   * @param more what else the summary says
   */
  end(more: readonly string[] = []): WorkOutcomes {
    const { tally, consumers } = this.#options;
    const works = this.#outcomes.end();
    this.line.end();
    this.reporter.info(tally.text(consumers, more));
    this.#writer?.end({ summary: tally.value(consumers), run: this.#facts?.() });
    return works;
  }
}
