import { resolve } from 'node:path';
import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import { connectKube } from '../../../gitops/kube/connect-kube.ts';
import type { KubeApi, KubeCallFact } from '../../../gitops/kube/kube-api.ts';
import type { KubeSettings } from '../../../gitops/kube/kubeconfig.ts';
import { readHubId } from '../../../gitops/survey/hub-id.ts';
import { withMaestro, type MaestroContext, type MaestroSession } from '../../shared/with-maestro.ts';
import type { Context } from '../../../context.ts';

/** What a command has while it talks to the hub and to Maestro. */
export interface HubSession extends MaestroSession {
  readonly kube: KubeApi;
  /** Who this hub is, as it is stamped on bundles; asked for once. */
  readonly hubId: () => Promise<string>;
}

export interface HubOptions extends Pick<ConnectionOptions, 'settings' | 'timeoutMs' | 'log'> {
  readonly hub: KubeSettings;
  readonly hubId?: string;
}

/** A path of a kubeconfig counts from where the command was started. */
export function fromDirectory(hub: KubeSettings, cwd: string): KubeSettings {
  return hub.kubeconfig === undefined ? hub : { ...hub, kubeconfig: resolve(cwd, hub.kubeconfig) };
}

/**
 * Opens Maestro and the hub for one command, and closes both, whatever happens.
 *
 * @param observe told of each call to the hub
 */
export async function withHub<T>(
  options: HubOptions,
  context: MaestroContext & Pick<Context, 'cwd'>,
  use: (session: HubSession) => Promise<T>,
  observe?: (fact: KubeCallFact) => void,
): Promise<T> {
  return withMaestro(options, context, async (session) => {
    const kube = session.closeAtEnd(
      await connectKube(fromDirectory(options.hub, context.cwd), {
        clock: context.clock,
        env: context.env,
        ...(observe === undefined ? {} : { observe }),
      }),
    );
    let asked: Promise<string> | undefined;
    return use({
      ...session,
      kube,
      hubId: async () => {
        asked ??= options.hubId === undefined ? readHubId(kube, session.budget) : Promise.resolve(options.hubId);
        return asked;
      },
    });
  });
}
