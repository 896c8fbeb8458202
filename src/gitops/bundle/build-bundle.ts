import type { JsonObject } from '../../core/json.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import { contentHashStamp, hubIdStamp, hubUidStamp, oneShotStamp } from '../constants.ts';
import type { HubApplication } from '../model/hub-application.ts';
import { bundleNameOf } from './bundle-name.ts';
import { draftBundle, type BundleDraft, type BundleSettings, type DraftOptions } from './draft-bundle.ts';
import { oneShotText } from './one-shot.ts';
import { withOneShot } from './spoke-application.ts';

/** The fields of a hub application that are passed on once. */
export interface OneShot {
  readonly operation?: JsonObject;
  /** `status.operationState.startedAt` last reported when it was first published. */
  readonly operationAfter?: string;
  /** Value of the refresh annotation. */
  readonly refresh?: string;
  /** `status.reconciledAt` last reported when it was first published. */
  readonly refreshAfter?: string;
}

export interface BuildOptions extends DraftOptions {
  /** Name of the work when it is not the plain one. */
  readonly name?: string;
  /** What was made of the very same application, settings and options before. */
  readonly draft?: BundleDraft;
}

export interface BuiltBundle {
  readonly id: string;
  readonly work: ManifestWork;
  readonly contentHash: string;
}

/**
 * Makes the work for a hub application: a pure function of what it is given,
 * which it leaves as it is. One-shot fields are taken from `oneShot` alone,
 * never from the application, so that the caller decides how long each
 * travels. The work can still be one that Maestro refuses: ask
 * `bundleProblems` before publishing.
 */
export function buildBundle(
  app: HubApplication,
  settings: BundleSettings,
  oneShot: OneShot,
  options: BuildOptions = {},
): BuiltBundle {
  const name = options.name ?? bundleNameOf(app.namespace, app.name);
  const { labels, annotations, companions, application, manifestConfigs, deleteOption, contentHash } =
    options.draft ?? draftBundle(app, settings, options);
  const travelling = oneShotText(oneShot);
  const work: ManifestWork = {
    name,
    namespace: app.cluster,
    labels,
    annotations: {
      ...annotations,
      [hubIdStamp]: settings.hubId,
      [hubUidStamp]: app.uid,
      [contentHashStamp]: contentHash,
      ...(travelling === undefined ? {} : { [oneShotStamp]: travelling }),
    },
    manifests: [...companions, withOneShot(application, oneShot.operation, oneShot.refresh)],
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
  };
  return { id: bundleId(settings.sourceId, app.cluster, name), work, contentHash };
}
