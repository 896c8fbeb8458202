import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { configKeyProblems } from '../works/names.ts';
import type { Problem } from '../works/problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';

/** The keys that a Secret of a type has to have: all of the first, and one of the second. */
const secretKeys: Readonly<Record<string, { readonly all?: readonly string[]; readonly some?: readonly string[] }>> = {
  'kubernetes.io/tls': { all: ['tls.crt', 'tls.key'] },
  'kubernetes.io/dockercfg': { all: ['.dockercfg'] },
  'kubernetes.io/dockerconfigjson': { all: ['.dockerconfigjson'] },
  'kubernetes.io/ssh-auth': { all: ['ssh-privatekey'] },
  'kubernetes.io/basic-auth': { some: ['username', 'password'] },
};

const accountAnnotation = 'kubernetes.io/service-account.name';

/** The keys of what a ConfigMap or Secret holds; values are the business of its schema. */
export function checkData(manifest: JsonObject, path: JsonPath): Problem[] {
  const { apiVersion, kind } = manifest;
  if (apiVersion !== 'v1' || (kind !== 'ConfigMap' && kind !== 'Secret')) return [];
  const [first, second] = kind === 'ConfigMap' ? (['data', 'binaryData'] as const) : (['data', 'stringData'] as const);
  const keys = [first, second].flatMap((field) => keysOf(manifest[field]).map((key) => [field, key] as const));
  const malformed = keys.flatMap(([field, key]) =>
    configKeyProblems(key).map((text) =>
      problem('invalid-data-key', [...path, field, key], `Invalid value: ${JSON.stringify(key)}: ${text}`),
    ),
  );
  return [
    ...malformed,
    ...(kind === 'ConfigMap'
      ? checkTwice(manifest, path)
      : checkSecret(manifest, new Set(keys.map(([, key]) => key)), path)),
  ];
}

function checkTwice(manifest: JsonObject, path: JsonPath): Problem[] {
  const others = new Set(keysOf(manifest['binaryData']));
  return keysOf(manifest['data'])
    .filter((key) => others.has(key))
    .map((key) =>
      problem(
        'invalid-data-key',
        [...path, 'data', key],
        `Invalid value: ${JSON.stringify(key)}: duplicate of key present in binaryData`,
      ),
    );
}

function checkSecret(manifest: JsonObject, keys: ReadonlySet<string>, path: JsonPath): Problem[] {
  const { type } = manifest;
  if (typeof type !== 'string') return [];
  if (type === 'kubernetes.io/service-account-token') return checkAccount(manifest, path);
  const needed = Object.hasOwn(secretKeys, type) ? secretKeys[type] : undefined;
  const missing = (needed?.all ?? []).filter((key) => !keys.has(key));
  const some = needed?.some ?? [];
  return [
    ...missing.map((key) =>
      problem('missing-field', [...path, 'data', key], `Required value: a Secret of type ${type} needs it`),
    ),
    ...(some.length > 0 && !some.some((key) => keys.has(key))
      ? [
          problem(
            'missing-field',
            [...path, 'data'],
            `Required value: a Secret of type ${type} needs ${some.join(' or ')}`,
          ),
        ]
      : []),
  ];
}

function checkAccount(manifest: JsonObject, path: JsonPath): Problem[] {
  const { metadata } = manifest;
  const annotations = isJsonObject(metadata) ? metadata['annotations'] : undefined;
  const account = isJsonObject(annotations) ? annotations[accountAnnotation] : undefined;
  if (typeof account === 'string' && account !== '') return [];
  const place = [...path, 'metadata', 'annotations', accountAnnotation];
  return [problem('missing-field', place, 'Required value: a Secret of this type names its service account')];
}

function keysOf(value: JsonValue | undefined): readonly string[] {
  return isJsonObject(value) ? Object.keys(value) : [];
}

function problem(rule: string, path: JsonPath, message: string): Problem {
  return { severity: 'error', rule, path, message };
}
