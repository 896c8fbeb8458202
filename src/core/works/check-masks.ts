import { isJsonObject, type JsonValue } from '../json.ts';
import { isMaskText } from '../mask-secrets.ts';
import type { Problem } from './problem.ts';
import type { JsonPath } from '../yaml/json-path.ts';

/**
 * Finds texts that maestro-cli wrote in the place of a Secret's value, anywhere
 * in a value: whoever applied them would lose the real one. Base64 of such a
 * text counts too, because people encode what they copied.
 */
export function checkMasks(value: JsonValue | undefined, path: JsonPath): Problem[] {
  if (typeof value === 'string') return isMask(value) ? [masked(path)] : [];
  if (Array.isArray(value)) return value.flatMap((item: JsonValue, index) => checkMasks(item, [...path, index]));
  if (!isJsonObject(value)) return [];
  return Object.entries(value).flatMap(([key, member]) => checkMasks(member, [...path, key]));
}

function isMask(text: string): boolean {
  if (isMaskText(text.trim())) return true;
  // Every base64 of a mask text begins so, with a blank or the end of a line before it or not; decoding each text of
  // each manifest would cost more than all other checks.
  if (text.length >= 100 || !/^\s*(?:KG|I[AC]|C[QSgi]|DQ)/.test(text)) return false;
  // What echo hands to base64 ends with a line feed.
  return isMaskText(Buffer.from(text, 'base64').toString().trim());
}

function masked(path: JsonPath): Problem {
  const message = 'this is the text that maestro-cli shows in the place of a secret value, not the value';
  return {
    severity: 'error',
    rule: 'masked-value',
    path,
    message,
    suggestion: 'get -o manifestwork gives the real one',
  };
}
