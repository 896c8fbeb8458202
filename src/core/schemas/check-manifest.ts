import type { ErrorObject } from 'ajv';
import type { JsonObject, JsonValue } from '../json.ts';
import { toWireJson } from '../json.ts';
import { wrongType } from '../works/check-envelope.ts';
import { nearest } from '../works/did-you-mean.ts';
import type { Problem } from '../works/problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import type { StatusRule } from './custom-resource.ts';
import { formatNames } from './formats.ts';
import { asJudged } from './as-judged.ts';
import type { KindSchema } from './schema-set.ts';

/** Problems of one manifest that are told; whoever has more has made one mistake many times. */
const mostProblems = 1_000;

/**
 * Checks a manifest against the schema of its kind. Paths begin with `path`;
 * what a Secret holds never gets into a message.
 */
export function checkAgainstSchema(manifest: JsonObject, schema: KindSchema, path: JsonPath): Problem[] {
  const value = asJudged(manifest, schema.nulls, schema.schema);
  const errors = schema.check(value);
  const isSecret = manifest['kind'] === 'Secret';
  const counts = (error: ErrorObject): boolean =>
    !isPartOfAlternative(error) && !(schema.nulls === 'absent' && isEmptyEnum(error));
  const counted = errors.filter(counts);
  const problems = counted.slice(0, mostProblems).flatMap((error) => {
    const inside = pathOf(error.instancePath, value);
    const context: ErrorContext = {
      path: [...path, ...inside],
      value: valueAt(manifest, inside),
      secret: isSecret && ['data', 'stringData'].includes(String(inside[0])),
      // Each look goes through all errors, and a manifest can have 100,000 of them.
      get parts() {
        return errors.filter(
          (other) => other.instancePath === error.instancePath && other.schemaPath.startsWith(`${error.schemaPath}/`),
        );
      },
    };
    const problem = translate(error, context);
    return problem === undefined || !countsInStatus(problem, inside, schema.status) ? [] : [problem];
  });
  const left = counted.length - mostProblems;
  return left <= 0
    ? problems
    : [
        ...problems,
        {
          severity: 'error',
          rule: 'invalid-value',
          path: [...path],
          message: `${left} more problems of this manifest are not shown`,
        },
      ];
}

/**
 * An API server takes the status out of what is applied, whatever it says; only what cannot be read at all is refused.
 */
function countsInStatus({ rule }: Problem, inside: JsonPath, status: StatusRule): boolean {
  if (inside[0] !== 'status' || status === 'judged') return true;
  return status === 'read' && (rule === 'wrong-type' || rule === 'unknown-field');
}

interface ErrorContext {
  readonly path: JsonPath;
  /** As it was written, big integers included. */
  readonly value: JsonValue | undefined;
  readonly secret: boolean;
  /** Why each of the alternatives does not fit, when the error is about alternatives. */
  readonly parts: readonly ErrorObject[];
}

/** A schema of anyOf and its like that does not fit is no mistake by itself; that none fits is. */
function isPartOfAlternative({ schemaPath }: ErrorObject): boolean {
  return /\/(anyOf|oneOf)\/\d+\//.test(schemaPath);
}

/** Where Go knows a few texts, the empty one is "not set": the API server puts a default in its place. */
function isEmptyEnum({ keyword, data }: ErrorObject): boolean {
  return keyword === 'enum' && data === '';
}

/** A JSON pointer as members and indexes. */
function pathOf(pointer: string, root: JsonValue): JsonPath {
  const path: (string | number)[] = [];
  let value: JsonValue | undefined = root;
  for (const part of pointer.split('/').slice(1)) {
    const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
    const step: string | number = Array.isArray(value) ? Number(key) : key;
    path.push(step);
    value = (value as Readonly<Record<string | number, JsonValue>> | undefined)?.[step];
  }
  return path;
}

function valueAt(root: JsonValue, path: JsonPath): JsonValue | undefined {
  let value: JsonValue | undefined = root;
  for (const step of path) value = (value as Readonly<Record<string | number, JsonValue>> | undefined)?.[step];
  return value;
}

function translate(error: ErrorObject, context: ErrorContext): Problem | undefined {
  const { keyword, params } = error as { keyword: string; params: Record<string, unknown> };
  const { path, value = null } = context;
  switch (keyword) {
    case 'required':
      return {
        severity: 'error',
        rule: 'missing-field',
        path: [...path, String(params['missingProperty'])],
        message: 'Required value: field not set',
      };
    case 'additionalProperties':
      return unknownField(error, path, String(params['additionalProperty']));
    case 'type':
      return typeProblem(error, context);
    case 'enum':
      return enumProblem(value, params['allowedValues'] as readonly JsonValue[], path);
    case 'format':
      return formatProblem(value, String(params['format']), path);
    case 'if':
      return undefined;
    case 'anyOf':
    case 'oneOf':
      return alternativesProblem(value, context.parts, path);
    case 'not':
      return invalidValue(value, 'has a form that the schema excludes', path);
    default:
      return invalidValue(value, error.message ?? keyword, path);
  }
}

function alternativesProblem(value: JsonValue, parts: readonly ErrorObject[], path: JsonPath): Problem {
  const reasons = [...new Set(parts.map(({ message }) => message ?? ''))].filter((reason) => reason !== '');
  const what =
    reasons.length === 0 ? 'it has to fit exactly one of the forms that the schema allows' : reasons.join(', or ');
  return invalidValue(value, what, path);
}

function unknownField(error: ErrorObject, path: JsonPath, key: string): Problem {
  const properties = (error.parentSchema as { readonly properties?: object } | undefined)?.properties;
  const meant = nearest(key, Object.keys(properties ?? {}));
  const problem: Problem = { severity: 'error', rule: 'unknown-field', path: [...path, key], message: 'unknown field' };
  return meant === undefined ? problem : { ...problem, suggestion: `did you mean ${JSON.stringify(meant)}?` };
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
};

function typeProblem(error: ErrorObject, { value, path, secret }: ErrorContext): Problem {
  const type = error.schema as string | readonly string[];
  const types = (typeof type === 'string' ? [type] : type).filter((name) => name !== 'null');
  const format = (error.parentSchema as { readonly format?: string } | undefined)?.format;
  const wanted =
    format === 'quantity' ? (formatNames[format] ?? format) : types.map((name) => typeNames[name] ?? name).join(' or ');
  const problem: Problem = { ...wrongType(value, wanted, path), rule: 'wrong-type' };
  if (secret && (typeof value !== 'object' || value === null))
    return { ...problem, message: `expected ${wanted}, found something else` };
  const quoted = typeof value === 'string' && ['integer', 'number', 'boolean'].some((name) => types.includes(name));
  return quoted && /^(-?\d+(\.\d+)?|true|false)$/.test(value)
    ? { ...problem, suggestion: 'write it without quotes' }
    : problem;
}

function enumProblem(value: JsonValue, allowed: readonly JsonValue[], path: JsonPath): Problem | undefined {
  const known = allowed.filter((item) => typeof item === 'string');
  // A value of another type is reported as such.
  if (typeof value !== 'string' && known.length === allowed.length) return undefined;
  const values = allowed.filter((item) => item !== null).map((item) => (typeof item === 'string' ? item : shown(item)));
  const message = `Unsupported value: ${shown(value)}: one of ${values.join(', ')}`;
  const problem: Problem = { severity: 'error', rule: 'unsupported-value', path, message };
  const meant = typeof value === 'string' ? nearest(value, known) : undefined;
  return meant === undefined ? problem : { ...problem, suggestion: `did you mean ${JSON.stringify(meant)}?` };
}

function formatProblem(value: JsonValue, format: string, path: JsonPath): Problem {
  const name = formatNames[format] ?? format;
  if (format !== 'byte') return { ...invalidValue(value, `is not ${name}`, path) };
  return {
    severity: 'error',
    rule: 'not-base64',
    path,
    message: 'the value is not base64',
    suggestion: 'encode it, or put plain text into stringData of a Secret',
  };
}

function invalidValue(value: JsonValue, what: string, path: JsonPath): Problem {
  const scalar = typeof value !== 'object' || value === null;
  return {
    severity: 'error',
    rule: 'invalid-value',
    path,
    message: scalar ? `Invalid value: ${shown(value)}: ${what}` : `Invalid value: ${what}`,
  };
}

function shown(value: JsonValue): string {
  const text = toWireJson(value);
  return text.length > 80 ? `${text.slice(0, 79)}…` : text;
}
