import type { WorkRequest } from '../../clients/transport.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { objectAt, stringMapAt, textAt } from '../../core/json-fields.ts';
import { workFromBundle } from '../../core/works/document.ts';
import type { ManifestWork } from '../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import { withVersion } from '../bundle/stored-bundle.ts';
import {
  letGoOptions,
  manifestsOf,
  optionsOf,
  optionsText,
  owningOptions,
  readOptions,
  specWith,
  type WorkOptions,
} from '../classic/let-go.ts';
import {
  beforeMigrationAnnotation,
  hubIdStamp,
  migrationStamp,
  migrationTowardsStamp,
  migrationUidStamp,
} from '../constants.ts';
import type { JsonPatchStep, ObjectRef } from '../kube/kube-api.ts';
import { conditionsPatch, sameObject, sameVersion } from '../kube/patches.ts';
import type { HubApplication } from '../model/hub-application.ts';
import { isDeliveryType } from '../status/delivery-condition.ts';
import type { Write } from './advance.ts';
import type { BackupRecord } from './backup.ts';
import { annotationsOf } from './pinned-write.ts';
import type { HandoverPlan, PlannedApplication } from './plan.ts';
import { beforeOf, type SeenWork, type Towards } from './sides.ts';

/** What a write is made of: an application as it was read. */
export interface WriteGround {
  readonly plan: Pick<HandoverPlan, 'runId' | 'source'>;
  readonly cluster: string;
  readonly application: PlannedApplication;
  readonly seen: SeenWork | undefined;
  readonly row: ResourceBundle | undefined;
  readonly hub: HubApplication | undefined;
  readonly wanted: ManifestWork | undefined;
  /** The classic work that was kept last. */
  readonly keptWork: JsonObject | undefined;
  /** Of the Application on the cluster. */
  readonly spokeUid: string;
}

/** One request, pinned to what was read. */
export type Request = { readonly keep?: BackupRecord } & (
  | { readonly on: 'maestro'; readonly request: WorkRequest; readonly version: number }
  | { readonly on: 'work'; readonly do: 'patch'; readonly ref: ObjectRef; readonly steps: readonly JsonPatchStep[] }
  | { readonly on: 'work'; readonly do: 'create'; readonly namespace: string; readonly object: JsonObject }
  | {
      readonly on: 'work';
      readonly do: 'delete';
      readonly ref: ObjectRef;
      readonly uid: string;
      readonly resourceVersion: string;
    }
  | { readonly on: 'application'; readonly ref: ObjectRef; readonly steps: readonly JsonPatchStep[] }
);

/** Everything that a handover writes on a work or a bundle. */
const marks = [migrationStamp, migrationTowardsStamp, migrationUidStamp, beforeMigrationAnnotation];

/** Makes the request for a write that was decided on by the same facts. */
export function requestFor(write: Write, ground: WriteGround): Request {
  switch (write.kind) {
    case 'publish-bundle':
      return publishBundle(need(ground.wanted, write), write, ground);
    case 'stamp-bundle':
      return stampBundle(need(ground.row, write), write, ground);
    case 'orphan-bundle':
      return orphanBundle(need(ground.row, write), ground);
    case 'delete-bundle':
      return deleteBundle(need(ground.row, write), ground);
    case 'clear-bundle':
      return clearBundle(need(ground.row, write), ground);
    case 'create-work':
      return createWork(need(ground.keptWork, write), write.uid, ground);
    case 'orphan-work':
    case 'restore-work':
    case 'mark-work':
    case 'clear-work':
    case 'delete-work':
      return workRequest(write, need(ground.seen, write), ground);
    case 'clear-conditions':
      return clearConditions(need(ground.hub, write));
  }
}

function need<T>(value: T | undefined, { kind }: Write): T {
  if (value === undefined) throw new MaestroError('internal', `${kind} without what it is made of`);
  return value;
}

function stamps(runId: string, towards: Towards, uid: string): Readonly<Record<string, string>> {
  return {
    [migrationStamp]: runId,
    [migrationTowardsStamp]: towards,
    ...(uid === '' ? {} : { [migrationUidStamp]: uid }),
  };
}

function without(texts: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(texts).filter(([key]) => !marks.includes(key)));
}

/**
 * A bundle with our marks. The run stands in a label as well: an agent takes up what a new version says only when
 * manifests, options or labels differ, and would report nothing but annotations as applied after minutes.
 */
function marked(
  work: ManifestWork,
  { runId }: Pick<HandoverPlan, 'runId'>,
  towards: Towards,
  uid: string,
): ManifestWork {
  const plain = unmarked(work);
  return {
    ...plain,
    labels: { ...plain.labels, [migrationStamp]: `${runId}.${towards}` },
    annotations: { ...plain.annotations, ...stamps(runId, towards, uid) },
  };
}

function unmarked(work: ManifestWork): ManifestWork {
  return { ...work, labels: without(work.labels), annotations: without(work.annotations) };
}

function publishBundle(
  wanted: ManifestWork,
  { towards, uid }: Extract<Write, { kind: 'publish-bundle' | 'stamp-bundle' }>,
  { plan, cluster, application }: WriteGround,
): Request {
  const target = { id: application.bundleId, consumer: cluster, source: plan.source };
  const work = withVersion(marked(wanted, plan, towards, uid), 1);
  return { on: 'maestro', request: { kind: 'create', target, work }, version: 0 };
}

/** As it is stored, or as it was stored before it was told to let go. */
function stampBundle(
  row: ResourceBundle,
  { towards, uid }: Extract<Write, { kind: 'publish-bundle' | 'stamp-bundle' }>,
  ground: WriteGround,
): Request {
  const stored = workFromBundle(row);
  const before = readOptions(stored.annotations[beforeMigrationAnnotation] ?? '');
  const work = before === undefined ? stored : withOptions(stored, before);
  return update(asOwn(marked(work, ground.plan, towards, uid), row.version + 1), row, ground);
}

function orphanBundle(row: ResourceBundle, ground: WriteGround): Request {
  const stored = workFromBundle(row);
  const before = stored.annotations[beforeMigrationAnnotation] ?? optionsText(stored);
  const letGo = withOptions(stored, letGoOptions(row.manifests, stored));
  const { annotations, ...rest } = marked(letGo, ground.plan, 'classic', ground.spokeUid);
  // The stamp of the version stays behind: nobody may take this for what the controllers published.
  const work = { ...rest, annotations: { ...annotations, [beforeMigrationAnnotation]: before } };
  return { ...update(work, row, ground), keep: bundleRecord(row, ground) };
}

function deleteBundle(row: ResourceBundle, ground: WriteGround): Request {
  const { application, cluster, plan } = ground;
  const target = { id: row.id, consumer: cluster, source: plan.source };
  const workName = application.bundleName;
  return {
    on: 'maestro',
    request: { kind: 'delete', target, workName, version: row.version },
    version: row.version,
    keep: bundleRecord(row, ground),
  };
}

function clearBundle(row: ResourceBundle, ground: WriteGround): Request {
  const stored = workFromBundle(row);
  return update(asOwn(unmarked(stored), row.version + 1), row, ground);
}

/** With the stamp of the version, where the controllers have stamped it. */
function asOwn(work: ManifestWork, version: number): ManifestWork {
  return work.annotations[hubIdStamp] === undefined ? work : withVersion(work, version);
}

function update(work: ManifestWork, { id, version }: ResourceBundle, { plan, cluster }: WriteGround): Request {
  const target = { id, consumer: cluster, source: plan.source };
  return { on: 'maestro', request: { kind: 'update', target, work, version }, version };
}

function withOptions({ deleteOption: _option, ...work }: ManifestWork, options: WorkOptions): ManifestWork {
  return { ...work, ...options };
}

type WorkWrite =
  | Extract<Write, { readonly kind: 'restore-work' | 'mark-work' | 'orphan-work' }>
  | Extract<Write, { readonly kind: 'delete-work' | 'clear-work' }>;

function workRequest(write: WorkWrite, seen: SeenWork, ground: WriteGround): Request {
  const { work, object } = seen;
  const ref = { namespace: work.cluster, name: work.name };
  const keep = workRecord(seen, ground);
  const patch = (annotations: Readonly<Record<string, string>>, options?: WorkOptions): Request => ({
    on: 'work',
    do: 'patch',
    ref,
    steps: workPatch(seen, annotations, options),
    keep,
  });
  const kept = without(annotationsOf(object));
  const now = optionsOf(object);
  const before = beforeOf(object) ?? now;
  const markedWork = (towards: Towards, uid: string): Readonly<Record<string, string>> => ({
    ...kept,
    ...stamps(ground.plan.runId, towards, uid),
    [beforeMigrationAnnotation]: optionsText(before),
  });
  switch (write.kind) {
    case 'delete-work':
      return { on: 'work', do: 'delete', ref, uid: work.uid, resourceVersion: work.resourceVersion, keep };
    case 'clear-work':
      return patch(kept, before);
    case 'orphan-work':
      return patch(markedWork('maestro', write.uid), letGoOptions(manifestsOf(object), now));
    case 'restore-work':
      return patch(markedWork('classic', write.uid), owningOptions(manifestsOf(object), before));
    case 'mark-work':
      return patch(markedWork('classic', write.uid));
  }
}

/** Tests that nobody has written the work since it was read, its agent included. */
function workPatch(
  { work, object }: SeenWork,
  annotations: Readonly<Record<string, string>>,
  options: WorkOptions | undefined,
): readonly JsonPatchStep[] {
  const pinned: readonly JsonPatchStep[] = [
    sameObject(work.uid),
    sameVersion(work.resourceVersion),
    { op: 'add', path: '/metadata/annotations', value: annotations },
  ];
  return options === undefined
    ? pinned
    : [
        ...pinned,
        ...memberSteps(object, 'manifestConfigs', options.manifestConfigs),
        ...memberSteps(object, 'deleteOption', options.deleteOption),
      ];
}

/** Makes a member of `spec` what it is to be; without a value, or with an empty list, it goes. */
function memberSteps(work: JsonObject, name: string, value: JsonValue | undefined): readonly JsonPatchStep[] {
  const path = `/spec/${name}`;
  if (value !== undefined && !(Array.isArray(value) && value.length === 0)) return [{ op: 'add', path, value }];
  return objectAt(work, 'spec')[name] === undefined ? [] : [{ op: 'remove', path }];
}

/** The work as it was kept, as a new object: what the server and the agents set is left out. */
function createWork(kept: JsonObject, uid: string, { plan, cluster }: WriteGround): Request {
  const metadata = objectAt(kept, 'metadata');
  const before = beforeOf(kept) ?? optionsOf(kept);
  const annotations = {
    ...without(annotationsOf(kept)),
    ...stamps(plan.runId, 'classic', uid),
    [beforeMigrationAnnotation]: optionsText(before),
  };
  const object: JsonObject = {
    apiVersion: textAt(kept, 'apiVersion'),
    kind: textAt(kept, 'kind'),
    metadata: {
      name: textAt(metadata, 'name'),
      namespace: cluster,
      labels: stringMapAt(metadata, 'labels'),
      annotations,
    },
    spec: specWith(kept, owningOptions(manifestsOf(kept), before)),
  };
  return { on: 'work', do: 'create', namespace: cluster, object };
}

function clearConditions({ uid, namespace, name, status }: HubApplication): Request {
  const steps = conditionsPatch(uid, (status ?? {})['conditions'], (type) => !isDeliveryType(type)) ?? [];
  return { on: 'application', ref: { namespace, name }, steps };
}

function workRecord({ work, object }: SeenWork, { plan, cluster, application, spokeUid }: WriteGround): BackupRecord {
  return {
    runId: plan.runId,
    cluster,
    application: application.key,
    kind: 'ManifestWork',
    name: work.name,
    spokeUid,
    object,
  };
}

function bundleRecord(row: ResourceBundle, { plan, cluster, application, spokeUid }: WriteGround): BackupRecord {
  return {
    runId: plan.runId,
    cluster,
    application: application.key,
    kind: 'Bundle',
    name: application.bundleName,
    spokeUid,
    object: row.raw,
  };
}
