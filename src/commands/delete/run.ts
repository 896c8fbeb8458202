import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { createBudget } from '../../operations/budget.ts';
import { openReporter } from '../../output/reporter.ts';
import { outcomesValue } from '../../output/outcome.ts';
import type { DeleteOptions } from './command.ts';
import { askWork, feedStands, openDeleteFeed, settleWorks, type Asked, type RunDeps } from './works.ts';

export async function run(options: DeleteOptions, context: Context): Promise<CommandResult> {
  if (options.fleet !== undefined) {
    const { runFleet } = await import('./fleet.ts');
    return runFleet(options, options.fleet, context);
  }
  const reporter = await openReporter(context.stderr, options.log, context.env, context.clock);
  const budget = createBudget(options.timeoutMs, context);
  const maestro = await context.connect(options.settings);
  const ids = options.addresses.map((address) =>
    address.by === 'id' ? address.id : bundleId(options.source, address.consumer, address.name),
  );
  const feed = openDeleteFeed(options, ids, { context, maestro, reporter });
  try {
    const deps: RunDeps = { context, maestro, budget, reporter, ...(feed === undefined ? {} : { feed }) };
    await feedStands(deps);
    const asked: Asked[] = [];
    for (const address of options.addresses) asked.push(await askWork(address, options, deps));
    const works = await settleWorks(asked, options, deps);
    reporter.end();
    if (options.output === 'json') {
      context.stdout.write(`${printedJson(outcomesValue(works, context.facts?.()), 2)}\n`);
    }
    return { outcome: { works } };
  } finally {
    reporter.end();
    await feed?.close();
    await maestro.close();
  }
}
