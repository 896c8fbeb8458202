import { hubFlags } from '../../shared/hub-connection.ts';
import type { CommandSpec } from '../../../command-line/command-spec.ts';
import { readExitCodes } from '../../../command-line/exit-codes.ts';
import { hubIdFlag } from '../shared/hub-flags.ts';
import { baselineOutputs, parseGitopsBaseline, type BaselineCommandOptions } from './options.ts';

export const gitopsBaselineCommand: CommandSpec<BaselineCommandOptions> = {
  name: 'gitops baseline',
  summary: 'measure what the pull models hold and cost, and compare it with before',
  description:
    'Counts the ManifestWorks of the classic model and the reports of ApplicationSets on the hub, and the bundles of this hub in Maestro, with their sizes as JSON. From the metrics of the controllers it takes how often they call the hub, and how long a status takes from the agent to the hub. What cannot be measured is said, and is no failure.',
  examples: [
    { about: 'Before a change', command: 'maestro-cli gitops baseline --out=before.json' },
    {
      about: 'After it, beside what was before, with five minutes of the controllers',
      command:
        'maestro-cli gitops baseline --compare=before.json --for=5m \\\n    --metrics-url=http://127.0.0.1:8386/metrics',
    },
  ],
  exitCodes: readExitCodes,
  flags: [
    ...hubFlags,
    hubIdFlag,
    { flags: '--out <file>', about: 'write the figures there, to compare with later' },
    { flags: '--compare <file>', about: 'show the figures of this file beside those of now; - for standard input' },
    {
      flags: '--metrics-url <url>',
      about: 'metrics of a controller process; repeatable, once for each replica',
      repeat: true,
    },
    {
      flags: '--for <duration>',
      about: 'how long to look at the controllers',
      defaultText: 'what they counted since they began',
    },
  ],
  outputs: baselineOutputs,
  hasOutcome: false,
  parse: parseGitopsBaseline,
  load: () => import('./run.ts'),
};
