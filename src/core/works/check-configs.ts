import type { JsonObject, JsonValue } from '../json.ts';
import { isJsonObject } from '../json.ts';
import type { JsonPath } from '../yaml/json-path.ts';
import { agentJsonPathFault } from './agent-json-path.ts';
import { matchesPattern, plausiblePlurals } from './config-address.ts';
import { nearest } from './did-you-mean.ts';
import { jsonPathFault } from './json-path-syntax.ts';
import type { ManifestKey } from './manifest-work.ts';
import { manifestKey, manifestLabel } from './manifest-work.ts';
import type { Problem } from './problem.ts';

/** The address in a manifestConfig; the resource is a plural, a manifest has a kind. */
interface Identifier {
  readonly group: string;
  readonly resource: string;
  readonly namespace: string;
  readonly name: string;
}

/**
 * Checks what the server never looks at: configs that address no manifest,
 * configs that say the same address twice, and paths of feedback rules. The
 * agent would leave the rules out without a word.
 */
export function checkConfigs(
  configs: readonly JsonObject[],
  manifests: readonly JsonObject[],
  path: JsonPath,
): Problem[] {
  const keys = manifests.map((manifest) => manifestKey(manifest));
  const seen = new Map<string, number>();
  return configs.flatMap((config, index) => {
    const place = [...path, index];
    const identifier = identifierOf(config['resourceIdentifier']);
    const problems = [
      ...checkTarget(identifier, keys, [...place, 'resourceIdentifier']),
      ...checkFeedback(config['feedbackRules'], [...place, 'feedbackRules']),
    ];
    const text = JSON.stringify(identifier);
    const first = seen.get(text);
    if (first === undefined) seen.set(text, index);
    else
      problems.push({
        ...error(place, `a second config for ${labelOf(identifier)}`),
        suggestion: `the agent only takes the first, manifestConfigs[${first}]`,
      });
    return problems;
  });
}

function checkTarget(identifier: Identifier, keys: readonly ManifestKey[], path: JsonPath): Problem[] {
  const { group, resource, namespace, name } = identifier;
  // A missing name or resource is reported with the shape of the envelope.
  if (name === '' || resource === '') return [];
  const matches = keys.filter(
    (key) => key.group === group && matchesPattern(namespace, key.namespace) && matchesPattern(name, key.name),
  );
  if (matches.length === 0) {
    const problem = error(path, `${labelOf(identifier)} matches no manifest`);
    const suggestion = suggestTarget(identifier, keys);
    return [suggestion === undefined ? problem : { ...problem, suggestion }];
  }
  if (matches.some((key) => plausiblePlurals(key.kind).includes(resource))) return [];
  const kinds = [...new Set(matches.map((key) => key.kind))];
  const plurals = kinds.flatMap((kind) => plausiblePlurals(kind).slice(0, 1));
  return [
    {
      severity: 'warning',
      path: [...path, 'resource'],
      message: `${JSON.stringify(resource)} does not look like the plural of ${kinds.join(' or ')}`,
      suggestion: `did you mean ${plurals.map((plural) => JSON.stringify(plural)).join(' or ')}?`,
    },
  ];
}

/** Names the one part that is wrong, when only one is. */
function suggestTarget(identifier: Identifier, keys: readonly ManifestKey[]): string | undefined {
  const { group, resource, namespace, name } = identifier;
  const ofKind = keys.filter((key) => plausiblePlurals(key.kind).includes(resource));
  const named = ofKind.filter((key) => key.name === name);
  const other = named.find((key) => key.namespace === namespace) ?? named.find((key) => key.group === group);
  if (other !== undefined) {
    if (other.group !== group) return `the group of ${manifestLabel(other)} is ${JSON.stringify(other.group)}`;
    return `the namespace of ${manifestLabel(other)} is ${JSON.stringify(other.namespace)}`;
  }
  const names = ofKind.filter((key) => key.group === group && key.namespace === namespace).map((key) => key.name);
  const meant = nearest(name, names);
  return meant === undefined ? undefined : `did you mean ${JSON.stringify(meant)}?`;
}

function checkFeedback(rules: JsonValue | undefined, path: JsonPath): Problem[] {
  if (!Array.isArray(rules)) return [];
  return rules.flatMap((rule: JsonValue, index) => {
    if (!isJsonObject(rule)) return [];
    const place = [...path, index, 'jsonPaths'];
    const paths = rule['jsonPaths'];
    const some = Array.isArray(paths) && paths.length > 0;
    if (rule['type'] === 'JSONPaths' && !some)
      return [error(place, 'Required value: a rule of type JSONPaths needs paths')];
    if (!Array.isArray(paths)) return [];
    return paths.flatMap((item: JsonValue, position) => {
      const text = isJsonObject(item) ? item['path'] : undefined;
      return typeof text === 'string' ? checkPath(text, [...place, position, 'path']) : [];
    });
  });
}

/**
 * What the agent refuses is refused here; it says so in a condition of the manifest, where nobody looks before the wait
 * has timed out.
 */
function checkPath(written: string, path: JsonPath): Problem[] {
  if (agentJsonPathFault(written) !== undefined) return [refusedPath(written, path)];
  if (!/^[$@]?\.?(metadata)?$/.test(written)) return [];
  const what = written.endsWith('metadata') ? 'all metadata of the object' : 'the whole object';
  const message = `reports ${what}, with every change of its resourceVersion`;
  return [{ severity: 'warning', path, message, suggestion: 'name the fields that are needed, or .status' }];
}

function refusedPath(written: string, path: JsonPath): Problem {
  const inBraces = /^\{(\..*)\}$/s.exec(written)?.[1];
  const meant = inBraces ?? written;
  const refused = agentJsonPathFault(meant);
  if (refused === undefined) {
    const message = 'the agent puts the braces round the path itself and cannot read them here';
    return { ...error(path, message), suggestion: `write ${meant}` };
  }
  // The stricter grammar of paths alone has the plainer words.
  const { message, column } = jsonPathFault(meant) ?? refused;
  const character = inBraces === undefined ? column : column + 1;
  return error(path, `Invalid value: ${JSON.stringify(written)}: ${message} (character ${character})`);
}

function identifierOf(value: JsonValue | undefined): Identifier {
  const object = isJsonObject(value) ? value : {};
  const [group, resource, namespace, name] = ['group', 'resource', 'namespace', 'name'].map((key) => {
    const member = object[key];
    return typeof member === 'string' ? member : '';
  }) as [string, string, string, string];
  return { group, resource, namespace, name };
}

function labelOf({ group, resource, namespace, name }: Identifier): string {
  return manifestLabel({ group, kind: resource, namespace, name });
}

function error(path: JsonPath, message: string): Problem {
  return { severity: 'error', path, message };
}
