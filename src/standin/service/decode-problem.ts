import { canonicalJson, isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';

const members = [
  { name: 'manifests', list: true, type: '[]v1.Manifest' },
  { name: 'manifestConfigs', list: true, type: '[]v1.ManifestConfigOption' },
  { name: 'deleteOption', list: false, type: 'v1.DeleteOption' },
  { name: 'executer', list: false, type: 'v1.ManifestWorkExecutor' },
] as const;

/** Why Go cannot read the data of an event as a ManifestBundle, "" when it can. */
export function decodeProblem(payload: JsonObject): string {
  const data = payload['data'];
  if (data === undefined || data === null) return '';
  const failed = (into: string, value: JsonValue): string =>
    `failed to decode manifest bundle: failed to decode cloudevent payload: [json] found bytes ${quoted(data)}, but failed to unmarshal: json: cannot unmarshal ${goKind(value)} into Go ${into}`;
  if (!isJsonObject(data)) return failed('value of type payload.ManifestBundle', data);
  for (const { name, list, type } of members) {
    const value = data[name];
    if (value === undefined || value === null) continue;
    if (list ? !Array.isArray(value) : !isJsonObject(value)) {
      return failed(`struct field ManifestBundle.${name} of type ${type}`, value);
    }
  }
  for (const manifest of (data['manifests'] ?? []) as readonly JsonValue[]) {
    if (isJsonObject(manifest)) continue;
    const reason =
      manifest === null
        ? 'unexpected end of JSON input'
        : `json: cannot unmarshal ${goKind(manifest)} into Go value of type map[string]interface {}`;
    return `failed to decode manifest bundle: failed to unmarshal manifest raw: ${reason}`;
  }
  return '';
}

function quoted(data: JsonValue): string {
  return `"${canonicalJson(data)}"`;
}

/** What Go's decoder calls a JSON value. */
export function goKind(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return value === null ? 'null' : typeof value;
}
