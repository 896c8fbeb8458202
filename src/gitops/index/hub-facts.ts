import { operationHash } from '../bundle/content-hash.ts';
import type { HubFacts } from './records.ts';
import { isArgoFinalizer } from '../model/finalizers.ts';
import type { HubApplication } from '../model/hub-application.ts';

/**
 * What is kept of a hub application: whether it changed in a way that matters, and nothing of its content.
 *
 * @param desiredHash content hash of the bundle that it calls for; "" when it calls for none
 * @param unreadable why it cannot be read; "" when it can
 */
export function hubFactsOf(app: HubApplication, desiredHash: string, unreadable = ''): HubFacts {
  return {
    uid: app.uid,
    cluster: app.cluster,
    spokeNamespace: app.spokeNamespace,
    desiredHash,
    selected: app.selected,
    deletionTimestamp: app.deletionTimestamp ?? '',
    skipReconcile: app.skipReconcile,
    argoFinalizers: app.finalizers.some((finalizer) => isArgoFinalizer(finalizer)),
    operation: app.operation === undefined ? '' : operationHash(app.operation),
    refresh: refreshRequest(app),
    unreadable,
  };
}

/** True when nothing that propagation looks at differs. */
export function sameFacts(left: HubFacts | undefined, right: HubFacts): boolean {
  if (left === undefined) return false;
  return (Object.keys(right) as (keyof HubFacts)[]).every((key) => left[key] === right[key]);
}

/** Another text for another request, where Argo CD tells them apart. */
function refreshRequest({ refresh = '', refreshTimestamp }: HubApplication): string {
  return refresh === '' || refreshTimestamp === undefined ? refresh : `${refresh} ${refreshTimestamp}`;
}
