import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { clusterFlags } from '../shared/choose.ts';
import { inventoryOutputs, parseMigrateInventory, type InventoryOptions } from './options.ts';

export const migrateInventoryCommand: CommandSpec<InventoryOptions> = {
  name: 'migrate inventory',
  summary: 'take stock of the works of a source, before a migration',
  description:
    'Lists the works of your source (--source-id) on each cluster with their managers, objects, options and sizes, the pattern that they look like (A: one work for each adapter, B: one for each object, C: one for the cluster), and the objects that stand in more than one work, with a word on whether their content differs.',
  examples: [
    { about: 'All clusters', command: 'maestro-cli migrate inventory' },
    {
      about: 'What stands in two works, and differs',
      command: "maestro-cli migrate inventory -o json |\n    jq '.[] | .shared[] | select(.differs)'",
    },
  ],
  exitCodes: readExitCodes,
  flags: clusterFlags,
  outputs: inventoryOutputs,
  hasOutcome: false,
  parse: parseMigrateInventory,
  load: () => import('./run.ts'),
};
