import { createHash } from 'node:crypto';
import { canonicalJson, isJsonObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts';
import { refreshAnnotation, resourcesFinalizer, type KubeObject } from '../../../test/gitops/rig/index.ts';
import type { HubState, Mark, SpokeState, StoredWork } from '../history.ts';
import { clusterAnnotation } from './objects.ts';

export function keyOf({ metadata: { namespace = '', name } }: KubeObject): string {
  return `${namespace}/${name}`;
}

/** What lies at a path into JSON; undefined where there is nothing. */
export function at(value: unknown, ...path: readonly (string | number)[]): unknown {
  let found: unknown = value;
  for (const step of path) {
    if (Array.isArray(found)) found = found[Number(step)] as unknown;
    else if (isJsonObject(found as JsonValue)) found = (found as JsonObject)[String(step)];
    else return undefined;
  }
  return found;
}

/** The name that the suite gave an operation. */
export function askedBy(operation: unknown): string | undefined {
  const info = at(operation, 'info');
  const found = Array.isArray(info)
    ? (info as readonly unknown[]).find((item) => at(item, 'name') === 'asked')
    : undefined;
  return textOf(at(found, 'value'));
}

export function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** As the agent of the suite writes it among the URLs of a status. */
export function markText({ consumer, work, epoch, version }: Mark): string {
  return `mark:${consumer}:${work}:${String(epoch)}:${String(version)}`;
}

export function markOf(status: unknown): Mark | undefined {
  const text = textOf(at(status, 'summary', 'externalURLs', 0)) ?? '';
  const [word, consumer = '', work = '', epoch, version] = text.split(':');
  return word === 'mark' ? { consumer, work, epoch: Number(epoch), version: Number(version) } : undefined;
}

export function hubStateOf(app: KubeObject, gone: boolean, atMs: number): HubState {
  const { uid, deletionTimestamp, finalizers = [], annotations = {} } = app.metadata;
  const asked = askedBy(app['operation']);
  const mark = markOf(app['status']);
  return {
    atMs,
    key: keyOf(app),
    uid,
    gone,
    deleting: deletionTimestamp !== undefined,
    holds: finalizers.includes(resourcesFinalizer),
    cluster: annotations[clusterAnnotation] ?? '',
    change: textOf(at(app, 'spec', 'source', 'targetRevision')) ?? '',
    rest: restOf(app),
    shown: sumOf(reportedIn(app)),
    ...(asked === undefined ? {} : { asked }),
    ...(mark === undefined ? {} : { mark }),
  };
}

function reportedIn(app: KubeObject): JsonObject {
  const { conditions, operationState: _, ...reported } = (app['status'] ?? {}) as JsonObject;
  return { ...reported, conditions: withoutDelivery(conditions) };
}

/** Conditions of a status without the word of the controllers themselves. */
export function withoutDelivery(conditions: JsonValue | undefined): readonly JsonObject[] {
  return (Array.isArray(conditions) ? (conditions as readonly JsonObject[]) : []).filter(
    ({ type }) => typeof type === 'string' && !type.startsWith('MaestroDelivery'),
  );
}

function restOf({ metadata, spec }: KubeObject): string {
  const { source, ...others } = (spec ?? {}) as JsonObject;
  const { targetRevision: _, ...where } = (source ?? {}) as JsonObject;
  const { [clusterAnnotation]: __, [refreshAnnotation]: ___, ...annotations } = metadata.annotations ?? {};
  return sumOf([others, where, annotations, metadata.labels ?? {}]);
}

function sumOf(value: JsonValue): string {
  return createHash('sha256').update(canonicalJson(value)).digest('hex');
}

export function spokeStateOf(cluster: string, app: KubeObject, gone: boolean, atMs: number): SpokeState {
  const state = at(app, 'status', 'operationState');
  const operation = askedBy(at(state, 'operation'));
  return {
    atMs,
    cluster,
    key: keyOf(app),
    gone,
    deleting: app.metadata.deletionTimestamp !== undefined,
    running: at(state, 'phase') === 'Running',
    ...(operation === undefined ? {} : { operation }),
  };
}

const stamp = 'maestro-cli.hyperfleet.io/hub-application-uid';
const hubApplication = 'apps.open-cluster-management.io/hub-application';

/** A line of the ledger. @param epoch how often Maestro had lost its data before */
export function storedWorkOf(line: Readonly<Record<string, unknown>>, epoch: number): StoredWork {
  const payload = JSON.parse(String(line['payload'])) as JsonObject;
  const { metadata, data = {} } = payload;
  const annotations = at(metadata, 'annotations');
  const asked = askedBy(at(data, 'manifests', 0, 'operation'));
  const reported = at(JSON.parse(textOf(line['status']) ?? 'null'), 'resourceVersion');
  return {
    order: Number(line['place']),
    epoch,
    atMs: Number(line['at_ms']),
    id: String(line['id']),
    consumer: String(line['consumer']),
    version: Number(line['version']),
    deleting: line['deleting'] === 1,
    removed: line['removed'] === 1,
    key: `${textOf(at(annotations, `${hubApplication}-namespace`)) ?? ''}/${textOf(at(annotations, `${hubApplication}-name`)) ?? ''}`,
    uid: textOf(at(annotations, stamp)) ?? '',
    content: sumOf(data),
    ...(asked === undefined ? {} : { asked }),
    ...(typeof reported === 'number' ? { reported } : {}),
  };
}
