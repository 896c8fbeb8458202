import {
  consumerFlags,
  consumersOption,
  fleetLimitFlags,
  fleetLimits,
  onlyConsumer,
  type ConsumersOption,
  type FleetLimits,
} from '../../command-line/consumer-choice.ts';
import {
  callTimeoutMs,
  connectionOptions,
  waitTimeoutMs,
  type ConnectionOptions,
} from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { namedResources } from '../../command-line/named-resources.ts';
import { fleetNamings, managerOf, workAddresses, workAddressFlags } from '../../command-line/work-address.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import type { WorkNaming } from '../../core/fleet/work-naming.ts';
import { MaestroError } from '../../errors.ts';
import type { WorkAddress } from '../../operations/find-work.ts';
import { ExitCode } from '../../exit-code.ts';
import { viaFlag, viaOf, type Way } from '../../command-line/via.ts';

export const deleteOutputs = ['text', 'json', 'name'] as const;

/** Several consumers to delete works from. */
export interface DeleteFleet extends FleetLimits {
  readonly consumers: ConsumersOption;
  /** What the works are called, which may differ from consumer to consumer. */
  readonly namings: readonly WorkNaming[];
  /** Do not ask. */
  readonly yes: boolean;
}

export interface DeleteOptions extends ConnectionOptions {
  /** Empty with a fleet. */
  readonly addresses: readonly WorkAddress[];
  readonly watch: boolean;
  readonly via: Way;
  readonly dryRun: boolean;
  /** Manifests to take out; empty: the whole work goes. */
  readonly resources: readonly Selector[];
  /** Leave the objects on the cluster. */
  readonly orphan: boolean;
  readonly manager: string;
  readonly force: boolean;
  /** Set when there are several consumers. */
  readonly fleet?: DeleteFleet;
  readonly output: (typeof deleteOutputs)[number];
}

export const deleteCommand: CommandSpec<DeleteOptions> = {
  name: 'delete',
  summary: 'delete a work, and with it its objects on the cluster',
  description:
    'Asks Maestro to delete a work. "Deletion requested" is all that is known then; with --watch it waits until Maestro has removed the work, which it does when the agent has reported the objects deleted; with --via=stream it also hears that report. A work that does not exist is a success, a consumer that does not exist is not (exit 3). A work that holds manifests of other managers is left alone (exit 10), with or without --all; --force deletes it and says what they lose. For several consumers it asks first.',
  examples: [
    {
      about: 'Delete a work and wait until it is gone',
      command: 'maestro-cli delete --name=hyperfleet-c1-job --consumer=c1 --all --watch',
    },
    {
      about: 'See what would be deleted',
      command: 'maestro-cli delete --name=hyperfleet-c1-job --consumer=c1 --dry-run',
    },
    {
      about: 'Delete the works of an adapter wherever a label is, without being asked',
      command: 'maestro-cli delete --adapter=nodepool --consumer-selector=env=prod --yes',
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
    ExitCode.Ownership,
    ExitCode.Interrupted,
    ExitCode.Terminated,
  ],
  flags: [
    ...workAddressFlags.filter(({ flags }) => !flags.includes('--consumer')),
    ...consumerFlags('its target cluster; repeatable'),
    { flags: '--all', about: "the whole work, as without --resource; others' manifests in it still need --force" },
    {
      flags: '--resource <selector>',
      about: 'only these manifests, Kind[.group]/[namespace/]name; the work stays; repeatable',
      repeat: true,
    },
    {
      flags: '--orphan',
      about: 'leave the objects on the cluster: first makes the agent let go of them, then deletes the work',
    },
    { flags: '--force', about: 'also what other managers own, which is refused without it; says what they lose' },
    { flags: '--watch', about: 'wait until the work is gone from Maestro, or the rest applied', aliases: ['--wait'] },
    viaFlag(
      'poll',
      'with --watch, stream opens a stream of status events before it asks, and so can see the objects removed from the cluster',
    ),
    { flags: '--dry-run', about: 'say what would be deleted, and send nothing' },
    { flags: '-y, --yes', about: 'with several consumers: do not ask' },
    ...fleetLimitFlags,
  ],
  outputs: deleteOutputs,
  hasOutcome: true,
  parse: (input) => parseDelete(input),
  load: () => import('./run.ts'),
};

function parseDelete(input: ParseInput): DeleteOptions {
  const flags = flagReader(input);
  const watch = flags.on('watch');
  if (!watch && flags.text('via') !== undefined) throw new MaestroError('usage', '--via is for --watch');
  const orphan = flags.on('orphan');
  const resources = namedResources(flags, 'resource', '--resource');
  if (resources.length > 0 && flags.on('all'))
    throw new MaestroError('usage', '--all and --resource contradict each other');
  if (resources.length > 0 && orphan) {
    throw new MaestroError('usage', '--orphan is about whole works; it cannot be given with --resource');
  }
  const force = flags.on('force');
  const consumers = consumersOption(flags);
  const consumer = onlyConsumer(consumers);
  const several = consumers === undefined || consumer !== undefined ? undefined : consumers;
  const connection = connectionOptions(input, watch || orphan || several !== undefined ? waitTimeoutMs : callTimeoutMs);
  return {
    ...connection,
    addresses: several === undefined ? workAddresses(flags, consumer) : [],
    ...(several === undefined
      ? {}
      : { fleet: { consumers: several, namings: fleetNamings(flags), yes: flags.on('yes'), ...fleetLimits(flags) } }),
    watch,
    via: viaOf(flags, 'poll'),
    dryRun: flags.on('dryRun'),
    resources,
    orphan,
    manager: managerOf(input, connection.source, flags.text('adapter')).manager,
    force,
    output: flags.oneOf('output', deleteOutputs) ?? 'text',
  };
}
