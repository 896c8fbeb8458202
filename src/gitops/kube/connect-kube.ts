import type { Clock } from '../../io/clock.ts';
import type { KubeApi, KubeCallFact } from './kube-api.ts';

/** How the hub is reached, as plain data. Nothing given: KUBECONFIG, then ~/.kube/config, then the pod's service account. */
export interface KubeSettings {
  readonly kubeconfig?: string;
  readonly context?: string;
  /** Takes the pod's service account, whatever kubeconfig there is. */
  readonly inCluster?: boolean;
  /** Sent as User-Agent. */
  readonly userAgent?: string;
}

export interface KubeDeps {
  readonly clock: Clock;
  /** The process's environment: KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST and _PORT, proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly observe?: (fact: KubeCallFact) => void;
}

/**
 * Connects to the API of the hub. Reads credentials at once, so that a mistake
 * in them is told at the start, but sends nothing.
 *
 * @throws MaestroError usage for a kubeconfig that cannot be used
 */
export declare function connectKube(settings: KubeSettings, deps: KubeDeps): Promise<KubeApi>;
