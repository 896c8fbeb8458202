import type { JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';
import {
  applicationApiVersion,
  applicationSetKind,
  clusterAnnotation,
  defaultProject,
  defaultSpokeNamespace,
  pullLabel,
  refreshAnnotation,
  refreshTimestampAnnotation,
  skipReconcileAnnotation,
  spokeNamespaceAnnotation,
} from '../constants.ts';
import { whyShallow } from './shallow.ts';
import { objectAt, objectsAt, stringMapAt, textAt, textsAt } from '../../core/json-fields.ts';

/** An Application of the hub, as far as the controllers care. */
export interface HubApplication {
  /** `<namespace>/<name>`. */
  readonly key: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
  /** The pull label is there and reads as true. */
  readonly selected: boolean;
  /** Target cluster, "" when none is named. */
  readonly cluster: string;
  /** The annotation, else the hub namespace, else openshift-gitops. */
  readonly spokeNamespace: string;
  readonly skipReconcile: boolean;
  /** RFC 3339. */
  readonly deletionTimestamp?: string;
  readonly finalizers: readonly string[];
  /** Name of its AppProject. */
  readonly project: string;
  /** `<hub namespace>/<name>` of the ApplicationSet that owns it. */
  readonly applicationSet?: string;
  readonly operation?: JsonObject;
  /** The refresh annotation as written, which can be empty text. */
  readonly refresh?: string;
  /** Tells this request for a refresh from others, since Argo CD 3.6. */
  readonly refreshTimestamp?: string;
  /** As on the hub. */
  readonly status?: JsonObject;
  /** Why `object` is not the whole of what the hub has, so that nothing may be built from it; absent when it is. */
  readonly unreadable?: string;
  /** The whole object, to build the bundle from. */
  readonly object: JsonObject;
}

/** What is kept of an application whose draft is made. */
export type HubSummary = Omit<HubApplication, 'object' | 'status'>;

/** Selects on the server what `selected` is true for. */
export const pullSelector: string = `${pullLabel} in (true,True,TRUE,t,T,1)`;

/**
 * Reads an Application. It never throws: what is missing or of another kind is
 * read as absent, and such an application is refused when its bundle is checked.
 */
export function parseHubApplication(object: JsonObject): HubApplication {
  const metadata = objectAt(object, 'metadata');
  const annotations = stringMapAt(metadata, 'annotations');
  const namespace = textAt(metadata, 'namespace');
  const name = textAt(metadata, 'name');
  const deletionTimestamp = textAt(metadata, 'deletionTimestamp');
  const owner = owningSet(metadata);
  const { operation, status } = object;
  const refresh = annotations[refreshAnnotation];
  const unreadable = whyShallow(object);
  const refreshTimestamp = annotations[refreshTimestampAnnotation];
  return {
    key: `${namespace}/${name}`,
    namespace,
    name,
    uid: textAt(metadata, 'uid'),
    resourceVersion: textAt(metadata, 'resourceVersion'),
    selected: goBool(stringMapAt(metadata, 'labels')[pullLabel] ?? ''),
    cluster: annotations[clusterAnnotation] ?? '',
    spokeNamespace: firstFilled(annotations[spokeNamespaceAnnotation], namespace, defaultSpokeNamespace),
    skipReconcile: goBool(annotations[skipReconcileAnnotation] ?? ''),
    ...(deletionTimestamp === '' ? {} : { deletionTimestamp }),
    finalizers: textsAt(metadata, 'finalizers'),
    project: firstFilled(textAt(objectAt(object, 'spec'), 'project'), defaultProject),
    ...(owner === undefined ? {} : { applicationSet: `${namespace}/${owner}` }),
    ...(isJsonObject(operation) ? { operation } : {}),
    ...(refresh === undefined ? {} : { refresh }),
    ...(refresh === undefined || refreshTimestamp === undefined ? {} : { refreshTimestamp }),
    ...(isJsonObject(status) ? { status } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
    object,
  };
}

/**
 * The first owner that is an ApplicationSet; group and kind are compared regardless of case, as the Go controllers do.
 */
function owningSet(metadata: JsonObject): string | undefined {
  const owner = objectsAt(metadata, 'ownerReferences').find(
    (reference) =>
      textAt(reference, 'apiVersion').toLowerCase() === applicationApiVersion &&
      textAt(reference, 'kind').toLowerCase() === applicationSetKind.toLowerCase(),
  );
  const name = owner === undefined ? '' : textAt(owner, 'name');
  return name === '' ? undefined : name;
}

function firstFilled(...texts: readonly (string | undefined)[]): string {
  return texts.find((text) => text !== undefined && text !== '') ?? '';
}

/** Reads a truth value as Go's strconv.ParseBool does; what it would refuse is false. */
function goBool(text: string): boolean {
  return ['1', 't', 'T', 'TRUE', 'true', 'True'].includes(text);
}
