import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import type { StoredWork } from '../store/types.ts';
import { formatSeconds } from '../time.ts';
import { throughGo } from './go-structs.ts';
import { workTypes } from './work-types.ts';

/** The ManifestBundle of a stored CloudEvent, as typed Go structs leave it. */
export interface Bundle {
  readonly manifests: readonly JsonObject[];
  readonly manifestConfigs: readonly JsonObject[];
  readonly deleteOption?: JsonObject;
  readonly executer?: JsonObject;
}

/** The status event of an agent, as the store keeps it and Subscribe sends it. */
export interface StatusEvent {
  readonly id: string;
  /** `<consumer>-agent`. */
  readonly source: string;
  /** Milliseconds since the epoch with a fraction. */
  readonly timeMs: number;
  readonly sequenceId: string;
  readonly statusHash: string;
  /** The version that the agent reported on. */
  readonly resourceVersion: number;
  readonly conditions: readonly JsonObject[];
  readonly resourceStatus: readonly JsonObject[];
}

export function parsePayload(work: Pick<StoredWork, 'payload'>): JsonObject {
  return JSON.parse(work.payload) as JsonObject;
}

export function parseStatus(work: Pick<StoredWork, 'status'>): StatusEvent | undefined {
  return work.status === undefined ? undefined : (JSON.parse(work.status) as StatusEvent);
}

/** Reads `data` of a stored CloudEvent; a work without data has no manifests. */
export function bundleOf(payload: JsonObject): Bundle {
  const data = isJsonObject(payload['data']) ? payload['data'] : {};
  const deleteOption = data['deleteOption'];
  const executer = data['executer'];
  return {
    manifests: objects(data['manifests']),
    manifestConfigs: objects(data['manifestConfigs']).map(
      (config) => throughGo(config, workTypes.manifestConfig) as JsonObject,
    ),
    ...(isJsonObject(deleteOption)
      ? { deleteOption: throughGo(deleteOption, workTypes.deleteOption) as JsonObject }
      : {}),
    ...(isJsonObject(executer) ? { executer } : {}),
  };
}

/** ObjectMeta as the source sent it, with the row's times; `{}` without times when it sent none. */
export function metadataOf(work: StoredWork, payload: JsonObject): JsonObject | undefined {
  const metadata = payload['metadata'];
  if (!isJsonObject(metadata)) return undefined;
  return {
    ...metadata,
    creationTimestamp: formatSeconds(work.createdAt),
    ...(work.deletedAt === undefined ? {} : { deletionTimestamp: formatSeconds(work.deletedAt) }),
  };
}

function objects(value: JsonValue | undefined): JsonObject[] {
  return Array.isArray(value) ? value.filter((item): item is JsonObject => isJsonObject(item as JsonValue)) : [];
}
