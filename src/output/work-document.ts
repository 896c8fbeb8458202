import type { JsonObject } from '../core/json.ts';
import { withoutOwnAnnotations } from '../core/ownership/owners.ts';
import { workDocument, workFromBundle } from '../core/works/document.ts';
import { workName, type ResourceBundle } from '../core/works/resource-bundle.ts';

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
