import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import { nearest } from '../works/did-you-mean.ts';
import { jsonPathFault } from '../works/json-path-syntax.ts';
import type { Problem } from '../works/problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import type { SchemaSet } from './schema-set.ts';

/** The kinds for which agents know values without paths; for others such a rule reports a failure. */
const wellKnownStatus: readonly string[] = ['apps/v1 Deployment', 'apps/v1 DaemonSet', 'batch/v1 Job', 'v1 Pod'];

/**
 * Checks the feedback rules of one config against the manifest that it
 * addresses: paths whose fields the kind does not have report nothing, ever.
 *
 * @param path of the config, from the root of the ManifestWork
 */
export function checkFeedbackPaths(
  config: JsonObject,
  manifest: JsonObject,
  schemas: SchemaSet,
  path: JsonPath,
): Problem[] {
  const rules = config['feedbackRules'];
  const { apiVersion, kind } = manifest;
  if (!Array.isArray(rules) || typeof apiVersion !== 'string' || typeof kind !== 'string') return [];
  const schema = schemas.find(apiVersion, kind)?.schema;
  return rules.flatMap((rule: JsonValue, index) => {
    if (!isJsonObject(rule)) return [];
    const place = [...path, 'feedbackRules', index];
    if (rule['type'] === 'WellKnownStatus') return checkWellKnown(apiVersion, kind, place);
    const paths = rule['jsonPaths'];
    if (!Array.isArray(paths) || schema === undefined) return [];
    return paths.flatMap((item: JsonValue, position) => {
      const text = isJsonObject(item) ? item['path'] : undefined;
      if (typeof text !== 'string') return [];
      return checkPath(text, { kind, schema, schemas }, [...place, 'jsonPaths', position, 'path']);
    });
  });
}

function checkWellKnown(apiVersion: string, kind: string, path: JsonPath): Problem[] {
  if (wellKnownStatus.includes(`${apiVersion} ${kind}`)) return [];
  const message = `agents know no well-known status of ${kind} in ${apiVersion}`;
  return [
    {
      severity: 'warning',
      rule: 'no-well-known-status',
      path: [...path, 'type'],
      message,
      suggestion: 'use type: JSONPaths',
    },
  ];
}

function checkPath(
  written: string,
  target: { readonly kind: string; readonly schema: JsonObject; readonly schemas: SchemaSet },
  path: JsonPath,
): Problem[] {
  const text = /^\{(\..*)\}$/s.exec(written)?.[1] ?? written;
  if (jsonPathFault(text) !== undefined) return [];
  const { kind, schemas } = target;
  let schema: JsonObject | undefined = target.schema;
  let passed = '';
  for (const step of stepsOf(text)) {
    schema = followReference(schema, schemas);
    if (schema === undefined) return [];
    if (step.field === undefined) {
      schema = objectOf(schema['items']) ?? objectOf(schema['additionalProperties']);
    } else {
      const properties = objectOf(schema['properties']);
      const next: JsonValue | undefined =
        properties !== undefined && Object.hasOwn(properties, step.field) ? properties[step.field] : undefined;
      const open = properties === undefined || schema['additionalProperties'] !== false;
      if (next === undefined && !open) {
        const meant = nearest(step.field, Object.keys(properties));
        const problem: Problem = {
          severity: 'error',
          rule: 'unknown-feedback-path',
          path,
          message: `${kind} has no field ${passed}${step.text}`,
        };
        return [meant === undefined ? problem : { ...problem, suggestion: `did you mean "${passed}.${meant}"?` }];
      }
      schema = objectOf(next) ?? objectOf(schema['additionalProperties']);
    }
    passed += step.text;
  }
  return [];
}

interface Step {
  /** The name of a field; undefined for indexes, slices and filters. */
  readonly field?: string;
  readonly text: string;
}

/** The steps of a path up to the first that could lead anywhere (`..`, `.*`, a union). */
function stepsOf(path: string): readonly Step[] {
  const steps: Step[] = [];
  const step = /\.((?:\\.|[^.[\]\\*\s])+)|\[(?:'([^']*)'|-?\d+|\*|[-\d]*:[-:\d]*|\?\([^\][]*\))\]/y;
  step.lastIndex = /^[$@]/.test(path) ? 1 : 0;
  for (let match = step.exec(path); match !== null; match = step.exec(path)) {
    const field = match[1]?.replaceAll(/\\(.)/g, '$1') ?? match[2];
    steps.push({ text: match[0], ...(field === undefined ? {} : { field }) });
  }
  return steps;
}

function followReference(schema: JsonObject | undefined, schemas: SchemaSet): JsonObject | undefined {
  const reference = schema?.['$ref'];
  return typeof reference === 'string' ? schemas.resolve(reference) : schema;
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return isJsonObject(value) ? value : undefined;
}
