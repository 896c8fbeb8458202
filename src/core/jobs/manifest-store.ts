import { MaestroError } from '../../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { eventLabels } from './job.ts';
import { manifestKey } from './names.ts';
import type { JobRequest } from './request.ts';

/** What the API server takes in a ConfigMap or a Secret. */
export const maxStoreBytes = 1_048_576;
/**
 * `kubectl apply` repeats the object in an annotation, and annotations have 256 KiB; the rest of the object needs some
 * of it.
 */
export const maxAppliedBytes = 262_144 - 2_048;

/** The object that holds the manifest; undefined when it exists already. It never changes, as the Job does not. */
export function manifestObject(request: JobRequest): JsonObject | undefined {
  const { manifest } = request;
  if (manifest?.text === undefined) return undefined;
  const data = { [manifestKey]: manifest.text };
  return {
    apiVersion: 'v1',
    kind: manifest.kind,
    metadata: { name: manifest.name, namespace: request.namespace, labels: eventLabels(request) },
    immutable: true,
    ...(manifest.kind === 'Secret' ? { type: 'Opaque', stringData: data } : { data }),
  };
}

/**
 * A manifest with a Secret in it belongs into a Secret: whoever may read
 * ConfigMaps must not see it.
 *
 * @throws MaestroError invalid-input/TooLarge when neither could hold it
 */
export function storeKindFor(text: string, documents: readonly JsonValue[]): 'ConfigMap' | 'Secret' {
  const bytes = new TextEncoder().encode(text).length;
  if (bytes > maxStoreBytes) {
    throw new MaestroError(
      'invalid-input',
      `the manifest has ${bytes} bytes, and a ConfigMap or Secret holds ${maxStoreBytes}`,
      {
        reason: 'TooLarge',
        hint: 'Split it into several works, each with a Job of its own.',
      },
    );
  }
  return documents.some((document) => holdsSecret(document)) ? 'Secret' : 'ConfigMap';
}

/** True when `kubectl apply` would fail on the object, and `kubectl apply --server-side` would not. */
export function needsServerSide(manifest: JsonObject): boolean {
  return new TextEncoder().encode(JSON.stringify(manifest)).length > maxAppliedBytes;
}

function holdsSecret(value: JsonValue | undefined): boolean {
  if (Array.isArray(value)) return value.some((item: JsonValue) => holdsSecret(item));
  if (!isJsonObject(value)) return false;
  return value['kind'] === 'Secret' || Object.values(value).some((member) => holdsSecret(member));
}
