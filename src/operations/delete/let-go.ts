import { foldStatus } from '../../core/status/fold.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';

/** The work says that its objects stay when it is deleted; its agent may not have heard of that yet. */
export function keepsObjects(bundle: Pick<ResourceBundle, 'deleteOption'>): boolean {
  return bundle.deleteOption?.['propagationPolicy'] === 'Orphan';
}

/** Its agent has let go of the objects: the work can be deleted, and they stay. */
export function hasLetGo(bundle: ResourceBundle): boolean {
  return keepsObjects(bundle) && ['applied', 'available'].includes(foldStatus(bundle, bundle.version).kind);
}
