import { groupReasons, type WorkReason } from '../../../core/outcome/grouped-reasons.ts';
import type { Budget } from '../../../operations/budget.ts';
import type { Context } from '../../../context.ts';
import type { WorkOutcome, WorkOutcomes } from '../../../core/outcome/outcome.ts';
import { isUnfinished } from '../../../core/outcome/outcome.ts';
import { oneLine } from '../../../core/shown-text.ts';
import { counted, listed } from '../../../core/text.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { FoundBundles, OwnBundle } from '../../../gitops/fleet-state/own-bundles.ts';
import { subjectOf, type FleetStateEvent } from '../../../gitops/fleet-state/rounds.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { FleetResult } from '../../shared/fleet/fleet-result.ts';
import { OutcomeTally } from '../../shared/fleet/outcome-tally.ts';
import type { FleetStateOptions } from './fleet-state-options.ts';

/** What is counted of bundles. */
export interface FleetStateWords {
  /** Of those that came where they are to be. */
  readonly met: string;
  /** Of those that were there before. */
  readonly unchanged: string;
  /** Reasons of the latter. */
  readonly already: readonly string[];
}

/** The bundles of one run, as they are printed while it goes on. */
export class FleetStateOutput {
  readonly #result: FleetResult;
  readonly #text: boolean;
  readonly #doing: string;
  readonly #total: number;
  readonly #unfinished = new Set<string>();
  readonly #waiting = new Map<string, WorkReason>();
  #done = 0;
  #failed = 0;

  constructor(
    found: FoundBundles,
    { words, ...options }: Pick<FleetStateOptions, 'output' | 'log' | 'dryRun'> & { readonly words: FleetStateWords },
    context: Context,
    { reporter, budget }: { readonly reporter: Reporter; readonly budget: Budget },
  ) {
    const { own } = found;
    const met = options.dryRun ? `would be ${words.met}` : words.met;
    this.#text = options.output === 'text';
    this.#doing = met;
    this.#total = own.length;
    this.#result = new FleetResult(
      {
        keys: own.map(({ consumer, name }) => `${consumer}/${name}`),
        total: own.length,
        consumers: new Set(own.map(({ consumer }) => consumer)).size,
        tally: new OutcomeTally({ met, unchanged: words.unchanged }, ({ reason }) =>
          words.already.includes(reason) ? 'unchanged' : 'met',
        ),
        output: options.output,
        log: options.log,
        budget,
      },
      context,
      reporter,
    );
  }

  get reporter(): Reporter {
    return this.#result.reporter;
  }

  print(text: string): void {
    if (this.#text) this.#result.print(text);
  }

  take(event: FleetStateEvent): void {
    if (event.kind === 'outcome') return this.#outcome(event.bundle, event.outcome);
    const line = `${subjectOf(event.bundle)}: ${event.text}`;
    this.reporter.progress(event.kind === 'step' ? line : `${subjectOf(event.bundle)}: waiting: ${event.text}`);
    const { id, consumer, name } = event.bundle;
    if (event.kind === 'waiting') this.#waiting.set(id, { consumer, name, message: event.text });
    this.#show();
  }

  #outcome(bundle: OwnBundle, outcome: WorkOutcome): void {
    this.#waiting.delete(bundle.id);
    if (outcome.exitCode === ExitCode.Done) {
      this.#done += 1;
      this.print(`${oneLine(outcome.message)} (version ${outcome.version})\n`);
    } else this.#failed += 1;
    if (isUnfinished(outcome)) this.#unfinished.add(bundle.consumer);
    this.#result.add(outcome);
    this.#show();
  }

  #show(): void {
    const failed = this.#failed === 0 ? '' : ` · ${this.#failed} failed`;
    this.#result.line.show({
      done: this.#done,
      total: this.#total,
      text: `${this.#doing} ${this.#done}/${this.#total}${failed}`,
      reasons: () => groupReasons(this.#waiting.values()),
    });
  }

  /** Clusters on which something was still waited for when the time was up. */
  get unfinished(): readonly string[] {
    return [...this.#unfinished].sort();
  }

  end(): WorkOutcomes {
    const clusters = this.unfinished;
    if (clusters.length > 0)
      this.reporter.warn(
        `${counted(clusters.length, 'cluster')} did not answer in time: ${listed(clusters)}. Do the same again when they are back`,
      );
    return this.#result.end();
  }

  /** Whatever happened, the terminal is left as it was. */
  close(): void {
    this.#result.line.end();
  }
}

/** Bundles that nobody touches, and why. */
export function tellLeftAlone({ others, unreadable }: FoundBundles, reporter: Reporter): void {
  if (others > 0)
    reporter.info(`${counted(others, 'bundle')} of the same source are of another hub or of other writers: left alone`);
  for (const { id, consumer, error } of unreadable)
    reporter.warn(`a bundle on ${consumer} cannot be read, and is left alone: ${error.message} (${id})`);
}

/** What a dry run tells of a bundle. */
export function foreseen(bundle: OwnBundle, text: string): WorkOutcome {
  return {
    manifestWorkName: bundle.name,
    consumer: bundle.consumer,
    id: bundle.id,
    version: bundle.version,
    phase: 'Applied',
    reason: 'DryRun',
    message: `${subjectOf(bundle)}: ${text}`,
    exitCode: ExitCode.Done,
  };
}
