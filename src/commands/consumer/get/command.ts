import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { consumerOutputs, parseConsumerName, type NamedConsumerOptions } from '../shared/options.ts';

export const consumerGetCommand: CommandSpec<NamedConsumerOptions> = {
  name: 'consumer get',
  summary: 'show one target cluster',
  examples: [
    { about: 'By its name', command: 'maestro-cli consumer get cluster-west-1' },
    { about: 'For a script', command: 'maestro-cli consumer get cluster-west-1 -o json | jq -r .id' },
  ],
  exitCodes: readExitCodes,
  flags: [],
  args: '<name>',
  argKind: 'consumer',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: parseConsumerName,
  load: () => import('./run.ts'),
};
