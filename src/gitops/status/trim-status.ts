import type { JsonObject } from '../../core/json.ts';
import { isJsonObject } from '../../core/json.ts';

/** `full`: all that the cluster reports. `summary`: what a list of applications shows. */
export type StatusMode = 'full' | 'summary';

/** `reconciledAt` is among them because waiting for an operation needs it. */
const summaryMembers = ['sync', 'health', 'conditions', 'reconciledAt', 'sourceType', 'sourceTypes'];
const summaryOperationMembers = ['operation', 'phase', 'startedAt', 'finishedAt'];

/** The part of a reported status that goes to the hub; a new object unless all of it does. */
export function trimStatus(status: JsonObject, mode: StatusMode): JsonObject {
  if (mode === 'full') return status;
  const { operationState } = status;
  return {
    ...pick(status, summaryMembers),
    ...(isJsonObject(operationState) ? { operationState: pick(operationState, summaryOperationMembers) } : {}),
  };
}

function pick(object: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(object).filter(([name]) => names.includes(name)));
}
