import type { JsonValue } from '../json.ts';
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
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, member]) => checkMasks(member, [...path, key]));
}

function isMask(text: string): boolean {
  // Every base64 of a mask text begins so; decoding each text of each manifest would cost more than all other checks.
  return (
    isMaskText(text) || (text.length < 100 && /^\s*KG/.test(text) && isMaskText(Buffer.from(text, 'base64').toString()))
  );
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
