import { callTimeoutMs, connectionOptions, waitTimeoutMs, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { workAddresses, workAddressFlags } from '../../command-line/work-address.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { ExitCode } from '../../exit-code.ts';

export const deleteOutputs = ['text', 'json', 'name'] as const;

export interface DeleteOptions extends ConnectionOptions {
  readonly addresses: readonly WorkAddress[];
  readonly watch: boolean;
  readonly dryRun: boolean;
  readonly output: (typeof deleteOutputs)[number];
}

export const deleteCommand: CommandSpec<DeleteOptions> = {
  name: 'delete',
  summary: 'delete a work, and with it its objects on the cluster',
  description:
    'Asks Maestro to delete a work. "Deletion requested" is all that is known then; with --watch it waits until Maestro has removed the work, which it does when the agent has reported the objects deleted. A work that does not exist is a success.',
  examples: [
    { about: 'Delete a work and wait until it is gone', command: 'maestro-cli delete --name=hyperfleet-c1-job --consumer=c1 --all --watch' },
    { about: 'See what would be deleted', command: 'maestro-cli delete --name=hyperfleet-c1-job --consumer=c1 --dry-run' },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Usage,
    ExitCode.Conflict,
    ExitCode.TimedOut,
    ExitCode.OutcomeFailed,
    ExitCode.Unavailable,
    ExitCode.AccessDenied,
    ExitCode.Ownership,
    ExitCode.Interrupted,
    ExitCode.Terminated,
  ],
  flags: [
    ...workAddressFlags,
    { flags: '--all', about: 'the whole work; this is what delete does anyway' },
    { flags: '--watch', about: 'wait until the work is gone from Maestro', aliases: ['--wait'] },
    { flags: '--dry-run', about: 'say what would be deleted, and send nothing' },
  ],
  hasOutcome: true,
  parse: (input) => parseDelete(input),
  load: () => import('./run.ts'),
};

function parseDelete(input: ParseInput): DeleteOptions {
  const flags = flagReader(input);
  const watch = flags.on('watch');
  return {
    addresses: workAddresses(flags),
    watch,
    dryRun: flags.on('dryRun'),
    output: flags.oneOf('output', deleteOutputs) ?? 'text',
    ...connectionOptions(input, watch ? waitTimeoutMs : callTimeoutMs),
  };
}
