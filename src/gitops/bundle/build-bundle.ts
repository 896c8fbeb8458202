import { parseWireJson, toWireJson, type JsonObject } from '../../core/json.ts';
import { deepestBundle } from '../../core/json-nesting.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import type { WrittenWork } from '../../core/works/written-work.ts';
import { contentHashStamp, hubIdStamp, hubUidStamp, oneShotStamp } from '../constants.ts';
import { objectsAt } from '../../core/json-fields.ts';
import { isArgoFinalizer } from '../model/finalizers.ts';
import type { HubSummary } from '../model/hub-application.ts';
import { bundleNameOf } from './bundle-name.ts';
import { isApplication } from './content-hash.ts';
import type { BundleDraft, BundleSettings } from './draft-bundle.ts';
import { oneShotText, readOneShot, type OneShot } from './one-shot.ts';
import { withOneShot } from './spoke-application.ts';
import type { StoredBundle } from './stored-bundle.ts';

export interface BuiltBundle {
  readonly id: string;
  readonly work: WrittenWork;
  readonly contentHash: string;
  /** It holds nothing but the Application. */
  readonly alone: boolean;
}

/**
 * Makes the work for a hub application out of its draft: a pure function of
 * what it is given. One-shot fields are taken from `oneShot` alone, so that the
 * caller decides how long each travels. The work can still be one that Maestro
 * refuses: ask `bundleProblems` before publishing.
 *
 * `name` is that of the work, when it is not the plain one.
 */
export function buildBundle(
  app: HubSummary,
  { labels, annotations, dataText, alone, contentHash }: BundleDraft,
  settings: Pick<BundleSettings, 'sourceId' | 'hubId'>,
  { oneShot, name = bundleNameOf(app.namespace, app.name) }: { readonly oneShot: OneShot; readonly name?: string },
): BuiltBundle {
  const travelling = oneShotText(oneShot);
  const work: WrittenWork = {
    name,
    labels,
    annotations: {
      ...annotations,
      [hubIdStamp]: settings.hubId,
      [hubUidStamp]: app.uid,
      [contentHashStamp]: contentHash,
      ...(travelling === undefined ? {} : { [oneShotStamp]: travelling }),
    },
    dataText: travelling === undefined ? dataText : travellingText(dataText, oneShot),
  };
  return { id: bundleId(settings.sourceId, app.cluster, name), work, contentHash, alone };
}

/** What a bundle says of itself once Maestro has it: as `readStoredBundle` reads it back. */
export function storedBundleOf(
  { id, work, contentHash }: BuiltBundle,
  app: HubSummary,
  hubId: string,
  version: number,
): StoredBundle {
  return {
    id,
    name: work.name,
    consumer: app.cluster,
    version,
    deleting: false,
    hubNamespace: app.namespace,
    hubName: app.name,
    hubId,
    hubUid: app.uid,
    contentHash,
    oneShot: readOneShot(work.annotations[oneShotStamp] ?? ''),
    managedBy: 'us',
    spokeNamespace: app.spokeNamespace,
    spokeName: app.name,
    cascades: app.finalizers.some((finalizer) => isArgoFinalizer(finalizer)),
  };
}

function travellingText(dataText: string, { operation, refresh }: OneShot): string {
  const data = parseWireJson(dataText, deepestBundle) as JsonObject;
  const manifests = objectsAt(data, 'manifests').map((manifest) =>
    isApplication(manifest) ? withOneShot(manifest, operation, refresh) : manifest,
  );
  return toWireJson({ ...data, manifests });
}
