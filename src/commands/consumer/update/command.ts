import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { consumerWriteCodes } from '../shared/exit-codes.ts';
import { consumerOutputs } from '../shared/options.ts';
import { labelFlag } from '../../../command-line/label-values.ts';
import { parseConsumerUpdate, type ConsumerUpdateOptions } from './options.ts';

export const consumerUpdateCommand: CommandSpec<ConsumerUpdateOptions> = {
  name: 'consumer update',
  summary: 'set or remove labels of a target cluster',
  description:
    'Sets or removes labels; those not named stay. Maestro replaces the whole map, so two updates at one moment can undo each other.',
  examples: [
    { about: 'Set a label', command: 'maestro-cli consumer update cluster-west-1 --label env=stage' },
    { about: 'Remove one', command: 'maestro-cli consumer update cluster-west-1 --remove-label env' },
  ],
  exitCodes: consumerWriteCodes,
  flags: [labelFlag, { flags: '--remove-label <key>', about: 'a label to remove; repeatable', repeat: true }],
  args: '<name>',
  argKind: 'consumer',
  outputs: consumerOutputs,
  hasOutcome: false,
  parse: parseConsumerUpdate,
  load: () => import('./run.ts'),
};
