import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { withTemplate } from '../../../output/output-option.ts';
import { tableFlags } from '../../shared/table/table-options.ts';
import { consumerColumnNames } from '../shared/columns.ts';
import { consumerListOutputs, consumerSortKeys, parseConsumerList, type ConsumerListOptions } from './options.ts';

export const consumerListCommand: CommandSpec<ConsumerListOptions> = {
  name: 'consumer list',
  summary: 'list target clusters, their labels and how their works are',
  description:
    'Lists target clusters by name, with their works counted by state and when the agent last reported. For that it reads all works once, of every source; so does -o json and yaml. -o name, --no-works and columns that are not made of works leave that out. While it reads works, --timeout is 4m30s unless given.',
  examples: [
    { about: 'All of them', command: 'maestro-cli consumer list' },
    { about: 'Where something is wrong, first', command: 'maestro-cli consumer list --sort-by=state' },
    { about: 'Names of those in production', command: 'maestro-cli consumer list -l env=prod -o name' },
    {
      about: 'A count of your own',
      command: 'maestro-cli consumer list --columns=name,failing,silent,last-report',
    },
  ],
  aliases: ['consumer ls'],
  insteadOfArgs: 'consumer get NAME shows one',
  exitCodes: readExitCodes,
  flags: [
    { flags: '-l, --selector <selector>', about: 'labels, such as env=prod,region!=eu' },
    {
      flags: '--sort-by <key>',
      someValues: consumerSortKeys,
      about: `${consumerSortKeys.join(', ')}, or a path; works is the most first, state the worst, last-report the longest silence, age the youngest`,
      defaultText: 'name',
    },
    { flags: '--no-works', about: 'read no works: quick, however many there are' },
    ...tableFlags(consumerColumnNames),
  ],
  outputs: withTemplate(consumerListOutputs),
  hasOutcome: false,
  parse: parseConsumerList,
  load: () => import('./run.ts'),
};
