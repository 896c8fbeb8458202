import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { viaFlag } from '../../command-line/via.ts';
import { oneWorkCommand } from '../../command-line/work-address.ts';
import { eventsOutputs, parseEvents, type EventsOptions } from './options.ts';

export const eventsCommand: CommandSpec<EventsOptions> = {
  name: 'events',
  summary: 'what happened to a work, as far as anybody still knows',
  description:
    'Maestro keeps no history. What there is stands in the row of the work: when it was created, when its deletion was asked for, and of each condition of the work and its manifests when it changed last; what a condition was before that nobody knows any more. With --follow it goes on with what happens from now on: versions that are stored, reports of the agent, conditions that change, the removal; that comes from the stream of status events, and from reading again and again. With -o json each line is one JSON value.',
  examples: [
    { about: 'What happened to it in the last hour', command: 'maestro-cli events hyperfleet-c1-job -c c1 --since=1h' },
    { about: 'And what happens now', command: 'maestro-cli events hyperfleet-c1-job -c c1 --follow' },
  ],
  exitCodes: readExitCodes,
  ...oneWorkCommand,
  flags: [
    ...oneWorkCommand.flags,
    { flags: '--since <duration>', about: 'only what happened in this time until now, such as 1h' },
    {
      flags: '-w, --follow',
      about: 'go on with what happens; without --timeout until the work is gone',
      aliases: ['--watch'],
    },
    viaFlag('stream', 'with --follow; poll opens no stream of status events'),
  ],
  outputs: eventsOutputs,
  jsonLines: true,
  hasOutcome: false,
  parse: parseEvents,
  load: () => import('./run.ts'),
};
