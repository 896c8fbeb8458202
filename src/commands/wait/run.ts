import type { CommandResult } from '../../command-line/command-spec.ts';
import { readConsumerChoice } from '../../command-line/read-consumers.ts';
import type { Context } from '../../context.ts';
import { refuseImpossible } from '../../core/expressions/refuse-impossible.ts';
import { feedbackTestsWithoutRule } from '../../core/expressions/selectors.ts';
import type { Expression } from '../../core/expressions/syntax-tree.ts';
import { nameOn, needLabels } from '../../core/fleet/work-naming.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { workName } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { chooseConsumers, namedConsumers } from '../../operations/fleet/choose-consumers.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { findForReading } from '../../operations/find-work.ts';
import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import type { WaitTarget } from '../../operations/wait/judge.ts';
import { waitForWorks, type WaitDeps } from '../../operations/wait/wait-for-works.ts';
import type { Source } from '../../io/input-files.ts';
import { conditionWord, waitedOutcome } from '../../operations/work-outcomes.ts';
import type { Reporter } from '../../output/reporter.ts';
import { tellGoOn } from '../shared/write/go-on.ts';
import { OutcomeTally } from '../shared/fleet/outcome-tally.ts';
import { openFeed } from '../shared/watching/open-feed.ts';
import { waitLine } from '../shared/watching/wait-line.ts';
import { withMaestro, type MaestroContext, type MaestroSession } from '../shared/with-maestro.ts';
import type { WaitOptions } from './options.ts';
import { printWaited } from './output.ts';

/** Waits for works that exist already, or will. */
export async function run(
  options: WaitOptions,
  context: MaestroContext & Source & Pick<Context, 'stdout' | 'facts'>,
): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    const { maestro, budget, reporter } = session;
    const targets: WaitTarget[] = [];
    for (const address of await addressesOf(options, context, session)) {
      try {
        targets.push(await targetOf(address, options, session));
      } catch (caught) {
        const works = [unbegun(address, MaestroError.from(caught))];
        printWaited(works, options, context);
        return { outcome: { works } };
      }
    }
    const ids = new Set(targets.map(({ id }) => id));
    const { source, via } = options;
    const feed = via === 'poll' ? undefined : openFeed({ source, wants: ({ id }) => ids.has(id) }, session);
    const deps: WaitDeps = {
      reader: maestro.reader,
      ...waitLine(
        {
          log: options.log,
          condition: options.await.text,
          works: targets.length,
          ofFleet: options.fleet !== undefined,
        },
        context,
        session,
      ),
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
    tellGoOn(works, text, reporter);
    printWaited(works, options, context);
    return { outcome: { works } };
  });
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
  source: Source,
  { maestro, budget }: MaestroSession,
): Promise<readonly WorkAddress[]> {
  if (fleet === undefined) return addresses;
  const choice = await readConsumerChoice(fleet.consumers, source);
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
function unbegun(address: WorkAddress, error: MaestroError): WorkOutcome {
  const named =
    address.by === 'name'
      ? { manifestWorkName: address.name, consumer: address.consumer }
      : { manifestWorkName: '', consumer: address.consumer ?? '', id: address.id };
  return failedWork(named, error, false);
}

/**
 * The id to wait on: that of our own work, or of the only work of that name
 * when another source owns it. A work that does not exist yet will be ours.
 */
async function targetOf(
  address: WorkAddress,
  options: WaitOptions,
  { maestro, budget, reporter }: MaestroSession,
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
      ...(address.consumer === undefined ? {} : { namedOn: address.consumer }),
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
