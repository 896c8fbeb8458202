import type { JsonObject } from '../../core/json.ts';
import { ownAnnotationPrefix } from '../../core/works/own-annotations.ts';
import { objectsAt, textAt } from '../../core/json-fields.ts';

const markName = `${ownAnnotationPrefix}operation`;

/**
 * The operation with an item in its `info` that tells it from every other one.
 * Argo CD merges an operation that it did not start itself into the state of
 * the one before: `initiatedBy.automated`, revision, options and resources of
 * that one stay where this one says nothing. A list is replaced whole, so the
 * mark is what the state surely says of this operation. Seen with Argo CD 3.5.1.
 *
 * @param mark another one for each publish of a new operation
 */
export function markOperation(operation: JsonObject, mark: string): JsonObject {
  return { ...operation, info: [...othersOf(operation), { name: markName, value: mark }] };
}

/** The mark of an operation, "" when it has none, as those have that we did not publish. */
export function operationMark(operation: JsonObject): string {
  const item = objectsAt(operation, 'info').find((entry) => isMark(entry));
  return item === undefined ? '' : textAt(item, 'value');
}

/** An operation that another one was run in place of is sent once more, and so often at the most. */
const mostTries = 3;
const tryAfter = '~';

/** The operation with a mark that tells this try from those before; undefined when it was tried often enough. */
export function markAgain(operation: JsonObject): JsonObject | undefined {
  const [first = '', tries = '1'] = operationMark(operation).split(tryAfter);
  const next = Number(tries) + 1;
  return first === '' || !(next <= mostTries) ? undefined : markOperation(operation, `${first}${tryAfter}${next}`);
}

/** What both carry a mark of is one operation of the hub, whichever try of it. */
export function isSameOperation(left: JsonObject, right: JsonObject): boolean {
  const [one, other] = [left, right].map((operation) => operationMark(operation).split(tryAfter)[0]);
  return one !== '' && one === other;
}

/** The operation as the hub has it; one without information is one without the list. */
export function withoutMark(operation: JsonObject): JsonObject {
  if (operation['info'] === undefined) return operation;
  const { info: _info, ...rest } = operation;
  const others = othersOf(operation);
  return others.length === 0 ? rest : { ...rest, info: others };
}

function othersOf(operation: JsonObject): readonly JsonObject[] {
  return objectsAt(operation, 'info').filter((entry) => !isMark(entry));
}

function isMark(entry: JsonObject): boolean {
  return textAt(entry, 'name') === markName;
}
