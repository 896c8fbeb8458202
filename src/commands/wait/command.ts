import { consumerFlags } from '../../command-line/consumer-choice.ts';
import type { CommandSpec } from '../../command-line/command-spec.ts';
import { readExitCodes } from '../../command-line/exit-codes.ts';
import { waitFlags } from '../../command-line/wait-options.ts';
import { worksCommand } from '../../command-line/work-address.ts';
import { viaFlag } from '../../command-line/via.ts';
import { ExitCode } from '../../exit-code.ts';
import { waitOutputs, type WaitOptions, parseWait } from './options.ts';

export const waitCommand: CommandSpec<WaitOptions> = {
  name: 'wait',
  summary: 'block until a condition of a work holds, fails or times out',
  description:
    'Reads first, then polls over HTTP; with --via=stream it also listens to the stream of status events of the source, and reads again whenever that was opened anew. Everything is judged at the version that is current when the wait starts. A work that does not exist yet is waited for; a work of another source counts when it is the only one of its name.',
  examples: [
    {
      about: 'Until the cluster has applied the work',
      command: 'maestro-cli wait hyperfleet-c1-job -c c1 --for=Applied --timeout=10m',
    },
    {
      about: 'Until a Job in it completed, ending at once when it failed',
      command: "maestro-cli wait w -c c1 --for='Job:Complete' --fail-on='Job:Failed'",
    },
    {
      about: 'The works of an adapter on every cluster of the first ring',
      command: 'maestro-cli wait --adapter=job --for=Applied \\\n    --consumer-selector=ring=canary',
    },
  ],
  exitCodes: [...readExitCodes, ExitCode.Conflict, ExitCode.OutcomeFailed],
  ...worksCommand,
  flags: [
    ...worksCommand.flags,
    ...consumerFlags("its target cluster, else the context's; repeatable"),
    {
      flags: '--for <expr>',
      about: 'condition or expression, such as Available or "Job:Complete OR Job:Failed"',
      defaultText: 'Available',
      aliases: ['--condition <expr>'],
    },
    { flags: '--must-exist', about: 'a work that does not exist is an error (exit 3), not something to wait for' },
    { flags: '--watch', about: 'accepted; wait always watches' },
    viaFlag('poll', 'stream hears sooner, at the cost of a stream that the server keeps open'),
    ...waitFlags,
  ],
  outputs: waitOutputs,
  hasOutcome: true,
  parse: parseWait,
  load: () => import('./run.ts'),
};
