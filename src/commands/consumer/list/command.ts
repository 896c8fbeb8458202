import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { consumerOutputs } from '../shared/options.ts';
import { parseConsumerList, type ConsumerListOptions } from './options.ts';

export const consumerListCommand: CommandSpec<ConsumerListOptions> = {
  name: 'consumer list',
  summary: 'list target clusters and their labels',
  examples: [
    { about: 'All of them', command: 'maestro-cli consumer list' },
    { about: 'Names of those in production', command: 'maestro-cli consumer list -l env=prod -o name' },
  ],
  aliases: ['consumer ls'],
  insteadOfArgs: 'consumer get NAME shows one',
  exitCodes: readExitCodes,
  flags: [{ flags: '-l, --selector <selector>', about: 'labels, such as env=prod,region!=eu' }],
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: parseConsumerList,
  load: () => import('./run.ts'),
};
