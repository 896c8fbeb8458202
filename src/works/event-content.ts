import type { StatusEvent } from '../clients/transport.ts';
import { isJsonObject, type JsonObject } from '../core/json.ts';
import type { ResourceBundle } from '../core/works/resource-bundle.ts';

/** The manifests that the status of an event is about, if it carries them. */
export function manifestsOf({ data }: StatusEvent): readonly JsonObject[] | undefined {
  const bundle = data['manifestBundle'];
  const manifests = isJsonObject(bundle) ? bundle['manifests'] : undefined;
  return Array.isArray(manifests) ? (manifests as readonly JsonObject[]) : undefined;
}

/** As much of the row as an event tells; without its manifests when the event lacks them. */
export function sketchOf(event: StatusEvent): ResourceBundle {
  const { creationTimestamp, deletionTimestamp } = event.metadata;
  return {
    id: event.id,
    consumerName: event.consumer,
    version: event.version,
    createdAt: typeof creationTimestamp === 'string' ? creationTimestamp : '',
    updatedAt: event.time,
    ...(typeof deletionTimestamp === 'string' ? { deletedAt: deletionTimestamp } : {}),
    metadata: event.metadata,
    manifests: manifestsOf(event) ?? [],
    manifestConfigs: [],
    status: event.status,
    raw: {},
  };
}
