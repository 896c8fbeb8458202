import { isJsonObject, type JsonObject } from '../../../src/core/json.ts';
import { ApiError, kinds, refreshAnnotation, setDecision } from '../../../test/gitops/rig/index.ts';
import { applications, type Action, type ApplicationName } from '../program/program.ts';
import type { GitopsWorld } from './gitops-world.ts';
import { applicationOf, applicationSetOf, clusterAnnotation, namespace, setName, setPlacement } from './objects.ts';
import { at } from './read.ts';

/** Does what somebody does on the hub, past all faults. @returns how it ended: `done`, or the status of the refusal */
export async function act(action: Action, index: number, world: GitopsWorld): Promise<string> {
  try {
    await request(action, `change-${String(index)}`, world);
    return 'done';
  } catch (error) {
    if (error instanceof ApiError) return `refused ${String(error.status)}`;
    // The API server is restarted under it.
    if (error instanceof Error && 'code' in error) return 'not reached';
    throw error;
  }
}

async function request(action: Action, change: string, world: GitopsWorld): Promise<void> {
  const { hub, spokes } = world;
  const { admin } = hub;
  const set = { namespace, name: setName };
  const patch = async (app: string, content: JsonObject): Promise<void> => {
    await admin.mergePatch(kinds.applications, { namespace, name: app }, content);
  };
  switch (action.kind) {
    case 'make':
      await admin.create(kinds.applications, applicationOf(action.app, action.cluster, change));
      return;
    case 'edit':
      return patch(action.app, { spec: { source: { targetRevision: change } } });
    case 'move':
      return patch(action.app, { metadata: { annotations: { [clusterAnnotation]: action.cluster } } });
    case 'sync':
      // One that syncs by itself would have operations that nobody asked for here.
      if (action.app === 'by-itself') return;
      return patch(action.app, {
        operation: { info: [{ name: 'asked', value: change }], sync: {}, retry: { limit: 2 } },
        ...(action.how === 'argocd' ? { status: { operationState: null } } : {}),
      });
    case 'terminate':
      return terminate(action, world);
    case 'refresh':
      return patch(action.app, { metadata: { annotations: { [refreshAnnotation]: action.how } } });
    case 'remove':
      await admin.delete(kinds.applications, { namespace, name: action.app });
      return;
    case 'let-go':
      return letGo(action.app, world);
    case 'let-all-go':
      for (const app of applications) await letGo(app, world).catch(passOverMissing);
      return;
    case 'make-set':
      await admin.create(kinds.applicationSets, applicationSetOf(change));
      return;
    case 'edit-set':
      await admin.mergePatch(kinds.applicationSets, set, {
        spec: { template: { spec: { source: { targetRevision: change } } } },
      });
      return;
    case 'remove-set':
      await admin.delete(kinds.applicationSets, set);
      return;
    case 'decide':
      await setDecision(hub, namespace, setPlacement, action.clusters);
      return;
    case 'push':
      spokes.get(action.cluster)?.argo.push();
  }
}

async function letGo(app: ApplicationName, { hub: { admin } }: GitopsWorld): Promise<void> {
  await admin.mergePatch(kinds.applications, { namespace, name: app }, { metadata: { finalizers: null } });
  await admin.delete(kinds.applications, { namespace, name: app });
}

function passOverMissing(error: unknown): void {
  if (!(error instanceof ApiError && error.status === 404)) throw error;
}

/** Argo CD's API refuses it unless both an operation and its state are there. */
async function terminate(
  { app, on }: Extract<Action, { readonly kind: 'terminate' }>,
  { hub, spokes }: GitopsWorld,
): Promise<void> {
  const admin = on === 'hub' ? hub.admin : spokes.get(on)?.admin;
  const ref = { namespace, name: app };
  const found = await admin?.get(kinds.applications, ref);
  if (!isJsonObject(found?.['operation']) || at(found, 'status', 'operationState') === undefined)
    throw new ApiError({ status: 400, body: { message: 'No operation is in progress' } }, 'terminate');
  await admin?.mergePatch(kinds.applications, ref, { status: { operationState: { phase: 'Terminating' } } });
}
