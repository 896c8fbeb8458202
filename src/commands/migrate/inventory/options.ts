import { connectionOptions, callTimeoutMs, type ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { ConsumersOption } from '../../../command-line/consumer-choice.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { clustersOption } from '../shared/choose.ts';

export const inventoryOutputs = ['table', 'wide', 'json'] as const;

export interface InventoryOptions extends ConnectionOptions {
  readonly consumers: ConsumersOption;
  readonly output: (typeof inventoryOutputs)[number];
}

export function parseMigrateInventory(input: ParseInput): InventoryOptions {
  const flags = flagReader(input);
  return {
    ...connectionOptions(input, callTimeoutMs),
    consumers: clustersOption(flags),
    output: flags.output(inventoryOutputs),
  };
}
