import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { nearest } from './did-you-mean.ts';
import type { Shape } from './envelope-schema.ts';
import { manifestWorkKind } from './manifest-work.ts';
import type { Problem } from './problem.ts';

/**
 * Checks a part of a ManifestWork document against its shape, strictly: the
 * server would drop an unknown field without a word. A null member is as good
 * as an absent one.
 */
export function checkShape(value: JsonValue | undefined, shape: Shape, path: JsonPath = []): Problem[] {
  switch (shape.type) {
    case 'dropped':
      return [];
    case 'ignored':
      return [{ severity: 'warning', path, message: 'is ignored: Maestro does not carry it' }];
    case 'refused':
      return [error(path, `cannot be used: ${shape.because}`)];
    case 'string':
      return checkString(value, shape.oneOf, path);
    case 'version':
      return checkVersion(value, path);
    case 'boolean':
      return typeof value === 'boolean' ? [] : [wrongType(value, 'true or false', path)];
    case 'integer':
      return Number.isSafeInteger(value) ? [] : [wrongType(value, 'an integer', path)];
    case 'string map':
      return checkStringMap(value, path);
    case 'map':
      return isJsonObject(value) ? [] : [wrongType(value, 'a map', path)];
    case 'manifest':
      return checkManifest(value, path);
    case 'list':
      if (!Array.isArray(value)) return [wrongType(value, 'a list', path)];
      return value.flatMap((item: JsonValue, index) => checkShape(item, shape.of, [...path, index]));
    case 'object':
      if (!isJsonObject(value)) return [wrongType(value, 'a map', path)];
      return checkObject(value, shape.fields, shape.required ?? [], path);
  }
}

/** What a value is, as messages name it. */
export function describeValue(value: JsonValue | undefined): string {
  if (value === undefined) return 'nothing';
  if (value === null || typeof value === 'boolean') return String(value);
  if (typeof value === 'number' || typeof value === 'bigint') return `the number ${value}`;
  if (typeof value === 'string') return value === '' ? 'empty text' : 'text';
  return Array.isArray(value) ? 'a list' : 'a map';
}

/** A problem for a value of the wrong type; scalars that were meant as text get told how. */
export function wrongType(value: JsonValue | undefined, wanted: string, path: JsonPath): Problem {
  const problem = error(path, `expected ${wanted}, found ${describeValue(value)}`);
  const unquoted = wanted === 'text' && ['number', 'bigint', 'boolean'].includes(typeof value);
  return unquoted ? { ...problem, suggestion: 'put the value in quotes' } : problem;
}

function checkObject(
  value: JsonObject,
  fields: Readonly<Record<string, Shape>>,
  required: readonly string[],
  path: JsonPath,
): Problem[] {
  const present = Object.keys(value).filter(
    (key) => !isAbsent(value[key], Object.hasOwn(fields, key) ? fields[key] : undefined),
  );
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(fields, key));
  const missing = required.filter((key) => !present.includes(key));
  return [
    ...missing.map((key) => missingField(value[key], fields[key], [...path, key])),
    ...unknown.map((key) => unknownField(key, Object.keys(fields), path)),
    ...present.flatMap((key) => {
      const shape = Object.hasOwn(fields, key) ? fields[key] : undefined;
      return shape === undefined ? [] : checkShape(value[key], shape, [...path, key]);
    }),
  ];
}

/** Go reads an empty text where it knows a few as "not set". */
function isAbsent(value: JsonValue | undefined, shape: Shape | undefined): boolean {
  return (
    value === undefined || value === null || (value === '' && shape?.type === 'string' && shape.oneOf !== undefined)
  );
}

/** What Maestro prints of a work has to be taken back, also where another client has left a field out. */
function missingField(value: JsonValue | undefined, shape: Shape | undefined, path: JsonPath): Problem {
  const written = value === '' && shape?.type === 'string' && shape.writtenEmpty === true;
  if (!written) return error(path, 'Required value: field not set');
  return {
    severity: 'warning',
    rule: 'missing-field',
    path,
    message: 'is empty: Maestro keeps it so, and agents make nothing of the rule',
  };
}

function unknownField(key: string, known: readonly string[], path: JsonPath): Problem {
  const meant = nearest(key, known);
  const problem = error([...path, key], 'unknown field');
  return meant === undefined ? problem : { ...problem, suggestion: `did you mean ${JSON.stringify(meant)}?` };
}

function checkString(value: JsonValue | undefined, oneOf: readonly string[] | undefined, path: JsonPath): Problem[] {
  if (typeof value !== 'string') return [wrongType(value, 'text', path)];
  if (oneOf === undefined || oneOf.includes(value)) return [];
  const meant = nearest(value, oneOf);
  const problem = error(path, `Unsupported value: ${JSON.stringify(value)}: one of ${oneOf.join(', ')}`);
  return [meant === undefined ? problem : { ...problem, suggestion: `did you mean ${JSON.stringify(meant)}?` }];
}

/** Longer ones are numbers that this program cannot tell apart, and no versions of Maestro. */
const versionText = /^\d{0,15}$/;

function checkVersion(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (typeof value !== 'string') return [wrongType(value, 'text', path)];
  if (versionText.test(value)) return [];
  return [
    {
      ...error(path, `Invalid value: ${JSON.stringify(value)}: it is no version of a work`),
      suggestion: 'leave it out, or read the work again with get -o yaml',
    },
  ];
}

/**
 * The version that a document was read at. As in Kubernetes, an empty text and
 * "0" are as good as none, and so is what `checkShape` refuses.
 */
export function readVersion(value: JsonValue | undefined): number | undefined {
  if (typeof value !== 'string' || !versionText.test(value)) return undefined;
  const version = Number(value);
  return version === 0 ? undefined : version;
}

function checkStringMap(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (!isJsonObject(value)) return [wrongType(value, 'a map', path)];
  return Object.keys(value)
    .filter((key) => typeof value[key] !== 'string' && value[key] !== null)
    .map((key) => wrongType(value[key], 'text', [...path, key]));
}

function checkManifest(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (!isJsonObject(value)) return [wrongType(value, 'a Kubernetes object', path)];
  if (!isManifestWork(value)) return [];
  return [
    {
      ...error(path, 'a ManifestWork inside a ManifestWork'),
      suggestion: 'apply the inner document itself; Maestro makes a work of it',
    },
  ];
}

/** A document that means to be a ManifestWork, whatever its version. */
export function isManifestWork(value: JsonObject): boolean {
  const apiVersion = value['apiVersion'];
  if (value['kind'] !== manifestWorkKind) return false;
  return typeof apiVersion !== 'string' || /^work\.open-cluster-management\.io(\/|$)|^v1$/.test(apiVersion);
}

function error(path: JsonPath, message: string): Problem {
  return { severity: 'error', path, message };
}
