/**
 * How the hub is reached, as plain data. Nothing given: KUBECONFIG, then ~/.kube/config, then the pod's service
 * account.
 */
export interface KubeSettings {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Takes the pod's service account, whatever kubeconfig there is. */
  readonly inCluster?: boolean;
  /** Where the pod's token, CA and namespace are mounted, when not in the usual place. */
  readonly serviceAccountDirectory?: string;
  /** Sent as User-Agent. */
  readonly userAgent?: string;
}
