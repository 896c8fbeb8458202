import { isJsonObject } from '../../core/json.ts';
import type { JsonObject, JsonValue } from '../../core/json.ts';
import {
  isDns1035Label,
  isDns1123Label,
  isDns1123Subdomain,
  isLabelValue,
  isQualifiedName,
} from './kubernetes-names.ts';

const annotationBytesLimit = 256 * 1024;

/**
 * What the server finds wrong with a list of manifests, "" for nothing
 * (recordings/rejected.json). It accepts an empty list and checks no schema.
 */
export function manifestsProblem(manifests: readonly JsonObject[]): string {
  const seen = new Set<string>();
  for (const manifest of manifests) {
    const problems = [...new Set(objectProblems(manifest))];
    if (problems.length === 1) return problems[0] ?? '';
    if (problems.length > 1) return `[${problems.join(', ')}]`;
    const metadata = objectOf(manifest['metadata']);
    const [apiVersion, kind] = [textOf(manifest['apiVersion']), textOf(manifest['kind'])];
    const [namespace, name] = [textOf(metadata['namespace']), textOf(metadata['name'])];
    const key = `${apiVersion}/${kind}/${namespace}/${name}`;
    if (seen.has(key)) {
      return `duplicate manifest for resource ${namespace}/${name} with resource type ${apiVersion}.${kind}`;
    }
    seen.add(key);
  }
  return '';
}

function objectProblems(manifest: JsonObject): string[] {
  const metadata = objectOf(manifest['metadata']);
  const namespace = textOf(metadata['namespace']);
  return [
    ...apiVersionProblems(textOf(manifest['apiVersion'])),
    ...(textOf(manifest['kind']) === '' ? ['kind: Required value: field not set'] : []),
    ...(textOf(metadata['name']) === '' ? ['metadata.name: Required value: field not set'] : []),
    ...(namespace === '' ? [] : wrong('metadata.namespace', namespace, isDns1123Label(namespace))),
    ...metadataProblems(metadata),
  ];
}

function apiVersionProblems(apiVersion: string): string[] {
  if (apiVersion === '') return ['apiVersion: Required value: field not set'];
  const parts = apiVersion.split('/');
  if (parts.length > 2) return wrong('apiVersion', apiVersion, ['bad format']);
  const version = parts.at(-1) ?? '';
  const group = parts.length === 2 ? parts[0] : undefined;
  const groupProblems = group === undefined ? [] : group === '' ? ['group not set'] : isDns1123Subdomain(group);
  const versionProblems = version === '' ? ['version not set'] : isDns1035Label(version);
  return wrong('apiVersion', apiVersion, [...groupProblems, ...versionProblems]);
}

function metadataProblems(metadata: JsonObject): string[] {
  const problems: string[] = [];
  for (const field of ['generateName', 'resourceVersion']) {
    if (textOf(metadata[field]) !== '') problems.push(`metadata.${field}: Forbidden: field cannot be set`);
  }
  if (typeof metadata['deletionGracePeriodSeconds'] === 'number') {
    problems.push('metadata.deletionGracePeriodSeconds: Forbidden: field cannot be set');
  }
  let annotationBytes = 0;
  for (const [key, value] of textMap(metadata['annotations'])) {
    problems.push(...wrong('metadata.annotations', key, isQualifiedName(key.toLowerCase())));
    annotationBytes += Buffer.byteLength(key) + Buffer.byteLength(value);
  }
  if (annotationBytes > annotationBytesLimit) {
    problems.push(`metadata.annotations: Too long: may not be more than ${String(annotationBytesLimit)} bytes`);
  }
  const finalizers = metadata['finalizers'];
  for (const finalizer of Array.isArray(finalizers) ? finalizers.map(textOf) : []) {
    problems.push(...wrong('metadata.finalizers', finalizer, isQualifiedName(finalizer)));
  }
  for (const [key, value] of textMap(metadata['labels'])) {
    problems.push(...wrong('metadata.labels', key, isQualifiedName(key)));
    problems.push(...wrong('metadata.labels', value, isLabelValue(value)));
  }
  return problems;
}

function wrong(field: string, value: string, messages: readonly string[]): string[] {
  return messages.map((message) => `${field}: Invalid value: ${JSON.stringify(value)}: ${message}`);
}

/** Go reads a map of strings as nothing at all when one value is no string; keys come sorted. */
function textMap(value: JsonValue | undefined): (readonly [string, string])[] {
  const entries = Object.entries(objectOf(value));
  if (entries.some(([, member]) => typeof member !== 'string')) return [];
  return entries.map(([key, member]) => [key, textOf(member)] as const).sort(([a], [b]) => (a < b ? -1 : 1));
}

function objectOf(value: JsonValue | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
