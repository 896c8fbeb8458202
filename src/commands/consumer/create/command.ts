import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { consumerWriteCodes } from '../shared/exit-codes.ts';
import { consumerOutputs } from '../shared/options.ts';
import { labelFlag } from '../../../command-line/label-values.ts';
import { parseConsumerCreate, type ConsumerCreateOptions } from './options.ts';

export const consumerCreateCommand: CommandSpec<ConsumerCreateOptions> = {
  name: 'consumer create',
  summary: 'register a target cluster',
  examples: [
    { about: 'A cluster', command: 'maestro-cli consumer create cluster-west-1' },
    {
      about: 'With labels',
      command: 'maestro-cli consumer create cluster-west-1 \\\n    --label env=prod --label region=us-west',
    },
  ],
  exitCodes: consumerWriteCodes,
  flags: [labelFlag],
  args: '<name>',
  argKind: 'new consumer',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: parseConsumerCreate,
  load: () => import('./run.ts'),
};
