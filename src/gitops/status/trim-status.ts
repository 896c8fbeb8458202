import type { JsonObject, JsonValue } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';

/** `full`: all that the cluster reports. `summary`: what a list of applications shows. */
export type StatusMode = 'full' | 'summary';

/** How much of a reported status goes to the hub; a cap that is absent caps nothing. */
export interface StatusTrim {
  readonly mode: StatusMode;
  /** Most entries of `resources`, the first ones. */
  readonly maxResources?: number;
  /** Most entries of `history`, the latest ones. */
  readonly maxHistory?: number;
  /** Most entries of `operationState.syncResult.resources`, the first ones. */
  readonly maxSyncResources?: number;
}

export const fullStatus: StatusTrim = { mode: 'full' };

/** `reconciledAt` is among them because waiting for an operation needs it. */
const summaryMembers = ['sync', 'health', 'conditions', 'reconciledAt', 'sourceType', 'sourceTypes'];
const summaryOperationMembers = ['operation', 'phase', 'startedAt', 'finishedAt'];

/** The part of a reported status that goes to the hub; a new object unless all of it does. */
export function trimStatus(status: JsonObject, trim: StatusTrim): JsonObject {
  if (trim.mode === 'summary') return summaryOf(status);
  const { maxResources, maxHistory, maxSyncResources } = trim;
  let trimmed = status;
  if (maxResources !== undefined)
    trimmed = cut(trimmed, 'resources', (list) => list.slice(0, maxResources), maxResources);
  if (maxHistory !== undefined)
    trimmed = cut(trimmed, 'history', (list) => list.slice(list.length - maxHistory), maxHistory);
  if (maxSyncResources !== undefined) trimmed = cutSyncResources(trimmed, maxSyncResources);
  return trimmed;
}

function summaryOf(status: JsonObject): JsonObject {
  const { operationState } = status;
  return {
    ...pick(status, summaryMembers),
    ...(isJsonObject(operationState) ? { operationState: pick(operationState, summaryOperationMembers) } : {}),
  };
}

function cutSyncResources(status: JsonObject, most: number): JsonObject {
  const { operationState } = status;
  if (!isJsonObject(operationState)) return status;
  const { syncResult } = operationState;
  if (!isJsonObject(syncResult)) return status;
  const shorter = cut(syncResult, 'resources', (list) => list.slice(0, most), most);
  return shorter === syncResult ? status : { ...status, operationState: { ...operationState, syncResult: shorter } };
}

function cut(
  object: JsonObject,
  name: string,
  shorten: (list: readonly JsonValue[]) => readonly JsonValue[],
  most: number,
): JsonObject {
  const list = object[name];
  return Array.isArray(list) && list.length > most
    ? { ...object, [name]: shorten(list as readonly JsonValue[]) }
    : object;
}

function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}
