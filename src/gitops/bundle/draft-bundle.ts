import { hash } from 'node:crypto';
import { orderedWireJson, type JsonObject } from '../../core/json.ts';
import {
  applicationSetHashLabel,
  applicationSetLabel,
  applicationsResource,
  argoGroup,
  hostingApplicationSetAnnotation,
  hubNameAnnotation,
  hubNamespaceAnnotation,
  pullLabel,
  refreshAnnotation,
  statusFeedbackName,
} from '../constants.ts';
import type { HubApplication } from '../model/hub-application.ts';
import type { Companion } from './companions.ts';
import { namespaceCompanion, needsProject, projectCompanion } from './companions.ts';
import { contentHashOfText } from './content-hash.ts';
import { spokeApplication } from './spoke-application.ts';

export interface BundleSettings {
  readonly sourceId: string;
  /** Names this hub among those that share a Maestro. */
  readonly hubId: string;
  /** Sends the namespace of the spoke application along. */
  readonly deliverNamespace: boolean;
  /** Sends the application's AppProject along, when the build is given one. */
  readonly deliverProject: boolean;
}

/**
 * What the bundle of a hub application says, whatever it is called and whatever
 * travels with it once.
 */
export interface BundleDraft {
  readonly labels: Readonly<Record<string, string>>;
  /** Without stamps. */
  readonly annotations: Readonly<Record<string, string>>;
  /**
   * Manifests, the Application without one-shot fields last, and how they are applied: JSON for the wire, keys in
   * order.
   */
  readonly dataText: string;
  /** No manifest goes ahead of the Application. */
  readonly alone: boolean;
  readonly contentHash: string;
  /** The AppProject that it was made with. */
  readonly project: JsonObject | undefined;
}

export interface DraftOptions {
  /** The hub's AppProject of the application. */
  readonly project?: JsonObject;
  /** Leaves Argo CD's finalizers out, so that a deletion does not cascade. */
  readonly withoutFinalizers?: boolean;
}

/** A pure function of what it is given, which it leaves as it is. */
export function draftBundle(
  app: HubApplication,
  settings: BundleSettings,
  { project, withoutFinalizers = false }: DraftOptions = {},
): BundleDraft {
  const companions = companionsOf(app, settings, project);
  const labels = workLabels(app);
  const annotations = workAnnotations(app);
  // Here and in what it is made of, maps are in the order of their keys, as the hub sends them, so that nothing is
  // sorted.
  const dataText = orderedWireJson({
    ...(companions.length === 0 ? {} : { deleteOption: orphaning(companions) }),
    manifestConfigs: [...companions.map(({ resource }) => companionConfig(resource)), applicationConfig(app)],
    manifests: [...companions.map(({ manifest }) => manifest), spokeApplication(app, withoutFinalizers)],
  });
  return {
    labels,
    annotations,
    dataText,
    alone: companions.length === 0,
    contentHash: contentHashOfText(annotations, dataText, labels),
    project,
  };
}

/** SHA-1 in hex of `<hub namespace>/<ApplicationSet>`; the value that the Go controllers label with. */
export function applicationSetHash(applicationSet: string): string {
  return hash('sha1', applicationSet, 'hex');
}

function companionsOf(
  app: HubApplication,
  settings: BundleSettings,
  project: JsonObject | undefined,
): readonly Companion[] {
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
    ...(app.applicationSet === undefined ? {} : { [hostingApplicationSetAnnotation]: app.applicationSet }),
    [hubNameAnnotation]: app.name,
    [hubNamespaceAnnotation]: app.namespace,
  };
}

/** The whole status is fed back. */
const feedbackRules = [{ jsonPaths: [{ name: statusFeedbackName, path: '.status' }], type: 'JSONPaths' }];

/**
 * A field that the spoke's Argo CD consumes does not make the agent apply it
 * again: see ignoreFields, which work agents know since 2024-12.
 */
const applicationStrategy = {
  serverSideApply: {
    force: true,
    ignoreFields: [
      { condition: 'OnSpokeChange', jsonPaths: ['.operation', `.metadata.annotations["${refreshAnnotation}"]`] },
    ],
  },
  type: 'ServerSideApply',
};

function applicationConfig(app: HubApplication): JsonObject {
  return {
    feedbackRules,
    resourceIdentifier: {
      group: argoGroup,
      name: app.name,
      namespace: app.spokeNamespace,
      resource: applicationsResource,
    },
    updateStrategy: applicationStrategy,
  };
}

/** Many works of one cluster carry the same companion, so each applies only the fields that it sends. */
const companionStrategy = { type: 'ServerSideApply', serverSideApply: { force: true } };

function companionConfig(resource: JsonObject): JsonObject {
  return { resourceIdentifier: resource, updateStrategy: companionStrategy };
}

/** How what a config names is applied: the Application, or what goes ahead of it. */
export function updateStrategyFor({ group, resource }: JsonObject): JsonObject {
  return group === argoGroup && resource === applicationsResource ? applicationStrategy : companionStrategy;
}

function orphaning(companions: readonly Companion[]): JsonObject {
  return {
    propagationPolicy: 'SelectivelyOrphan',
    selectivelyOrphans: { orphaningRules: companions.map(({ resource }) => resource) },
  };
}
