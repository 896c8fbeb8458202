import type { JsonObject, JsonValue } from '../core/json.ts';
import { withoutOwnAnnotations } from '../core/ownership/owners.ts';
import { workDocument, workFromBundle } from '../core/works/document.ts';
import type { manifestWorkApiVersion, manifestWorkKind } from '../core/works/manifest-work.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';

/** A ManifestWork as `-o json` and `-o yaml` print it, and as apply takes it back. */
export interface PrintedWork {
  /** Group and version of the kind. */
  readonly apiVersion: typeof manifestWorkApiVersion;
  /** The kind. */
  readonly kind: typeof manifestWorkKind;
  /** What it is called, and what is said about it. */
  readonly metadata: PrintedWorkMetadata;
  /** What is to be on the cluster, and how. */
  readonly spec: PrintedWorkSpec;
  /** The status as Maestro gives it; absent until an agent has reported. */
  readonly status?: JsonValue;
}

/** What `list -o json` prints; `[]` for no works. */
export type PrintedWorkList = readonly PrintedWork[];

/** What of the metadata of Kubernetes a work has. */
export interface PrintedWorkMetadata {
  /** Name of the work; its id when it has none. */
  readonly name: string;
  /** Name of the consumer. */
  readonly namespace?: string;
  /** Labels of the work. */
  readonly labels?: Readonly<Record<string, string>>;
  /** Annotations of the work; our own records among them. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** Id of the work. */
  readonly uid?: string;
  /** The version that the document was read at; apply takes it for that version only. */
  readonly resourceVersion?: string;
  /** The same as a number. */
  readonly generation?: number;
  /** RFC 3339; empty when Maestro says nothing. */
  readonly creationTimestamp?: string;
  /** RFC 3339: when a delete was accepted. */
  readonly deletionTimestamp?: string;
}

/** What a work asks for. */
export interface PrintedWorkSpec {
  /** What is to be on the cluster. */
  readonly workload: PrintedWorkload;
  /** How single manifests are applied and reported; see Open Cluster Management's ManifestConfigOption. */
  readonly manifestConfigs?: readonly JsonObject[];
  /** What a delete makes of the objects; see Open Cluster Management's DeleteOption. */
  readonly deleteOption?: JsonObject;
  /** Who applies the manifests, when it is not the agent itself; see Open Cluster Management's ManifestWorkExecutor. */
  readonly executor?: JsonObject;
}

/** What is to be on the cluster. */
export interface PrintedWorkload {
  /** Kubernetes objects, in order. */
  readonly manifests: readonly JsonObject[];
}

/** What became of a work; `ADDED` also for each that is there when a watch begins. */
export type ChangeType = 'ADDED' | 'MODIFIED' | 'DELETED';

/**
 * A stored work as a ManifestWork that apply takes back unchanged. The executor
 * is the one our annotation records, because REST does not return it.
 */
export function plainDocument(bundle: ResourceBundle): JsonObject {
  return workDocument({ ...withoutOwnAnnotations(workFromBundle(bundle)), namespace: bundle.consumerName });
}

/** The same with what the server and the agent have set; apply drops it again. */
export function fullDocument(bundle: ResourceBundle): JsonObject {
  const document = plainDocument(bundle);
  const metadata = document['metadata'] as JsonObject;
  const annotations = workFromBundle(bundle).annotations;
  const status = bundle.raw['status'];
  return {
    apiVersion: document['apiVersion'],
    kind: document['kind'],
    metadata: {
      ...metadata,
      ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
      name: workName(bundle) === '' ? bundle.id : workName(bundle),
      uid: bundle.id,
      resourceVersion: String(bundle.version),
      generation: bundle.version,
      creationTimestamp: bundle.createdAt,
      ...(bundle.deletedAt === undefined ? {} : { deletionTimestamp: bundle.deletedAt }),
    },
    spec: document['spec'],
    ...(status === undefined ? {} : { status }),
  };
}
