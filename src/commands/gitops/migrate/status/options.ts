import { hubConnection } from '../../../shared/hub-connection.ts';
import {
  callTimeoutMs,
  connectionOptions,
  type ConnectionOptions,
} from '../../../../command-line/connection-options.ts';
import type { ParseInput } from '../../../../command-line/command-spec.ts';
import { flagReader } from '../../../../command-line/flag-values.ts';
import type { KubeSettings } from '../../../../gitops/kube/kubeconfig.ts';
import { planOption, plannedClusters } from '../shared/options.ts';

export const statusOutputs = ['table', 'wide', 'json', 'yaml'] as const;

export interface StatusOptions extends ConnectionOptions {
  readonly hub: KubeSettings;
  readonly plan: string;
  /** Empty: all of the plan. */
  readonly clusters: readonly string[];
  readonly output: (typeof statusOutputs)[number];
}

export function parseGitopsMigrateStatus(input: ParseInput): StatusOptions {
  const flags = flagReader(input);
  return {
    ...connectionOptions(input, callTimeoutMs),
    hub: hubConnection(flags),
    plan: planOption(flags),
    clusters: plannedClusters(flags),
    output: flags.output(statusOutputs),
  };
}
