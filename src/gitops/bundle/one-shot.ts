import { isJsonObject, parseJson, type JsonValue } from '../../core/json.ts';
import { textAt } from '../model/fields.ts';
import type { OneShot } from './build-bundle.ts';
import { operationHash } from './content-hash.ts';

/** What the one-shot stamp of a stored bundle says. */
export interface TravellingOneShot {
  /** Hash of the operation, "" when only a refresh travels. */
  readonly op: string;
  /** `operationState.startedAt` before it was published, "" when there was none. */
  readonly opAfter: string;
  /** `reconciledAt` before the refresh was published; absent when no refresh travels. */
  readonly refreshAfter?: string;
}

/** The stamp for the one-shot fields that travel, undefined when none does. */
export function oneShotText(oneShot: OneShot): string | undefined {
  const { operation, operationAfter, refresh, refreshAfter } = oneShot;
  if (operation === undefined && refresh === undefined) return undefined;
  return JSON.stringify({
    ...(operation === undefined ? {} : { op: operationHash(operation), opAfter: operationAfter ?? '' }),
    ...(refresh === undefined ? {} : { refreshAfter: refreshAfter ?? '' }),
  });
}

/** Reads the stamp back; what cannot be read is as good as none. */
export function readOneShot(text: string): TravellingOneShot | undefined {
  // Nearly always there is none, and an error that is thrown takes longer than all else that is read of a bundle.
  if (text === '') return undefined;
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value)) return undefined;
  const op = textAt(value, 'op');
  const refreshAfter = value['refreshAfter'];
  if (op === '' && typeof refreshAfter !== 'string') return undefined;
  return { op, opAfter: textAt(value, 'opAfter'), ...(typeof refreshAfter === 'string' ? { refreshAfter } : {}) };
}
