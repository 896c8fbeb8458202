import { isJsonObject } from '../../core/json.ts';
import type { JsonValue } from '../../core/json.ts';
import { goJsonProblem } from '../service/go-json.ts';
import { EventError } from './decode-event.ts';

/** Reads `{"statusHashes":[{"resourceID","statusHash"}]}` into id → hash. */
export function resyncHashes(data: Buffer | undefined): ReadonlyMap<string, string> {
  const text = data?.toString('utf8') ?? '';
  const problem = goJsonProblem(text);
  if (problem !== undefined) {
    throw new EventError(
      `failed to respond resync status request: failed to decode status resync request: failed to unmarshal status resync request payload ${text}, ${problem}`,
    );
  }
  const payload = JSON.parse(text) as JsonValue;
  const list = isJsonObject(payload) ? payload['statusHashes'] : undefined;
  const hashes = new Map<string, string>();
  for (const item of Array.isArray(list) ? (list as JsonValue[]) : []) {
    if (!isJsonObject(item) || typeof item['resourceID'] !== 'string') continue;
    hashes.set(item['resourceID'], typeof item['statusHash'] === 'string' ? item['statusHash'] : '');
  }
  return hashes;
}
