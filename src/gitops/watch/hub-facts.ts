import { buildBundle, type BundleSettings } from '../bundle/build-bundle.ts';
import { operationHash } from '../bundle/content-hash.ts';
import type { HubFacts } from '../index/records.ts';
import { isArgoFinalizer } from '../model/finalizers.ts';
import type { HubApplication } from '../model/hub-application.ts';
import type { JsonObject } from '../../core/json.ts';

/** What is kept of a hub application: whether it changed in a way that matters, and nothing of its content. */
export function hubFactsOf(app: HubApplication, settings: BundleSettings, project: JsonObject | undefined): HubFacts {
  const wanted = app.selected && app.cluster !== '';
  return {
    uid: app.uid,
    cluster: app.cluster,
    spokeNamespace: app.spokeNamespace,
    desiredHash: wanted ? buildBundle(app, settings, {}, project === undefined ? {} : { project }).contentHash : '',
    selected: app.selected,
    deletionTimestamp: app.deletionTimestamp ?? '',
    skipReconcile: app.skipReconcile,
    argoFinalizers: app.finalizers.some((finalizer) => isArgoFinalizer(finalizer)),
    operation: app.operation === undefined ? '' : operationHash(app.operation),
    refresh: app.refresh ?? '',
  };
}

/** True when nothing that propagation looks at differs. */
export function sameFacts(left: HubFacts | undefined, right: HubFacts): boolean {
  if (left === undefined) return false;
  return (Object.keys(right) as (keyof HubFacts)[]).every((key) => left[key] === right[key]);
}
