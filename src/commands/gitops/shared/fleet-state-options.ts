import { hubConnection, hubFlags } from '../../shared/hub-connection.ts';
import type { FlagSpec } from '../../../command-line/command-spec.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import {
  connectionOptions,
  layeredReader,
  waitTimeoutMs,
  type ConnectionOptions,
} from '../../../command-line/connection-options.ts';
import { publishesAbout } from '../../../command-line/consumer-choice.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { present } from '../../../core/present.ts';
import type { KubeSettings } from '../../../gitops/kube/kubeconfig.ts';
import { defaultPublishes } from '../../../operations/fleet/publish-limits.ts';
import { bundleChoice, bundleChoiceFlags, type BundleChoiceOption } from './bundle-choice.ts';
import { goSource, hubIdFlag, hubIdOption } from './hub-flags.ts';

export const fleetStateOutputs = ['text', 'json'] as const;

/** Of the commands that change all bundles of a hub. */
export interface FleetStateOptions extends ConnectionOptions {
  readonly hub: KubeSettings;
  readonly hubId?: string;
  readonly choice: BundleChoiceOption;
  readonly maxConcurrency: number;
  readonly yes: boolean;
  readonly dryRun: boolean;
  readonly output: (typeof fleetStateOutputs)[number];
}

export const fleetStateFlags: readonly FlagSpec[] = [
  ...hubFlags,
  hubIdFlag,
  ...bundleChoiceFlags,
  { flags: '-y, --yes', about: 'do not ask' },
  { flags: '--dry-run', about: 'say what would become of each bundle, and send nothing' },
  {
    flags: '--max-concurrency <n>',
    about: publishesAbout('most writes under way at once'),
    defaultText: String(defaultPublishes),
  },
];

/** Bundles are found by the source that the controllers publish with. */
export function hubConnectionOptions(
  input: ParseInput,
  timeoutMs: number = waitTimeoutMs,
): ConnectionOptions & Pick<FleetStateOptions, 'hub' | 'hubId'> {
  const flags = flagReader(input);
  return {
    ...connectionOptions(input, timeoutMs),
    source: layeredReader(input).text('sourceId', 'MAESTRO_SOURCE_ID') ?? goSource,
    hub: hubConnection(flags),
    ...present({ hubId: hubIdOption(flags) }),
  };
}

export function parseFleetState(input: ParseInput): FleetStateOptions {
  const flags = flagReader(input);
  return {
    ...hubConnectionOptions(input),
    choice: bundleChoice(flags),
    maxConcurrency: flags.wholeNumber('maxConcurrency', 1) ?? defaultPublishes,
    yes: flags.on('yes'),
    dryRun: flags.on('dryRun'),
    output: flags.output(fleetStateOutputs),
  };
}

export const waitFlag: FlagSpec = {
  flags: '--wait [bool]',
  about: 'wait until the agents have applied it; with false, until Maestro has taken it',
  defaultText: 'true',
};
