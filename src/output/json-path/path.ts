import { isJsonObject, type JsonValue } from '../../core/json.ts';

/** One step of a path. A union has several selections; a filter keeps the children for which it holds. */
export type Step =
  | { readonly kind: 'select'; readonly recursive: boolean; readonly selections: readonly Selection[] }
  | { readonly kind: 'filter'; readonly left: Operand; readonly operator?: Operator; readonly right?: Operand };

export type Selection =
  | { readonly kind: 'member'; readonly name: string }
  | { readonly kind: 'index'; readonly at: number }
  | { readonly kind: 'slice'; readonly from?: number; readonly to?: number; readonly by?: number }
  | { readonly kind: 'every' };

export type Operator = '==' | '!=' | '<=' | '>=' | '<' | '>';

export type Operand =
  | { readonly kind: 'path'; readonly fromRoot: boolean; readonly steps: readonly Step[] }
  | { readonly kind: 'value'; readonly value: string | number | boolean };

/**
 * The values at a path, in the order of the document; none where it leads
 * nowhere. Nothing in a path is ever run as code.
 *
 * @param root what `$` in a filter means
 */
export function valuesAt(steps: readonly Step[], value: JsonValue, root: JsonValue): readonly JsonValue[] {
  let current: readonly JsonValue[] = [value];
  for (const step of steps) current = current.flatMap((item) => follow(step, item, root));
  return current;
}

function follow(step: Step, value: JsonValue, root: JsonValue): readonly JsonValue[] {
  if (step.kind === 'filter') return children(value).filter((child) => holds(step, child, root));
  const starts = step.recursive ? withDescendants(value) : [value];
  return starts.flatMap((start) => step.selections.flatMap((selection) => select(selection, start)));
}

function select(selection: Selection, value: JsonValue): readonly JsonValue[] {
  switch (selection.kind) {
    case 'every':
      return children(value);
    case 'member': {
      const member = isJsonObject(value) && Object.hasOwn(value, selection.name) ? value[selection.name] : undefined;
      return member === undefined ? [] : [member];
    }
    case 'index': {
      const item = Array.isArray(value) ? (value as readonly JsonValue[]).at(selection.at) : undefined;
      return item === undefined ? [] : [item];
    }
    case 'slice': {
      if (!Array.isArray(value)) return [];
      const { from, to, by = 1 } = selection;
      return (value as readonly JsonValue[]).slice(from, to).filter((_item, index) => index % by === 0);
    }
  }
}

function holds(filter: Extract<Step, { kind: 'filter' }>, child: JsonValue, root: JsonValue): boolean {
  const left = valueOf(filter.left, child, root);
  if (filter.operator === undefined || filter.right === undefined) return left !== undefined;
  const right = valueOf(filter.right, child, root);
  if (left === undefined || right === undefined) return false;
  return compare(left, right, filter.operator);
}

function valueOf(operand: Operand, child: JsonValue, root: JsonValue): JsonValue | undefined {
  if (operand.kind === 'value') return operand.value;
  return valuesAt(operand.steps, operand.fromRoot ? root : child, root)[0];
}

/** Values of different types are different, and in no order. */
function compare(left: JsonValue, right: JsonValue, operator: Operator): boolean {
  if (operator === '==') return left === right;
  if (operator === '!=') return left !== right;
  const comparable = (isNumber(left) && isNumber(right)) || (typeof left === 'string' && typeof right === 'string');
  if (!comparable) return false;
  switch (operator) {
    case '<':
      return left < right;
    case '<=':
      return left <= right;
    case '>':
      return left > right;
    case '>=':
      return left >= right;
  }
}

function isNumber(value: JsonValue): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}

function children(value: JsonValue): readonly JsonValue[] {
  if (Array.isArray(value)) return value as readonly JsonValue[];
  if (!isJsonObject(value)) return [];
  return Object.values(value).filter((member) => member !== undefined);
}

function withDescendants(value: JsonValue): readonly JsonValue[] {
  return [value, ...children(value).flatMap((child) => withDescendants(child))];
}
