import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import {
  applicationApiVersion,
  applicationKind,
  applicationSetLabel,
  clusterAnnotation,
  hostingApplicationSetAnnotation,
  hydrateTimestampAnnotation,
  inClusterServer,
  instanceLabel,
  lastAppliedAnnotation,
  notifiedAnnotation,
  pullLabel,
  refreshAnnotation,
  refreshTimestampAnnotation,
  skipReconcileAnnotation,
  spokeNamespaceAnnotation,
  touchAnnotation,
  trackingIdAnnotation,
} from '../constants.ts';
import { objectAt, stringMapAt } from '../../core/json-fields.ts';
import { withoutArgoFinalizers } from '../model/finalizers.ts';
import type { HubApplication } from '../model/hub-application.ts';

const inCluster = { name: '', server: inClusterServer };

/** Labels that say something of the hub's object and would be wrong of the spoke's. */
const hubLabels: ReadonlySet<string> = new Set([pullLabel, instanceLabel]);

/** The same of annotations; the refresh annotation is a one-shot and put in when it travels. */
const hubAnnotations: ReadonlySet<string> = new Set([
  clusterAnnotation,
  spokeNamespaceAnnotation,
  skipReconcileAnnotation,
  lastAppliedAnnotation,
  notifiedAnnotation,
  trackingIdAnnotation,
  refreshAnnotation,
  refreshTimestampAnnotation,
  hydrateTimestampAnnotation,
  touchAnnotation,
]);

/**
 * The Application for the cluster, without one-shot fields: a new object with
 * nothing of the hub's but identity, finalizers, labels, annotations and
 * `spec`, whose destination is the cluster itself. Maps of labels and
 * annotations are there even when empty: so the object equals the one that the
 * Go controllers send, and adopting it makes the agent apply nothing anew.
 */
export function spokeApplication(app: HubApplication, withoutFinalizers: boolean): JsonObject {
  const metadata = objectAt(app.object, 'metadata');
  const finalizers = withoutFinalizers ? withoutArgoFinalizers(app.finalizers) : app.finalizers;
  const { applicationSet } = app;
  const { spec } = app.object;
  return {
    apiVersion: applicationApiVersion,
    kind: applicationKind,
    // In the order of the names, which hashing would put them in.
    metadata: {
      annotations: {
        ...without(stringMapAt(metadata, 'annotations'), hubAnnotations),
        ...(applicationSet === undefined ? {} : { [hostingApplicationSetAnnotation]: applicationSet }),
      },
      ...(finalizers.length === 0 ? {} : { finalizers }),
      labels: {
        ...without(stringMapAt(metadata, 'labels'), hubLabels),
        ...(applicationSet === undefined ? {} : { [applicationSetLabel]: 'true' }),
      },
      name: app.name,
      namespace: app.spokeNamespace,
    },
    ...(isJsonObject(spec) ? { spec: spokeSpec(spec) } : {}),
  };
}

/** Puts the one-shot fields that travel into a spoke application. */
export function withOneShot(
  application: JsonObject,
  operation: JsonObject | undefined,
  refresh: string | undefined,
): JsonObject {
  if (operation === undefined && refresh === undefined) return application;
  const metadata = objectAt(application, 'metadata');
  const annotations = {
    ...stringMapAt(metadata, 'annotations'),
    ...(refresh === undefined ? {} : { [refreshAnnotation]: refresh }),
  };
  return {
    ...application,
    metadata: { ...metadata, annotations },
    ...(operation === undefined ? {} : { operation }),
  };
}

function spokeSpec(spec: JsonObject): JsonObject {
  const destination: JsonValue | undefined = spec['destination'];
  if (!isJsonObject(destination)) return spec;
  return { ...spec, destination: Object.assign({ name: '' }, destination, inCluster) };
}

function without(map: Readonly<Record<string, string>>, names: ReadonlySet<string>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(map).filter(([key]) => !names.has(key)));
}
