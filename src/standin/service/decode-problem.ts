import { canonicalJson, isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { goKind, goProblem } from './go-structs.ts';
import { workTypes } from './work-types.ts';

const members = {
  manifestConfigs: { kind: 'list', of: workTypes.manifestConfig },
  deleteOption: workTypes.deleteOption,
  executer: workTypes.executor,
} as const;

/** Why Go cannot read the data of an event as a ManifestBundle, "" when it can. */
export function decodeProblem(payload: JsonObject): string {
  const data = payload['data'];
  if (data === undefined || data === null) return '';
  const failed = (reason: string): string =>
    `failed to decode manifest bundle: failed to decode cloudevent payload: [json] found bytes ${quoted(data)}, but failed to unmarshal: ${reason}`;
  if (!isJsonObject(data))
    return failed(`json: cannot unmarshal ${goKind(data)} into Go value of type payload.ManifestBundle`);
  const { manifests } = data;
  if (manifests !== undefined && manifests !== null && !Array.isArray(manifests)) {
    return failed(
      `json: cannot unmarshal ${goKind(manifests)} into Go struct field ManifestBundle.manifests of type []v1.Manifest`,
    );
  }
  for (const [name, type] of Object.entries(members)) {
    const reason = goProblem(data[name], type, { struct: 'ManifestBundle', path: [name] });
    if (reason !== '') return failed(reason);
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
