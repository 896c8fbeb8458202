import { consumerFlags, consumersOption, type ConsumersOption } from '../../../command-line/consumer-choice.ts';
import { readConsumerChoice } from '../../../command-line/read-consumers.ts';
import type { FlagReader } from '../../../command-line/flag-values.ts';
import type { FlagSpec } from '../../../command-line/command-spec.ts';
import type { Source } from '../../../io/input-files.ts';
import { chooseConsumers } from '../../../operations/fleet/choose-consumers.ts';
import type { MaestroSession } from '../../shared/with-maestro.ts';

export const clusterFlags: readonly FlagSpec[] = consumerFlags('only this cluster; all when absent; repeatable');

/** All clusters, when none are chosen. */
export function clustersOption(flags: FlagReader): ConsumersOption {
  return consumersOption(flags) ?? { kind: 'all' };
}

/** @throws MaestroError not-found for a cluster that does not exist */
export async function chosenClusters(
  option: ConsumersOption,
  source: Source,
  { maestro, budget }: Pick<MaestroSession, 'maestro' | 'budget'>,
): Promise<readonly string[]> {
  const chosen = await chooseConsumers(await readConsumerChoice(option, source), maestro.reader, budget);
  return chosen.map(({ name }) => name);
}
