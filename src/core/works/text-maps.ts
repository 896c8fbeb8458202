import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { setMember } from '../yaml/members.ts';

/** The members of `metadata` that are maps of texts to Go, which reads null among them as "". */
const textMaps: readonly string[] = ['labels', 'annotations'];

/**
 * A manifest in which a label or annotation without a value is the empty text:
 * so the API server, Maestro and the agent read `node-role.kubernetes.io/worker:`.
 * Everywhere else null means absent, and here it must not: the label would be
 * gone. The same object when there is none.
 */
export function withTextMaps(manifest: JsonObject): JsonObject {
  const metadata = manifest['metadata'];
  if (!isJsonObject(metadata) || !textMaps.some((key) => holdsNull(metadata[key]))) return manifest;
  return mapMembers(manifest, (key, member) => (key === 'metadata' ? filledMetadata(metadata) : member));
}

/** Labels or annotations as a map of texts; null is "", and what is neither is left out. */
export function textMap(value: JsonValue | undefined): Readonly<Record<string, string>> {
  if (!isJsonObject(value)) return {};
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, member]) =>
      member === null ? [[key, '']] : typeof member === 'string' ? [[key, member]] : [],
    ),
  );
}

function filledMetadata(metadata: JsonObject): JsonObject {
  return mapMembers(metadata, (key, member) =>
    textMaps.includes(key) && isJsonObject(member) ? mapMembers(member, (_name, text) => text ?? '') : member,
  );
}

function holdsNull(map: JsonValue | undefined): boolean {
  return isJsonObject(map) && Object.values(map).includes(null);
}

function mapMembers(
  object: JsonObject,
  map: (key: string, member: JsonValue | undefined) => JsonValue | undefined,
): JsonObject {
  const members: Record<string, JsonValue> = {};
  for (const key of Object.keys(object)) {
    const member = map(key, object[key]);
    if (member !== undefined) setMember(members, key, member);
  }
  return members;
}
