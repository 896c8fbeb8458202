import { resolve } from 'node:path';
import type { FlagSpec } from '../../command-line/command-spec.ts';
import type { FlagReader } from '../../command-line/flag-values.ts';
import { present } from '../../core/present.ts';
import { MaestroError } from '../../errors.ts';
import type { KubeSettings } from '../../gitops/kube/kubeconfig.ts';

/** How the hub is reached. */
export const hubFlags: readonly FlagSpec[] = [
  {
    flags: '--kubeconfig <file>',
    about: 'how to reach the hub',
    env: 'KUBECONFIG',
    defaultText: "~/.kube/config, else the pod's service account",
  },
  { flags: '--kube-context <name>', about: 'context of the kubeconfig' },
  { flags: '--in-cluster', about: "the pod's service account, whatever KUBECONFIG says" },
];

/** @throws MaestroError usage for two ways to the hub */
export function hubConnection(flags: FlagReader): KubeSettings {
  const inCluster = flags.on('inCluster');
  const context = flags.text('kubeContext');
  const kubeconfig = flags.text('kubeconfig');
  if (inCluster && (kubeconfig !== undefined || context !== undefined)) {
    throw new MaestroError(
      'usage',
      `--in-cluster and ${kubeconfig === undefined ? '--kube-context' : '--kubeconfig'} name two ways to the hub`,
      { hint: 'Leave one of the two out.' },
    );
  }
  // KUBECONFIG may list several files, so it is left to what reads kubeconfigs.
  return {
    inCluster,
    ...present({ kubeconfig, context }),
  };
}

/** A path of a kubeconfig counts from where the command was started. */
export function fromDirectory(hub: KubeSettings, cwd: string): KubeSettings {
  return hub.kubeconfig === undefined ? hub : { ...hub, kubeconfig: resolve(cwd, hub.kubeconfig) };
}
