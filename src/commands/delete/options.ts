import { fleetLimits, type ConsumersOption, type FleetLimits } from '../../command-line/consumer-choice.ts';
import {
  callTimeoutMs,
  connectionOptions,
  waitTimeoutMs,
  type ConnectionOptions,
} from '../../command-line/connection-options.ts';
import { present } from '../../core/present.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { namedResources } from '../../command-line/named-resources.ts';
import { refuseWaitFlags } from '../../command-line/wait-options.ts';
import { chosenWorks, namedManager, takenConsumer } from '../../command-line/work-address.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import type { WorkNaming } from '../../core/fleet/work-naming.ts';
import { MaestroError } from '../../errors.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import { viaOf, type Way } from '../../command-line/via.ts';

export const deleteOutputs = ['text', 'json', 'name'] as const;

/** Several consumers to delete works from. */
export interface DeleteFleet extends FleetLimits {
  readonly consumers: ConsumersOption;
  /** What the works are called, which may differ from consumer to consumer. */
  readonly namings: readonly WorkNaming[];
}

export interface DeleteOptions extends ConnectionOptions {
  /** Empty with a fleet. */
  readonly addresses: readonly WorkAddress[];
  /** Wait for what was asked for; never of a dry run, which asks for nothing. */
  readonly watch: boolean;
  readonly via: Way;
  readonly dryRun: boolean;
  /** Manifests to take out; empty: the whole work goes. */
  readonly resources: readonly Selector[];
  /** Leave the objects on the cluster. */
  readonly orphan: boolean;
  readonly manager: string;
  readonly force: boolean;
  /** Do not ask, where several consumers are concerned. */
  readonly yes: boolean;
  /** Set when there are several consumers. */
  readonly fleet?: DeleteFleet;
  readonly output: (typeof deleteOutputs)[number];
}

/** What --watch waits for, in the words of a wait. */
export function awaitedBy({ resources }: Pick<DeleteOptions, 'resources'>): 'Applied' | 'Deleted' {
  return resources.length > 0 ? 'Applied' : 'Deleted';
}

export function parseDelete(input: ParseInput): DeleteOptions {
  const flags = flagReader(input);
  const watch = flags.on('watch');
  refuseWaitFlags(flags, watch, ['--watch']);
  const orphan = flags.on('orphan');
  const dryRun = flags.on('dryRun');
  const resources = namedResources(flags, 'resource', '--resource');
  if (resources.length > 0 && flags.on('all'))
    throw new MaestroError('usage', '--all and --resource contradict each other');
  if (resources.length > 0 && orphan) {
    throw new MaestroError('usage', '--orphan is about whole works; it cannot be given with --resource');
  }
  const force = flags.on('force');
  const works = chosenWorks(input);
  const connection = connectionOptions(input, watch || orphan || works.by === 'fleet' ? waitTimeoutMs : callTimeoutMs);
  return {
    ...connection,
    addresses: works.by === 'address' ? works.addresses : [],
    ...(works.by === 'fleet'
      ? {
          fleet: {
            consumers: works.consumers,
            namings: works.namings,
            ...fleetLimits(flags),
          },
        }
      : {}),
    ...present({ takenConsumer: takenConsumer(input) }),
    watch: watch && !dryRun,
    via: viaOf(flags, 'poll'),
    dryRun,
    resources,
    orphan,
    manager: namedManager(input, flags.text('adapter')) ?? connection.source,
    force,
    yes: flags.on('yes'),
    output: flags.output(deleteOutputs),
  };
}
