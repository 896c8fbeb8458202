import { isJsonObject, parseJson, type JsonValue } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import type { Baseline } from './baseline.ts';

/**
 * Reads what an earlier run has written.
 *
 * @param name of the file, for messages
 * @throws MaestroError invalid-input for what is no baseline
 */
export function readBaseline(text: string, name: string): Baseline {
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch (cause) {
    throw notOne(name, 'it is no JSON', cause);
  }
  if (!isJsonObject(value) || value['baseline'] !== 1) throw notOne(name, 'it does not begin as one of this version');
  const { takenAt, hub, hubId, source, bundles, notMeasured } = value;
  const isWhole =
    [takenAt, hub, hubId, source].every((member) => typeof member === 'string') &&
    isAmount(bundles) &&
    [value['classicWorks'], value['reports']].every((amount) => amount === undefined || isAmount(amount)) &&
    (value['controllers'] === undefined || isFigures(value['controllers'])) &&
    Array.isArray(notMeasured);
  if (!isWhole) throw notOne(name, 'a member is missing, or of another type');
  return value as unknown as Baseline;
}

function isAmount(value: JsonValue | undefined): boolean {
  return isJsonObject(value) && typeof value['count'] === 'number' && typeof value['bytes'] === 'number';
}

function isFigures(value: JsonValue): boolean {
  if (!isJsonObject(value)) return false;
  const { statusLag } = value;
  return (
    ['durationMs', 'hubCalls', 'hubWrites'].every((member) => typeof value[member] === 'number') &&
    (statusLag === undefined ||
      (isJsonObject(statusLag) && ['p50Ms', 'p99Ms'].every((member) => typeof statusLag[member] === 'number')))
  );
}

function notOne(name: string, why: string, cause?: unknown): MaestroError {
  return new MaestroError('invalid-input', `${name} is no baseline: ${why}`, {
    hint: { command: 'maestro-cli gitops baseline --out writes one.' },
    ...(cause === undefined ? {} : { cause }),
  });
}
