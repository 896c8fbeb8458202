import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { Context } from '../../../context.ts';
import { inventoryOf } from '../../../core/migration/inventory.ts';
import { ExitCode } from '../../../exit-code.ts';
import { readClusters } from '../../../operations/migrate/read-clusters.ts';
import { openUnreadable } from '../../shared/table/unreadable-works.ts';
import { withMaestro } from '../../shared/with-maestro.ts';
import { chosenClusters } from '../shared/choose.ts';
import type { InventoryOptions } from './options.ts';
import { openInventory } from './output.ts';

export async function run(options: InventoryOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    const { maestro, budget, reporter } = session;
    const consumers = await chosenClusters(options.consumers, context, session);
    const output = openInventory(options.output, context.stdout);
    const unreadable = openUnreadable(reporter);
    for await (const cluster of readClusters(maestro.reader, options.source, consumers, budget)) {
      output.cluster(inventoryOf(cluster.consumer, options.source, cluster.works, (id) => cluster.executors.has(id)));
      for (const row of cluster.unreadable) unreadable.onSetAside(row);
    }
    const shown = output.end();
    const failed = unreadable.result('the inventory');
    if (failed !== undefined) return failed;
    if (shown === 0 && options.output !== 'json')
      reporter.info(`the source ${options.source} has no works there; --source-id names another one`);
    return { exitCode: ExitCode.Done };
  });
}
