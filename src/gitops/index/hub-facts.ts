import { operationHash } from '../bundle/content-hash.ts';
import { isArgoFinalizer } from '../model/finalizers.ts';
import type { HubApplication } from '../model/hub-application.ts';

/** What decisions need of a hub application; no content, which is read again when it is published. */
export interface HubFacts {
  readonly uid: string;
  readonly cluster: string;
  readonly spokeNamespace: string;
  /** `<hub namespace>/<name>` of the ApplicationSet that owns it, "" when none does. */
  readonly applicationSet: string;
  /** Hash of the bundle that its content calls for, without one-shot fields. */
  readonly desiredHash: string;
  readonly selected: boolean;
  /** RFC 3339, when it is being deleted. */
  readonly deletionTimestamp: string;
  readonly skipReconcile: boolean;
  /** Any of Argo CD's finalizers, which hold the application until we release it. */
  readonly argoFinalizers: boolean;
  /** Hash of `.operation`, "" when there is none. */
  readonly operation: string;
  /** Value of the refresh annotation, with what tells this request from the next; "" when there is none. */
  readonly refresh: string;
  /** Why it cannot be read, "" or absent when it can. What is known of its metadata holds either way. */
  readonly unreadable?: string;
}

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
    applicationSet: app.applicationSet ?? '',
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
