import { createHash } from 'node:crypto';
import { isJsonObject } from '../../../../src/core/json.ts';
import type { JsonObject, JsonValue } from '../../../../src/core/json.ts';
import type { ResourceMeta } from '../../../../src/core/status/work-status.ts';
import { valuesAt } from '../../../../src/standin/agent/json-path.ts';

export const specHashAnnotation = 'open-cluster-management.io/config-spec-hash';

/** What the configs of a work say of one manifest. */
export interface ManifestConfig {
  /** `Update` when no config names one. */
  readonly strategy: string;
  readonly serverSideApply: JsonObject;
  readonly feedbackRules: readonly JsonObject[];
}

/** Puts together what each fitting config says first; namespace and name of a config may hold `*`. */
export function configOf(configs: readonly JsonObject[], meta: ResourceMeta): ManifestConfig {
  const fitting = configs.filter(
    ({ resourceIdentifier: identifier }) => isJsonObject(identifier) && fits(identifier, meta),
  );
  const strategies = fitting.map((config) => config['updateStrategy']).filter((one) => isJsonObject(one));
  const [strategy = {}] = strategies;
  const rules = fitting.map((config) => config['feedbackRules']).find((list) => Array.isArray(list) && list.length > 0);
  const options = strategy['serverSideApply'];
  return {
    strategy: typeof strategy['type'] === 'string' ? strategy['type'] : 'Update',
    serverSideApply: isJsonObject(options) ? options : {},
    feedbackRules: Array.isArray(rules) ? (rules as JsonObject[]) : [],
  };
}

function fits(identifier: JsonObject, meta: ResourceMeta): boolean {
  const text = (part: string): string => (typeof identifier[part] === 'string' ? identifier[part] : '');
  return (
    text('group') === meta.group &&
    text('resource') === meta.resource &&
    glob(text('namespace'), meta.namespace) &&
    glob(text('name'), meta.name)
  );
}

function glob(pattern: string, value: string): boolean {
  if (!pattern.includes('*')) return pattern === value;
  const escaped = pattern.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${escaped.join('.*')}$`).test(value);
}

/** What server-side apply sends. */
export interface Required {
  /** With the fields that are ignored once the object is there. */
  readonly onCreate: JsonObject;
  readonly onUpdate: JsonObject;
  /** Absent without ignored fields: then every apply is made. */
  readonly hash?: string;
}

/**
 * Fields that are ignored while the object is present are taken out before the hash is made; those that are ignored on
 * a change stay in, and only the hash decides whether anything is applied at all.
 */
export function requiredFor(manifest: JsonObject, serverSideApply: JsonObject): Required {
  const fields = serverSideApply['ignoreFields'];
  if (!Array.isArray(fields) || fields.length === 0) return { onCreate: manifest, onUpdate: manifest };
  const left = structuredClone(manifest);
  for (const field of fields as JsonObject[])
    if (field['condition'] !== 'OnSpokeChange') for (const path of field['jsonPaths'] as string[]) remove(left, path);
  const hash = createHash('md5')
    .update(`&{${printed(left)}}`)
    .digest('hex');
  return { onCreate: withAnnotation(manifest, hash), onUpdate: withAnnotation(left, hash), hash };
}

function remove(object: JsonObject, path: string): void {
  const cut = path.lastIndexOf('.');
  const parents = cut <= 0 ? [object] : valuesAt(object, path.slice(0, cut));
  for (const parent of parents) if (isJsonObject(parent)) Reflect.deleteProperty(parent, path.slice(cut + 1));
}

function withAnnotation(manifest: JsonObject, hash: string): JsonObject {
  const metadata = manifest['metadata'] as JsonObject;
  const annotations = isJsonObject(metadata['annotations']) ? metadata['annotations'] : {};
  return { ...manifest, metadata: { ...metadata, annotations: { ...annotations, [specHashAnnotation]: hash } } };
}

/** As Go prints a value with `%v`, which is what the agent hashes. */
function printed(value: JsonValue | undefined): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${(value as JsonValue[]).map(printed).join(' ')}]`;
  if (!isJsonObject(value)) return typeof value === 'string' ? value : JSON.stringify(value);
  const members = Object.keys(value)
    .sort()
    .map((key) => `${key}:${printed(value[key])}`);
  return `map[${members.join(' ')}]`;
}
