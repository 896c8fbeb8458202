import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { withTemplate, workFormats } from '../../output/output-option.ts';
import { viaFlag } from '../../command-line/via.ts';
import { workColumnNames } from '../../output/work-columns.ts';
import { tableFlags } from '../shared/table/table-options.ts';
import { sortKeys } from './sort.ts';
import { states, type ListOptions, parseList } from './options.ts';

export const listCommand: CommandSpec<ListOptions> = {
  name: 'list',
  summary: 'list works of one, several or all consumers',
  description:
    'Lists works, page by page as they arrive, of every source. STATE is one word for where a work is at its stored version, VERSION what the agent has reported and what is stored; the columns applied and available (-o wide) say what is proved: after an update they are Unknown until the agent has reported. json is one array, yaml and manifestwork are one List, which apply takes back; Secrets are not masked in them.',
  examples: [
    { about: 'The works of a cluster', command: 'maestro-cli list -c cluster-west-1' },
    { about: 'What one adapter has on every cluster', command: 'maestro-cli list --adapter=nodepool' },
    {
      about: 'What could not be applied, anywhere',
      command: 'maestro-cli list --all-consumers --status=Failed -o wide',
    },
    {
      about: 'Works that hold a Job, and what becomes of them',
      command: 'maestro-cli list --resource=Job.batch --watch',
    },
    {
      about: 'Names, one a line',
      command: `maestro-cli list -o jsonpath='{range .items[*]}{.metadata.name}{"\\n"}{end}'`,
    },
  ],
  aliases: ['ls'],
  insteadOfArgs: 'get NAME shows one work, and --filter TEXT lists those whose name holds the text',
  exitCodes: readExitCodes,
  flags: [
    { flags: '-c, --consumer <name>', about: "target cluster, else the context's; repeatable", repeat: true },
    {
      flags: '-A, --all-consumers',
      about: 'every consumer; the default when neither --consumer nor the context names one',
    },
    {
      flags: '--status <state>',
      about: `${states.join(', ')}; applied includes available; repeatable`,
      repeat: true,
      values: states,
      commas: true,
    },
    {
      flags: '--filter <text>',
      about: 'works whose name, or a manifest of which as Kind/name or Kind/namespace/name, holds this text',
    },
    { flags: '-l, --selector <selector>', about: 'labels, such as app=web,tier!=db' },
    {
      flags: '--resource <kind>',
      about:
        'only works that hold such a manifest: KIND[.group]/[namespace/]name, the name may be left out; repeatable',
      repeat: true,
    },
    {
      flags: '--adapter <type>',
      about:
        'only works of this adapter: those labelled hyperfleet.io/adapter={type} or named hyperfleet-{consumer}-{type}',
    },
    { flags: '--source <source>', about: 'only works of this source' },
    { flags: '--all-sources', about: 'works of every source; the default without --source' },
    {
      flags: '--sort-by <key>',
      someValues: sortKeys,
      about: `${sortKeys.join(', ')}, or a path; age is youngest first, state is worst first, what has no value last`,
      defaultText: 'as Maestro gives them',
    },
    { flags: '--limit <n>', about: 'at most so many works' },
    {
      flags: '-w, --watch',
      about: 'go on with a row for each change, until interrupted or --timeout; json is then one value a line',
    },
    viaFlag('stream', 'with --watch, how changes are learned of; poll opens no stream of status events'),
    {
      flags: '--interval <duration>',
      about: 'with --watch, how often to look',
      defaultText: '1s, and 5s while the stream tells of every work shown',
    },
    ...tableFlags(workColumnNames),
  ],
  outputs: withTemplate(workFormats),
  jsonLines: 'watch',
  hasOutcome: false,
  parse: parseList,
  load: () => import('./run.ts'),
};
