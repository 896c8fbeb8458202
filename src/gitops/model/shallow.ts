import { isJsonObject, parseWireJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { deepestNesting, JsonLimitError, readablePart } from '../../core/json-nesting.ts';

/** What was left of objects that nest too deeply, and why. */
const shallow = new WeakMap<JsonObject, JsonLimitError>();

/** Marks an object as what is left of one that nests too deeply: it tells whose it is, and not what it says. */
export function markShallow(object: JsonObject, error: JsonLimitError): void {
  shallow.set(object, error);
}

/** Why an object is not the whole of what the hub has; undefined when it is. */
export function whyShallow(object: JsonObject): string | undefined {
  return shallow.get(object)?.message;
}

/**
 * Reads an object of the hub, or an event that has one. One that nests too deeply comes without its deep
 * parts, marked: anybody who may write an application can make one, and it has
 * to be told, and to be released, like any other.
 *
 * @param wrapping the member that wraps the object, if one does
 * @throws SyntaxError
 */
export function parseHubText(text: string, wrapping?: 'object'): JsonValue {
  const levels = wrapping === undefined ? deepestNesting : deepestNesting + 1;
  try {
    return parseWireJson(text, levels);
  } catch (error) {
    if (!(error instanceof JsonLimitError)) throw error;
    const value = parseWireJson(readablePart(text, levels, levels - deepestNesting), levels);
    const object = wrapping === undefined || !isJsonObject(value) ? value : value[wrapping];
    // One object is as deep as another, whatever wrapped it.
    if (isJsonObject(object))
      markShallow(object, error.limit === 'levels' ? new JsonLimitError('levels', deepestNesting) : error);
    return value;
  }
}

/** For kinds of which half an object would say something else than the whole. @throws JsonLimitError */
export function refuseShallow(object: JsonObject): JsonObject {
  const error = shallow.get(object);
  if (error !== undefined) throw error;
  return object;
}
