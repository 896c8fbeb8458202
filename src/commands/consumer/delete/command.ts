import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { consumerWriteCodes } from '../shared/exit-codes.ts';
import { consumerOutputs } from '../shared/options.ts';
import { parseConsumerDelete, type ConsumerDeleteOptions } from './options.ts';

export const consumerDeleteCommand: CommandSpec<ConsumerDeleteOptions> = {
  name: 'consumer delete',
  summary: 'unregister a target cluster that has no works',
  examples: [
    { about: 'Asks first', command: 'maestro-cli consumer delete cluster-west-1' },
    { about: 'In a script', command: 'maestro-cli consumer delete cluster-west-1 -y' },
  ],
  aliases: ['consumer rm'],
  exitCodes: consumerWriteCodes,
  flags: [{ flags: '-y, --yes', about: 'do not ask' }],
  args: '<name>',
  argKind: 'consumer',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: parseConsumerDelete,
  load: () => import('./run.ts'),
};
