import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { oneWorkCommand } from '../../command-line/work-address.ts';
import { ExitCode } from '../../exit-code.ts';
import { withTemplate } from '../../output/output-option.ts';
import { workColumnNames } from '../../output/work-columns.ts';
import { tableFlags } from '../shared/table/table-options.ts';
import { getOutputs, type GetOptions, parseGet } from './options.ts';

export const getCommand: CommandSpec<GetOptions> = {
  name: 'get',
  summary: 'print one work, in a form that apply takes back',
  description:
    'Prints one work as a ManifestWork. yaml and json show what server and agent have set too (apply drops it again); manifestwork shows only what a user writes. Secrets are not masked here, so that nothing is lost on the way back.',
  examples: [
    {
      about: 'Save a work and apply it again, unchanged',
      command: 'maestro-cli get w -c c1 > w.yaml && maestro-cli apply w.yaml',
    },
    {
      about: 'The version that is stored',
      command: 'maestro-cli get w -c c1 --field=.metadata.generation',
    },
  ],
  exitCodes: [...readExitCodes, ExitCode.Ownership],
  ...oneWorkCommand,
  flags: [
    ...oneWorkCommand.flags,
    {
      flags: '--field <path>',
      about:
        'one value by itself, exit code 3 when it is not there: a path such as .metadata.labels.env, or a column such as state; an object is YAML',
    },
    ...tableFlags(workColumnNames),
  ],
  outputs: withTemplate(getOutputs),
  hasOutcome: false,
  parse: parseGet,
  load: () => import('./run.ts'),
};
