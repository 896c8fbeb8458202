import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import { connectKube } from '../../../gitops/kube/connect-kube.ts';
import type { KubeApi, KubeCallFact } from '../../../gitops/kube/kube-api.ts';
import type { KubeSettings } from '../../../gitops/kube/kubeconfig.ts';
import { readHubId } from '../../../gitops/survey/hub-id.ts';
import { fromDirectory } from '../../shared/hub-connection.ts';
import { withMaestro, type MaestroContext, type MaestroSession } from '../../shared/with-maestro.ts';
import type { Context } from '../../../context.ts';
import type { RequestFact } from '../../../clients/transport.ts';

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

/**
 * Opens Maestro and the hub for one command, and closes both, whatever happens.
 *
 * @param observe told of each call to the hub
 */
export async function withHub<T>(
  options: HubOptions,
  context: MaestroContext & Pick<Context, 'cwd' | 'nameTarget' | 'tellRequest'>,
  use: (session: HubSession) => Promise<T>,
  observe?: (fact: KubeCallFact) => void,
): Promise<T> {
  return withMaestro(options, context, async (session) => {
    const { tellRequest } = context;
    const told = (fact: KubeCallFact): void => {
      observe?.(fact);
      tellRequest?.(requestOf(fact));
    };
    const opened = await connectKube(fromDirectory(options.hub, context.cwd), {
      clock: context.clock,
      env: context.env,
      ...(observe === undefined && tellRequest === undefined ? {} : { observe: told }),
    });
    const kube = namedBeforeWrites(session.closeAtEnd(opened), context);
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

/** `patch https://hub:6443/apis/…: 200 in 12 ms`; what was sent or answered is never in it. */
function requestOf({ verb, url, status, seconds }: KubeCallFact): RequestFact {
  return {
    method: verb,
    target: url,
    status: status === 0 ? 'no answer' : String(status),
    milliseconds: Math.round(seconds * 1_000),
    retries: 0,
  };
}

/** Should a command have forgotten to say that it writes to the hub, it is said before the first write. */
function namedBeforeWrites(kube: KubeApi, { nameTarget }: Pick<Context, 'nameTarget'>): KubeApi {
  if (nameTarget === undefined) return kube;
  const named = <A extends readonly unknown[], R>(call: (...args: A) => R): ((...args: A) => R) => {
    return (...args) => {
      nameTarget(`the hub ${kube.server}`);
      return call(...args);
    };
  };
  return {
    server: kube.server,
    defaultNamespace: kube.defaultNamespace,
    get: (...args) => kube.get(...args),
    listPage: (...args) => kube.listPage(...args),
    watch: (...args) => kube.watch(...args),
    jsonPatch: named((...args: Parameters<KubeApi['jsonPatch']>) => kube.jsonPatch(...args)),
    create: named((...args: Parameters<KubeApi['create']>) => kube.create(...args)),
    update: named((...args: Parameters<KubeApi['update']>) => kube.update(...args)),
    delete: named((...args: Parameters<KubeApi['delete']>) => kube.delete(...args)),
    close: () => kube.close(),
  };
}
