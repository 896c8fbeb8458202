import { connectionOptions, waitTimeoutMs, type ConnectionOptions } from '../../command-line/connection-options.ts';
import {
  consumerFlags,
  consumersOption,
  onlyConsumer,
  type ConsumersOption,
} from '../../command-line/consumer-choice.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { awaitedCondition, waitFlags, type AwaitedCondition } from '../../command-line/wait-options.ts';
import { fleetNamings, workAddresses, workAddressFlags } from '../../command-line/work-address.ts';
import type { WorkNaming } from '../../core/fleet/work-naming.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { viaFlag, viaOf, type Way } from '../watch/via.ts';
import { ExitCode } from '../../exit-code.ts';

export const waitOutputs = ['text', 'json', 'name'] as const;

export interface WaitOptions extends ConnectionOptions {
  /** Empty with a fleet. */
  readonly addresses: readonly WorkAddress[];
  /** Works on several consumers, which may be called otherwise on each. */
  readonly fleet?: { readonly consumers: ConsumersOption; readonly namings: readonly WorkNaming[] };
  readonly await: AwaitedCondition;
  readonly mustExist: boolean;
  readonly via: Way;
  readonly output: (typeof waitOutputs)[number];
}

export const waitCommand: CommandSpec<WaitOptions> = {
  name: 'wait',
  summary: 'block until a condition of a work holds, fails or times out',
  description:
    'Reads first, then polls over HTTP; with --via=stream it also listens to the stream of status events of the source, and reads again whenever that was opened anew. Everything is judged at the version that is current when the wait starts. A work that does not exist yet is waited for; a work of another source counts when it is the only one of its name.',
  examples: [
    {
      about: 'Until the cluster has applied the work',
      command: 'maestro-cli wait --name=hyperfleet-c1-job --consumer=c1 \\\n    --for=Applied --timeout=10m',
    },
    {
      about: 'Until a Job in it completed, ending at once when it failed',
      command: "maestro-cli wait --name=w --consumer=c1 \\\n    --for='Job:Complete' --fail-on='Job:Failed'",
    },
    {
      about: 'The works of an adapter on every cluster of the first ring',
      command: 'maestro-cli wait --adapter=job --for=Applied \\\n    --consumer-selector=ring=canary',
    },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Usage,
    ExitCode.NotFound,
    ExitCode.Conflict,
    ExitCode.TimedOut,
    ExitCode.OutcomeFailed,
    ExitCode.Unavailable,
    ExitCode.AccessDenied,
    ExitCode.Interrupted,
    ExitCode.Terminated,
  ],
  flags: [
    ...workAddressFlags.filter(({ flags }) => !flags.includes('--consumer')),
    ...consumerFlags('its target cluster; repeatable'),
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
  parse: (input) => parseWait(input),
  load: () => import('./run.ts'),
};

function parseWait(input: ParseInput): WaitOptions {
  const flags = flagReader(input);
  const consumers = consumersOption(flags);
  const consumer = onlyConsumer(consumers);
  const several = consumers !== undefined && consumer === undefined ? consumers : undefined;
  return {
    await: awaitedCondition(flags.text('for') ?? 'Available', flags),
    addresses: several === undefined ? workAddresses(flags, consumer) : [],
    ...(several === undefined ? {} : { fleet: { consumers: several, namings: fleetNamings(flags) } }),
    mustExist: flags.on('mustExist'),
    via: viaOf(flags, 'poll'),
    output: flags.oneOf('output', waitOutputs) ?? 'text',
    ...connectionOptions(input, waitTimeoutMs),
  };
}
