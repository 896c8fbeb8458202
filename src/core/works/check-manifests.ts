import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { wrongType } from './check-envelope.ts';
import {
  dns1035LabelProblems,
  dnsLabelProblems,
  dnsSubdomainProblems,
  labelValueProblems,
  qualifiedNameProblems,
} from './names.ts';
import type { Problem } from './problem.ts';

/** Bytes that all annotations of one object may take, keys and values together. */
const annotationLimit = 256 * 1024;

const notSet = 'Required value: field not set';

/**
 * The server's rules for the manifests of a work (recordings/rejected.json),
 * with its texts. The server stops at the first bad manifest; this does not.
 */
export function checkManifests(manifests: readonly JsonObject[], path: JsonPath): Problem[] {
  const problems = manifests.flatMap((manifest, index) => checkManifest(manifest, [...path, index]));
  return [...problems, ...duplicates(manifests, path)];
}

/** Labels or annotations of a manifest or of the work itself. */
export function checkMetadataMaps(metadata: JsonObject, path: JsonPath): Problem[] {
  return [
    ...checkMap(metadata['labels'], [...path, 'labels'], qualifiedNameProblems, labelValueProblems),
    // The server judges keys of annotations regardless of their case.
    ...checkMap(metadata['annotations'], [...path, 'annotations'], (key) => qualifiedNameProblems(key.toLowerCase())),
    ...checkAnnotationSize(metadata['annotations'], [...path, 'annotations']),
  ];
}

export function invalid(path: JsonPath, value: string, problems: readonly string[]): Problem[] {
  return problems.map((problem) => error(path, `Invalid value: ${JSON.stringify(value)}: ${problem}`));
}

function checkManifest(manifest: JsonObject, path: JsonPath): Problem[] {
  return [
    ...checkApiVersion(manifest['apiVersion'], [...path, 'apiVersion']),
    ...checkSet(manifest['kind'], [...path, 'kind']),
    ...checkList(manifest, path),
    ...checkMetadata(manifest['metadata'], [...path, 'metadata']),
  ];
}

function checkApiVersion(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (typeof value !== 'string' || value === '') return checkSet(value, path);
  const parts = value.split('/');
  if (parts.length > 2) return invalid(path, value, ['bad format']);
  const [first = '', second] = parts;
  const version = second ?? first;
  const ofGroup = first === '' ? ['group not set'] : dnsSubdomainProblems(first);
  const ofVersion = version === '' ? ['version not set'] : dns1035LabelProblems(version);
  return invalid(path, value, second === undefined ? ofVersion : [...ofGroup, ...ofVersion]);
}

function checkMetadata(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (value === undefined || value === null) return [error([...path, 'name'], notSet)];
  if (!isJsonObject(value)) return [wrongType(value, 'a map', path)];
  const namespace = value['namespace'];
  return [
    ...checkSet(value['name'], [...path, 'name']),
    ...checkNamespace(namespace, [...path, 'namespace']),
    ...['generateName', 'resourceVersion', 'deletionGracePeriodSeconds']
      .filter((field) => value[field] !== undefined && value[field] !== null && value[field] !== '')
      .map((field) => forbidden([...path, field])),
    ...checkMetadataMaps(value, path),
    ...checkFinalizers(value['finalizers'], [...path, 'finalizers']),
  ];
}

function forbidden(path: JsonPath): Problem {
  const problem = error(path, 'Forbidden: field cannot be set');
  if (path.at(-1) !== 'generateName') return problem;
  return {
    ...problem,
    suggestion: 'Maestro and its agents know an object by its name; write the whole of it into metadata.name',
  };
}

function checkSet(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (value === undefined || value === null || value === '') return [error(path, notSet)];
  return typeof value === 'string' ? [] : [wrongType(value, 'text', path)];
}

function checkNamespace(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (value === undefined || value === null || value === '') return [];
  return typeof value === 'string' ? invalid(path, value, dnsLabelProblems(value)) : [wrongType(value, 'text', path)];
}

function checkMap(
  value: JsonValue | undefined,
  path: JsonPath,
  ofKey: (key: string) => readonly string[],
  ofValue: (value: string) => readonly string[] = () => [],
): Problem[] {
  if (value === undefined || value === null) return [];
  if (!isJsonObject(value)) return [wrongType(value, 'a map', path)];
  return Object.entries(value).flatMap(([key, member]) => {
    const place = [...path, key];
    const problems = invalid(place, key, ofKey(key));
    // A label without a value is one with an empty value to the API server.
    if (member === null) return problems;
    if (typeof member !== 'string') return [...problems, wrongType(member, 'text', place)];
    return [...problems, ...invalid(place, member, ofValue(member))];
  });
}

function checkAnnotationSize(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (!isJsonObject(value)) return [];
  const texts = Object.entries(value).flatMap(([key, member]) => [key, typeof member === 'string' ? member : '']);
  const size = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  return size > annotationLimit ? [error(path, `Too long: may not be more than ${annotationLimit} bytes`)] : [];
}

function checkFinalizers(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) return [wrongType(value, 'a list', path)];
  return value.flatMap((item: JsonValue, index) => {
    const place = [...path, index];
    return typeof item === 'string'
      ? invalid(place, item, qualifiedNameProblems(item))
      : [wrongType(item, 'text', place)];
  });
}

/** The agent would look for a resource called "lists". */
function checkList(manifest: JsonObject, path: JsonPath): Problem[] {
  const { kind, items } = manifest;
  if (typeof kind !== 'string') return [];
  if (kind !== 'List' && !(kind.endsWith('List') && Array.isArray(items))) return [];
  const problem = error(path, `a ${kind} is no object that a cluster stores`);
  return [{ ...problem, suggestion: 'put its items into the list of manifests' }];
}

function duplicates(manifests: readonly JsonObject[], path: JsonPath): Problem[] {
  const seen = new Map<string, number>();
  return manifests.flatMap((manifest, index) => {
    const metadata = isJsonObject(manifest['metadata']) ? manifest['metadata'] : {};
    const [apiVersion, kind, namespace, name] = [
      manifest['apiVersion'],
      manifest['kind'],
      metadata['namespace'],
      metadata['name'],
    ].map((part) => (typeof part === 'string' ? part : '')) as [string, string, string, string];
    const key = JSON.stringify([apiVersion, kind, namespace, name]);
    const first = seen.get(key);
    if (first === undefined) {
      seen.set(key, index);
      return [];
    }
    if (kind === '' || name === '') return [];
    const message = `duplicate manifest for resource ${namespace}/${name} with resource type ${apiVersion}.${kind}`;
    return [{ ...error([...path, index], message), suggestion: `the first is manifests[${first}]` }];
  });
}

function error(path: JsonPath, message: string): Problem {
  return { severity: 'error', path, message };
}
