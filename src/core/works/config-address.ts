import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { ManifestKey } from './manifest-work.ts';

/**
 * Whether a manifestConfig is about a manifest. It names the plural resource, so the usual plurals of the kind are
 * taken for it.
 */
export function isAbout(config: JsonObject, key: ManifestKey): boolean {
  const identifier = config['resourceIdentifier'];
  if (!isJsonObject(identifier)) return false;
  return plausiblePlurals(key.kind).includes(text(identifier['resource'])) && isPlace(identifier, key);
}

function isPlace(identifier: JsonObject, key: ManifestKey): boolean {
  return (
    text(identifier['group']) === key.group &&
    matchesPattern(text(identifier['namespace']), key.namespace) &&
    matchesPattern(text(identifier['name']), key.name)
  );
}

/**
 * The same where the plural is known, as the agent reports it; without it the usual plurals are taken for it.
 */
export function isAboutResource(config: JsonObject, key: ManifestKey, resource: string | undefined): boolean {
  if (resource === undefined) return isAbout(config, key);
  const identifier = config['resourceIdentifier'];
  return isJsonObject(identifier) && text(identifier['resource']) === resource && isPlace(identifier, key);
}

/** The plurals that a kind may have by the rules of English; the real one is known to the cluster alone. */
export function plausiblePlurals(kind: string): readonly string[] {
  const singular = kind.toLowerCase();
  if (/[^aeiou]y$/.test(singular)) return [`${singular.slice(0, -1)}ies`];
  if (/(s|x|z|ch|sh)$/.test(singular)) return [`${singular}es`, singular];
  return [`${singular}s`, `${singular}es`];
}

/** Agents take `*` in names and namespaces of identifiers for any text. */
export function matchesPattern(pattern: string, value: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === value;
  if (!value.startsWith(first)) return false;
  let at = first.length;
  for (const part of rest.slice(0, -1)) {
    const found = value.indexOf(part, at);
    if (found < 0) return false;
    at = found + part.length;
  }
  const last = rest.at(-1) ?? '';
  return value.length - last.length >= at && value.endsWith(last);
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
