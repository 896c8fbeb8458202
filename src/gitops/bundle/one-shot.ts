import { parseJsonObject, type JsonObject } from '../../core/json.ts';
import { textAt } from '../../core/json-fields.ts';
import { operationHash } from './content-hash.ts';

/** The fields of a hub application that are passed on once. */
export interface OneShot {
  readonly operation?: JsonObject;
  /** `status.operationState.startedAt` last reported when it was first published. */
  readonly operationAfter?: string;
  /** Another operation was seen to run by then. */
  readonly operationOverRunning?: boolean;
  /** Value of the refresh annotation. */
  readonly refresh?: string;
  /** `status.reconciledAt` last reported when it was first published. */
  readonly refreshAfter?: string;
  /** RFC 3339, when it was first published. */
  readonly refreshAt?: string;
}

/** What the one-shot stamp of a stored bundle says. */
export interface TravellingOneShot {
  /** Hash of the operation, "" when only a refresh travels. */
  readonly op: string;
  /** `operationState.startedAt` before it was published, "" when there was none. */
  readonly opAfter: string;
  /** An operation ran when it was published: Argo CD resumes that one, and takes this one away at its end. */
  readonly opOverRunning?: true;
  /** `reconciledAt` before the refresh was published; absent when no refresh travels. */
  readonly refreshAfter?: string;
  /** RFC 3339 on the clock of the hub, when the refresh was published; "" when nobody wrote it down. */
  readonly refreshAt?: string;
}

/** The stamp for the one-shot fields that travel, undefined when none does. */
export function oneShotText(oneShot: OneShot): string | undefined {
  const { operation, operationAfter, operationOverRunning, refresh, refreshAfter, refreshAt } = oneShot;
  if (operation === undefined && refresh === undefined) return undefined;
  // JSON has no members without a value.
  return JSON.stringify({
    op: operation === undefined ? undefined : operationHash(operation),
    opAfter: operation === undefined ? undefined : (operationAfter ?? ''),
    opOverRunning: operation !== undefined && operationOverRunning === true ? true : undefined,
    refreshAfter: refresh === undefined ? undefined : (refreshAfter ?? ''),
    refreshAt: refresh === undefined ? undefined : refreshAt,
  });
}

/** Reads the stamp back; what cannot be read is as good as none. */
export function readOneShot(text: string): TravellingOneShot | undefined {
  const value = parseJsonObject(text);
  if (value === undefined) return undefined;
  const op = textAt(value, 'op');
  const refreshAfter = value['refreshAfter'];
  if (op === '' && typeof refreshAfter !== 'string') return undefined;
  const overRunning = value['opOverRunning'] === true ? { opOverRunning: true as const } : {};
  return {
    op,
    opAfter: textAt(value, 'opAfter'),
    ...overRunning,
    ...(typeof refreshAfter === 'string' ? { refreshAfter, refreshAt: textAt(value, 'refreshAt') } : {}),
  };
}
