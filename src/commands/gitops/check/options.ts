import type { ParseInput } from '../../../command-line/command-spec.ts';
import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import { flagReader, type FlagReader } from '../../../command-line/flag-values.ts';
import { parseLabelSelector } from '../../../core/label-selector.ts';
import { MaestroError } from '../../../errors.ts';
import type { ClusterChoice } from '../../../gitops/check/choose-clusters.ts';
import { purposes, type Purpose } from '../../../gitops/check/finding.ts';
import type { HubPlaces } from '../../../gitops/check/look-at-hub.ts';
import type { KubeSettings } from '../../../gitops/kube/kubeconfig.ts';
import { bundleChoice } from '../shared/bundle-choice.ts';
import { hubConnectionOptions } from '../shared/fleet-state-options.ts';
import { controllerPlaces, leaseNameOption, nameOption } from '../shared/hub-flags.ts';

export const checkOutputs = ['text', 'wide', 'json', 'yaml', 'junit'] as const;

export interface GitopsCheckOptions extends ConnectionOptions {
  readonly hub: KubeSettings;
  readonly hubId?: string;
  readonly purpose: Purpose;
  readonly clusters: ClusterChoice;
  readonly places: HubPlaces;
  readonly agentWithinMs: number;
  readonly probe: boolean;
  /** Name what holds too. */
  readonly all: boolean;
  readonly output: (typeof checkOutputs)[number];
}

/** Enough for a hub with thousands of clusters on a machine that has much else to do. */
const checkTimeoutMs = 900_000;
/** An Argo CD looks at its applications every three minutes, and each look is a report. */
const agentWithinMs = 900_000;

/** @throws MaestroError usage, before anything is read */
export function parseGitopsCheck(input: ParseInput): GitopsCheckOptions {
  const flags = flagReader(input);
  const within = flags.durationMs('agentWithin') ?? agentWithinMs;
  if (within <= 0) throw new MaestroError('usage', '--agent-within must be more than 0');
  const output = flags.output(checkOutputs);
  return {
    ...hubConnectionOptions(input, checkTimeoutMs),
    purpose: flags.oneOf('for', purposes) ?? 'running',
    clusters: clusterChoice(flags),
    places: {
      ...controllerPlaces(flags),
      maestroNamespace: nameOption(flags, 'maestroNamespace', 'maestro'),
      leaseName: leaseNameOption(flags),
    },
    agentWithinMs: within,
    probe: flags.on('probe'),
    all: flags.on('all') || output === 'wide',
    output,
  };
}

function clusterChoice(flags: FlagReader): ClusterChoice {
  const { clusters, clusterSelector: text } = bundleChoice(flags);
  if (text !== undefined) return { kind: 'selected', selector: parseLabelSelector(text), text };
  return clusters === undefined ? { kind: 'concerned' } : { kind: 'named', names: clusters };
}
