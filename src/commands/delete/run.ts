import type { CommandResult } from '../../command-line/command-spec.ts';
import { confirm } from '../../command-line/confirm.ts';
import type { Context } from '../../context.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { printOutcomes } from '../../output/works-writer.ts';
import { tellGoOn } from '../shared/write/go-on.ts';
import { nameTarget } from '../shared/write/name-target.ts';
import { waitLine } from '../shared/watching/wait-line.ts';
import { withMaestro } from '../shared/with-maestro.ts';
import { awaitedBy, type DeleteOptions } from './options.ts';
import { deleteOutput } from './output.ts';
import { questionAbout } from './question.ts';
import { settleWorks } from './settle.ts';
import { askWork, openDeleteFeed, type Asked, type DeleteRun } from './works.ts';

/** Asks for the deletion of works, one after the other, then waits for all of them where the options say so. */
export async function run(options: DeleteOptions, context: Context): Promise<CommandResult> {
  if (options.fleet !== undefined) {
    const { runFleet } = await import('./fleet/run.ts');
    return runFleet(options, options.fleet, context);
  }
  if (!options.dryRun) nameTarget(options, context, { consumer: options.takenConsumer });
  const question = questionAbout(options.addresses, options);
  if (question !== undefined) await confirm(question, context);
  return withMaestro(options, context, async (session) => {
    const ids = options.addresses.map((address) =>
      address.by === 'id' ? address.id : bundleId(options.source, address.consumer, address.name),
    );
    const { maestro, budget, reporter } = session;
    const feed = await openDeleteFeed(options, ids, session);
    const output = deleteOutput(options, context.stdout, reporter);
    const telling: DeleteRun['telling'] = (condition, works) =>
      waitLine({ log: options.log, condition, works, ofFleet: false }, context, session);
    const deletion: DeleteRun = { options, output, feed, maestro, budget, reporter, telling };
    const asked: Asked[] = [];
    for (const address of options.addresses) asked.push(await askWork(address, deletion));
    const works = await settleWorks(asked, deletion);
    reporter.end();
    if (options.watch) tellGoOn(works, awaitedBy(options), reporter);
    if (options.output === 'json') printOutcomes(works, context);
    return { outcome: { works } };
  });
}
