import type { JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt, textAt } from '../../core/json-fields.ts';

/** A condition as reports of ApplicationSets have it. */
export interface ShownCondition {
  readonly type: string;
  readonly message: string;
}

/**
 * What a status says, as far as the report of the application's set tells it. Most applications of a set say the same,
 * so all that say it share one of these; when the operation began, which is another time for each, is kept beside it.
 */
export interface ShownState {
  /** "" for none, as all texts here. */
  readonly health: string;
  readonly sync: string;
  readonly phase: string;
  /** `sync.revision`; an application with several sources has none. */
  readonly revision: string;
  /** Errors and warnings, each type once, by type. */
  readonly conditions: readonly ShownCondition[];
  /** It lists what it deployed. */
  readonly hasResources: boolean;
}

/** The search of the classic pull model cuts a message to so many characters, and says so by three dots. */
const longestMessage = 512;
const operationError = 'OperationError';

export function shownStateOf(status: JsonObject): ShownState {
  const operationState = objectAt(status, 'operationState');
  const sync = objectAt(status, 'sync');
  const state = {
    health: textAt(objectAt(status, 'health'), 'status'),
    sync: textAt(sync, 'status'),
    phase: textAt(operationState, 'phase'),
    revision: textAt(sync, 'revision'),
    hasResources: objectsAt(status, 'resources').length > 0,
  };
  return { ...state, conditions: conditionsOf(status, state, cut(textAt(operationState, 'message'))) };
}

/**
 * The conditions whose type says that something is wrong, and the message of an operation that has not succeeded, as
 * the search of the classic pull model makes them of an Application.
 */
function conditionsOf(
  status: JsonObject,
  { health, sync, phase }: Pick<ShownState, 'health' | 'sync' | 'phase'>,
  operationMessage: string,
): readonly ShownCondition[] {
  const messages = new Map<string, string>();
  for (const condition of objectsAt(status, 'conditions')) {
    const type = textAt(condition, 'type');
    const message = cut(textAt(condition, 'message'));
    // The last one of a type is the one that counts.
    if (message !== '' && (type.includes('Error') || type.includes('Warning'))) messages.set(type, message);
  }
  const isWell = health === 'Healthy' && sync === 'Synced';
  if (!isWell && operationMessage !== '' && phase !== 'Succeeded' && !isToldBy(messages.values(), operationMessage))
    messages.set(operationError, operationMessage);
  if (messages.size === 0) return noConditions;
  return [...messages]
    .map(([type, message]) => ({ type, message }))
    .sort((left, right) => (left.type < right.type ? -1 : 1));
}

const noConditions: readonly ShownCondition[] = [];

/** A condition that quotes the reason of the failed operation tells all that its message would. */
function isToldBy(messages: Iterable<string>, operationMessage: string): boolean {
  for (const message of messages) {
    const at = message.indexOf('reason:');
    // Its last three characters are the dots of a message that was cut.
    const reason = at === -1 ? '' : message.slice(at, -3);
    if (reason !== '' && operationMessage.includes(reason)) return true;
  }
  return false;
}

function cut(message: string): string {
  if (message.length <= longestMessage) return message;
  // Characters that take two units are counted as one, and never cut in half.
  const characters = Array.from(message.slice(0, 2 * longestMessage + 2));
  return characters.length <= longestMessage ? message : `${characters.slice(0, longestMessage).join('')}...`;
}
