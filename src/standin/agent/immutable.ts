import { canonicalJson, isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';

/** Fields of `spec` that an API server keeps as they were made. */
const kept: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': ['selector'],
  'apps/DaemonSet': ['selector'],
  'apps/ReplicaSet': ['selector'],
  'batch/Job': ['selector', 'template'],
};

/** The fields of a StatefulSet's spec that may change. */
const changeable = [
  'replicas',
  'ordinals',
  'template',
  'updateStrategy',
  'revisionHistoryLimit',
  'persistentVolumeClaimRetentionPolicy',
  'minReadySeconds',
];

const named = `${changeable
  .slice(0, -1)
  .map((field) => `'${field}'`)
  .join(', ')} and '${changeable.at(-1)}'`;
const setText = `updates to statefulset spec for fields other than ${named} are forbidden`;

/** What of an object may not become what the manifest says. */
export function immutableProblems(manifest: JsonObject, existing: JsonObject): readonly string[] {
  const { group, kind } = manifestKey(manifest);
  const [now, before] = [specOf(manifest), specOf(existing)];
  const fields = kept[`${group}/${kind}`] ?? [];
  const changed = fields.filter((field) => differ(now[field], before[field]));
  if (changed.length > 0)
    return changed.map(
      (field) => `spec.${field}: Invalid value: ${canonicalJson(now[field] ?? null)}: field is immutable`,
    );
  if (group === 'apps' && kind === 'StatefulSet') {
    const rest = (spec: JsonObject): JsonObject =>
      Object.fromEntries(Object.entries(spec).filter(([key]) => !changeable.includes(key)));
    return differ(rest(now), rest(before)) ? [`spec: Forbidden: ${setText}`] : [];
  }
  if (group !== '' || (kind !== 'ConfigMap' && kind !== 'Secret') || existing['immutable'] !== true) return [];
  const frozen = kind === 'ConfigMap' ? ['data', 'binaryData'] : ['data', 'stringData'];
  return [
    ...(manifest['immutable'] === true ? [] : ['immutable: Forbidden: field is immutable when `immutable` is set']),
    ...frozen
      .filter((field) => differ(manifest[field], existing[field]))
      .map((field) => `${field}: Forbidden: field is immutable when \`immutable\` is set`),
  ];
}

function differ(a: JsonValue | undefined, b: JsonValue | undefined): boolean {
  return canonicalJson(a ?? null) !== canonicalJson(b ?? null);
}

function specOf(manifest: JsonObject): JsonObject {
  const { spec } = manifest;
  return isJsonObject(spec) ? spec : {};
}
