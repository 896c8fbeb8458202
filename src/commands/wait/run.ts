import { oneWord } from '../../core/shown-text.ts';
import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import { readConsumerChoice } from '../../command-line/read-consumers.ts';
import type { Context, Maestro } from '../../context.ts';
import { refuseImpossible } from '../../core/expressions/refuse-impossible.ts';
import { feedbackTestsWithoutRule } from '../../core/expressions/selectors.ts';
import type { Expression } from '../../core/expressions/syntax-tree.ts';
import { nameOn, needLabels } from '../../core/fleet/work-naming.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { createBudget, type Budget } from '../../operations/budget.ts';
import { chooseConsumers, namedConsumers } from '../../operations/fleet/choose-consumers.ts';
import { findForReading, type WorkAddress } from '../../operations/find-work.ts';
import { failedWork, type Outcome, type WorkOutcome } from '../../core/outcome/outcome.ts';
import type { WaitTarget } from '../../operations/wait/judge.ts';
import { waitForWorks, type WaitDeps } from '../../operations/wait/wait-for-works.ts';
import type { StatusFeed } from '../../operations/watch/status-feed.ts';
import { conditionWord, waitedOutcome } from '../../operations/work-outcomes.ts';
import { waitCountsText } from '../../output/fleet-progress.ts';
import { isLively, openReporter, type Reporter } from '../../output/reporter.ts';
import { outcomesValue, workLine } from '../../output/outcome.ts';
import { OutcomeTally } from '../shared/outcome-tally.ts';
import { openFeed } from '../watch/open-feed.ts';
import type { WaitOptions } from './command.ts';

/** Waits for works that exist already, or will. */
export async function run(options: WaitOptions, context: Context): Promise<CommandResult> {
  const reporter = await openReporter(context.stderr, options.log, context.env, context.clock);
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  let feed: StatusFeed | undefined;
  try {
    const targets: WaitTarget[] = [];
    for (const address of await addressesOf(options, context, maestro, budget)) {
      try {
        targets.push(await targetOf(address, options, maestro, budget, reporter));
      } catch (caught) {
        return { outcome: unbegun(address, options, MaestroError.from(caught), context) };
      }
    }
    if (options.via === 'stream') {
      const ids = new Set(targets.map(({ id }) => id));
      feed = openFeed({ source: options.source, wants: ({ id }) => ids.has(id) }, { context, maestro, reporter });
    }
    const deps: WaitDeps = {
      reader: maestro.reader,
      ...progressOf(targets, options, reporter, isLively(context.stderr, options.log, context.env)),
      onAdopted: ({ name, consumer }, bundle) => {
        reporter.info(`${name} on ${consumer} is a work of another source (id ${bundle.id}); waiting for it`);
        warnOfExpression(bundle, options, reporter);
      },
      ...(feed === undefined ? {} : { feed }),
    };
    const results = await waitForWorks(targets, options.await, deps, budget);
    const { text } = options.await;
    const works = results.map((result) => waitedOutcome(result, { operation: 'waited', text, accepted: false }));
    reporter.end();
    if (options.fleet !== undefined) reporter.info(summaryOf(works, text));
    printWorks(works, options, context);
    for (const work of works) {
      if (work.error !== undefined || options.output === 'json') continue;
      const at = work.version === undefined ? '' : ` (version ${work.version})`;
      const on = options.fleet === undefined ? '' : ` on ${oneWord(work.consumer)}`;
      context.stdout.write(
        options.output === 'name'
          ? `${workLine(work.manifestWorkName)}\n`
          : `${workLine(work.manifestWorkName)} condition met: ${text}${at}${on}\n`,
      );
    }
    return { outcome: { works } };
  } finally {
    reporter.end();
    await feed?.close();
    await maestro.close();
  }
}

/** Of several works a terminal shows where all of them stand, on one line; elsewhere each change is a line. */
function progressOf(
  targets: readonly WaitTarget[],
  options: WaitOptions,
  reporter: Reporter,
  lively: boolean,
): Pick<WaitDeps, 'onProgress' | 'onCounts'> {
  const change = (target: WaitTarget, text: string): string =>
    `${target.name}${options.fleet === undefined ? '' : ` on ${target.consumer}`}: ${text}`;
  if (!lively || targets.length < 2) return { onProgress: (target, text) => reporter.progress(change(target, text)) };
  return {
    onProgress: (target, text) => reporter.debug(change(target, text)),
    onCounts: (counts) => reporter.progress(waitCountsText(conditionWord(options.await.text), counts)),
  };
}

/** `3 works on 3 consumers: 1 Applied, 1 failed, 1 silent` */
function summaryOf(works: readonly WorkOutcome[], text: string): string {
  const tally = new OutcomeTally({ met: conditionWord(text) }, () => 'met');
  for (const work of works) tally.add(work);
  return tally.text(new Set(works.map(({ consumer }) => consumer)).size);
}

/** The works that were named, or those names on each of the chosen consumers. */
async function addressesOf(
  { addresses, fleet }: WaitOptions,
  context: Context,
  maestro: Maestro,
  budget: Budget,
): Promise<readonly WorkAddress[]> {
  if (fleet === undefined) return addresses;
  const choice = await readConsumerChoice(fleet.consumers, context);
  const consumers =
    namedConsumers(choice, needLabels(fleet.namings)) ?? (await chooseConsumers(choice, maestro.reader, budget));
  return consumers.flatMap((consumer) =>
    fleet.namings.map((naming): WorkAddress => ({
      by: 'name',
      name: nameOn(naming, consumer),
      consumer: consumer.name,
    })),
  );
}

/** The outcome of a wait that could not begin; it names the work, because the status-reporter shows nothing else. */
function unbegun(address: WorkAddress, options: WaitOptions, error: MaestroError, context: Context): Outcome {
  const named =
    address.by === 'name'
      ? { manifestWorkName: address.name, consumer: address.consumer }
      : { manifestWorkName: '', consumer: '', id: address.id };
  const works = [failedWork(named, error, false)];
  printWorks(works, options, context);
  return { works };
}

/** With -o json, one value for all works. */
function printWorks(works: readonly WorkOutcome[], options: WaitOptions, context: Context): void {
  if (options.output === 'json') context.stdout.write(`${printedJson(outcomesValue(works, context.facts?.()), 2)}\n`);
}

/**
 * The id to wait on: that of our own work, or of the only work of that name
 * when another source owns it. A work that does not exist yet will be ours.
 */
async function targetOf(
  address: WorkAddress,
  options: WaitOptions,
  maestro: Maestro,
  budget: Budget,
  reporter: Reporter,
): Promise<WaitTarget> {
  const found = await findForReading(maestro.reader, address, options.source, budget);
  checkExpression(found, options, reporter);
  const base = { known: found !== undefined, mustExist: options.mustExist };
  if (address.by === 'id') {
    return {
      ...base,
      id: address.id,
      name: found === undefined ? address.id : workName(found),
      consumer: found?.consumerName ?? '',
    };
  }
  // Waiting goes on all the same: consumers, like works, may be created later.
  if (found === undefined && (await maestro.reader.findConsumer(address.consumer, budget)) === undefined) {
    reporter.warn(`there is no consumer named ${address.consumer}; is it misspelt?`);
  }
  const id = found?.id ?? bundleId(options.source, address.consumer, address.name);
  return { ...base, id, name: address.name, consumer: address.consumer, anySource: found === undefined };
}

function checkExpression(bundle: ResourceBundle | undefined, options: WaitOptions, reporter: Reporter): void {
  if (bundle === undefined) {
    refuseImpossible(expressionsOf(options), undefined);
    return;
  }
  const { manifests, manifestConfigs, status } = bundle;
  refuseImpossible(expressionsOf(options), {
    name: workName(bundle),
    manifests,
    manifestConfigs,
    conditions: status?.conditions ?? [],
  });
  warnOfExpression(bundle, options, reporter);
}

function warnOfExpression(bundle: ResourceBundle, options: WaitOptions, reporter: Reporter): void {
  for (const each of expressionsOf(options)) {
    for (const test of feedbackTestsWithoutRule(each, bundle.manifests, bundle.manifestConfigs)) {
      reporter.warn(`${workName(bundle)}: ${test} is tested, but no feedback rule reports it; the wait may never end`);
    }
  }
}

function expressionsOf({ await: { expression, failOn } }: WaitOptions): readonly Expression[] {
  return failOn === undefined ? [expression] : [expression, failOn];
}
