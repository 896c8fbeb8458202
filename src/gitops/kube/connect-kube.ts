import { MaestroError } from '../../errors.ts';
import type { Clock } from '../../clock.ts';
import { CredentialSource } from './credentials.ts';
import { HttpKubeApi } from './http-kube-api.ts';
import { loadHubConfig, type KubeSettings } from './kubeconfig.ts';
import type { KubeApi, KubeCallFact } from './kube-api.ts';

export interface KubeDeps {
  readonly clock: Clock;
  /** The process's environment: KUBECONFIG, HOME, KUBERNETES_SERVICE_HOST and _PORT, proxies. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly observe?: (fact: KubeCallFact) => void;
}

/**
 * Connects to the API of the hub. Reads credentials at once, so that a mistake
 * in them is told at the start, but sends nothing. What may heal, such as a
 * login plugin that fails, is told by the calls instead.
 *
 * @throws MaestroError usage for a kubeconfig that cannot be used
 */
export async function connectKube(settings: KubeSettings, deps: KubeDeps): Promise<KubeApi> {
  const credentials = new CredentialSource(() => loadHubConfig(settings, deps.env), deps.clock);
  await credentials.lend().catch((error: unknown) => {
    const failure = MaestroError.from(error);
    if (!failure.transient) throw failure;
  });
  return new HttpKubeApi(credentials, {
    clock: deps.clock,
    userAgent: settings.userAgent ?? 'maestro-cli',
    ...(deps.observe === undefined ? {} : { observe: deps.observe }),
  });
}
