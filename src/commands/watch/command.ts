import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { worksCommand } from '../../command-line/work-address.ts';
import { viaFlag } from '../../command-line/via.ts';
import { withTemplate } from '../../output/output-option.ts';
import { watchOutputs, watchTemplates, type WatchOptions, parseWatch } from './options.ts';

export const watchCommand: CommandSpec<WatchOptions> = {
  name: 'watch',
  summary: 'print every change of one work or of many as it happens',
  description:
    'Prints what there is, then a line for every change of version, state, conditions or feedback, from the stream of status events of the source, and by reading again and again for what the stream does not tell: versions before an agent has reported them, and works of other sources. Where the stream cannot be opened it says so and polls. A work named with --name or --id that does not exist yet is waited for; when every named work is gone from Maestro, the watch ends. With -o json each line is one JSON value. Without --timeout it never ends by itself; with it, it ends with exit code 0, with 3 when a named work never came, and with 8 when Maestro could not be read.',
  examples: [
    { about: 'Follow one work', command: 'maestro-cli watch hyperfleet-c1-job -c c1' },
    {
      about: 'What becomes of the works of a release, as JSON lines',
      command: 'maestro-cli watch -l release=7 -o json --timeout=10m',
    },
  ],
  exitCodes: readExitCodes,
  ...worksCommand,
  flags: [
    ...worksCommand.flags,
    { flags: '-c, --consumer <name>', about: "target cluster, else the context's; repeatable", repeat: true },
    {
      flags: '-A, --all-consumers',
      about: 'every consumer; the default when nothing is named and the context names no consumer',
    },
    { flags: '-l, --selector <selector>', about: 'labels, such as app=web,tier!=db' },
    viaFlag('stream', 'poll opens no stream of status events'),
    {
      flags: '--interval <duration>',
      about: 'how often to look, more than 0; longer when looking takes long',
      defaultText: '1s, and 5s while the stream tells of every work shown',
      aliases: ['--poll-interval <duration>'],
    },
    { flags: '--no-headers', about: 'leave the line of headers out' },
  ],
  outputs: withTemplate(watchOutputs, watchTemplates),
  jsonLines: true,
  hasOutcome: false,
  parse: parseWatch,
  load: () => import('./run.ts'),
};
