import type { JsonObject, JsonValue } from '../json.ts';
import type { WorkStatus } from '../status/work-status.ts';

// As recorded in test/fixtures/recordings: lifecycle.json, step get-after-agent-applied, and consumers.json.
/** Maestro's row for a ManifestWork, as REST gives it. */
export interface ResourceBundle {
  /** UUID; `name` in REST repeats it, so it is left out here. */
  readonly id: string;
  readonly consumerName: string;
  /** Starts at 1, raised by one with each accepted update. */
  readonly version: number;
  /** RFC 3339. */
  readonly createdAt: string;
  readonly updatedAt: string;
  /** Set once a delete was accepted; the row stays until the agent reports Deleted. */
  readonly deletedAt?: string;
  /** ObjectMeta as the source sent it: name, namespace, labels, annotations, uid. */
  readonly metadata: JsonObject;
  readonly manifests: readonly JsonObject[];
  readonly manifestConfigs: readonly JsonObject[];
  readonly deleteOption?: JsonObject;
  /** Absent until an agent has reported. */
  readonly status?: WorkStatus;
  /** The whole answer, for machine output. */
  readonly raw: JsonObject;
}

/** A target cluster, as REST gives it. */
export interface Consumer {
  /** Maestro's id of it, a UUID unless somebody chose another one. */
  readonly id: string;
  /** What works name it by. */
  readonly name: string;
  /** Its labels, by which fleets choose consumers. */
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339; empty when Maestro says nothing. */
  readonly createdAt: string;
  /** RFC 3339; empty when Maestro says nothing. */
  readonly updatedAt: string;
}

/** The work's own name (`metadata.name`), "" when the source sent no metadata. */
export function workName(bundle: ResourceBundle): string {
  const name: JsonValue | undefined = bundle.metadata['name'];
  return typeof name === 'string' ? name : '';
}
