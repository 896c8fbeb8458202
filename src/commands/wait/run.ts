import type { CommandResult } from '../../command-line/command-spec.ts';
import { readConsumerChoice } from '../../command-line/read-consumers.ts';
import type { Context } from '../../context.ts';
import { nameOn, needLabels } from '../../core/fleet/work-naming.ts';
import { MaestroError } from '../../errors.ts';
import { chooseConsumers, namedConsumers } from '../../operations/fleet/choose-consumers.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { failedWork, type WorkOutcome } from '../../core/outcome/outcome.ts';
import { findTarget, tellAdopted } from '../../operations/wait/find-target.ts';
import type { WaitTarget } from '../../operations/wait/judge.ts';
import { waitForWorks, type WaitDeps } from '../../operations/wait/wait-for-works.ts';
import type { Source } from '../../io/input-files.ts';
import { conditionWord, waitedOutcome } from '../../operations/work-outcomes.ts';
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
    const { reader } = maestro;
    const info = (text: string): void => reporter.info(text);
    const warn = (text: string): void => reporter.warn(text);
    const targets: WaitTarget[] = [];
    for (const address of await addressesOf(options, context, session)) {
      try {
        targets.push(await findTarget(address, options, { reader, warn }, budget));
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
      reader,
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
      onAdopted: (target, bundle) => tellAdopted(target, bundle, options.await, { info, warn }),
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
