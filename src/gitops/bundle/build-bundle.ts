import { createHash } from 'node:crypto';
import type { JsonObject } from '../../core/json.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import {
  applicationSetHashLabel,
  applicationSetLabel,
  applicationsResource,
  argoGroup,
  contentHashStamp,
  hostingApplicationSetAnnotation,
  hubIdStamp,
  hubNameAnnotation,
  hubNamespaceAnnotation,
  hubUidStamp,
  oneShotStamp,
  pullLabel,
  refreshAnnotation,
  statusFeedbackName,
} from '../constants.ts';
import type { HubApplication } from '../model/hub-application.ts';
import { bundleNameOf } from './bundle-name.ts';
import type { Companion } from './companions.ts';
import { namespaceCompanion, needsProject, projectCompanion } from './companions.ts';
import { contentHashOf } from './content-hash.ts';
import { oneShotText } from './one-shot.ts';
import { spokeApplication, withOneShot } from './spoke-application.ts';

export interface BundleSettings {
  readonly sourceId: string;
  /** Names this hub among those that share a Maestro. */
  readonly hubId: string;
  /** Sends the namespace of the spoke application along. */
  readonly deliverNamespace: boolean;
  /** Sends the application's AppProject along, when the build is given one. */
  readonly deliverProject: boolean;
}

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

export interface BuildOptions {
  /** The hub's AppProject of the application. */
  readonly project?: JsonObject;
  /** Leaves Argo CD's finalizers out, so that a deletion does not cascade. */
  readonly withoutFinalizers?: boolean;
  /** Name of the work when it is not the plain one. */
  readonly name?: string;
  /** The content hash, when it is known from an earlier build of the very same content. */
  readonly contentHash?: string;
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
  const companions = companionsOf(app, settings, options.project);
  const application = spokeApplication(app, options.withoutFinalizers ?? false);
  const base: ManifestWork = {
    name,
    namespace: app.cluster,
    labels: workLabels(app),
    annotations: workAnnotations(app),
    manifests: [...companions.map(({ manifest }) => manifest), application],
    manifestConfigs: [...companions.map(({ resource }) => companionConfig(resource)), applicationConfig(app)],
    ...(companions.length === 0 ? {} : { deleteOption: orphaning(companions) }),
  };
  const contentHash = options.contentHash ?? contentHashOf(base);
  const travelling = oneShotText(oneShot);
  const work: ManifestWork = {
    ...base,
    annotations: {
      ...base.annotations,
      [hubIdStamp]: settings.hubId,
      [hubUidStamp]: app.uid,
      [contentHashStamp]: contentHash,
      ...(travelling === undefined ? {} : { [oneShotStamp]: travelling }),
    },
    manifests: [
      ...companions.map(({ manifest }) => manifest),
      withOneShot(application, oneShot.operation, oneShot.refresh),
    ],
  };
  return { id: bundleId(settings.sourceId, app.cluster, name), work, contentHash };
}

/** SHA-1 in hex of `<hub namespace>/<ApplicationSet>`; the value that the Go controllers label with. */
export function applicationSetHash(applicationSet: string): string {
  return createHash('sha1').update(applicationSet).digest('hex');
}

function companionsOf(app: HubApplication, settings: BundleSettings, project: JsonObject | undefined): readonly Companion[] {
  return [
    ...(settings.deliverNamespace ? [namespaceCompanion(app)] : []),
    ...(settings.deliverProject && project !== undefined && needsProject(app) ? [projectCompanion(app, project)] : []),
  ];
}

function workLabels(app: HubApplication): Readonly<Record<string, string>> {
  if (app.applicationSet === undefined) return { [pullLabel]: 'true' };
  return { [applicationSetLabel]: 'true', [applicationSetHashLabel]: applicationSetHash(app.applicationSet) };
}

function workAnnotations(app: HubApplication): Readonly<Record<string, string>> {
  return {
    [hubNamespaceAnnotation]: app.namespace,
    [hubNameAnnotation]: app.name,
    ...(app.applicationSet === undefined ? {} : { [hostingApplicationSetAnnotation]: app.applicationSet }),
  };
}

/**
 * The whole status is fed back. A field that the spoke's Argo CD consumes does
 * not make the agent apply it again: see ignoreFields, which work agents know
 * since 2024-12.
 */
function applicationConfig(app: HubApplication): JsonObject {
  return {
    resourceIdentifier: {
      group: argoGroup,
      resource: applicationsResource,
      namespace: app.spokeNamespace,
      name: app.name,
    },
    feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: statusFeedbackName, path: '.status' }] }],
    updateStrategy: {
      type: 'ServerSideApply',
      serverSideApply: {
        force: true,
        ignoreFields: [
          { condition: 'OnSpokeChange', jsonPaths: ['.operation', `.metadata.annotations["${refreshAnnotation}"]`] },
        ],
      },
    },
  };
}

/** Many works of one cluster carry the same companion, so each applies only the fields that it sends. */
function companionConfig(resource: JsonObject): JsonObject {
  return {
    resourceIdentifier: resource,
    updateStrategy: { type: 'ServerSideApply', serverSideApply: { force: true } },
  };
}

function orphaning(companions: readonly Companion[]): JsonObject {
  return {
    propagationPolicy: 'SelectivelyOrphan',
    selectivelyOrphans: { orphaningRules: companions.map(({ resource }) => resource) },
  };
}
