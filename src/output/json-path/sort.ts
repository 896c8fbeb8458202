import type { JsonValue } from '../../core/json.ts';
import { byText, naturally } from '../../core/text-order.ts';
import { valuesAt, type Step } from './path.ts';
import { valueText } from './relaxed.ts';

/** What a document is sorted by: the value at a path, made comparable once. */
export type SortValue =
  | { readonly kind: 'number'; readonly value: number | bigint }
  | { readonly kind: 'time'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'missing' };

const kinds: readonly SortValue['kind'][] = ['number', 'time', 'text', 'missing'];

/** RFC 3339, as Kubernetes writes times. */
const time = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The first value at a path. Objects and lists are compared as their JSON, `null` counts as missing. */
export function sortValue(steps: readonly Step[], document: JsonValue): SortValue {
  const [value] = valuesAt(steps, document, document);
  if (value === undefined || value === null) return { kind: 'missing' };
  if (typeof value === 'number' || typeof value === 'bigint') return { kind: 'number', value };
  if (typeof value === 'string' && time.test(value) && !Number.isNaN(Date.parse(value)))
    return { kind: 'time', value: Date.parse(value) };
  return { kind: 'text', value: valueText(value) };
}

/**
 * Ascending: numbers by value, then times by the clock, then texts with the numbers in them by value (`w-9` before
 * `w-10`, as kubectl sorts), and what has no value last.
 */
export function compareSortValues(left: SortValue, right: SortValue): number {
  if (left.kind === 'missing' || right.kind === 'missing' || left.kind !== right.kind)
    return kinds.indexOf(left.kind) - kinds.indexOf(right.kind);
  if (left.kind === 'text' && right.kind === 'text')
    return naturally(left.value, right.value) || byText(left.value, right.value);
  if (left.value === right.value) return 0;
  return left.value < right.value ? -1 : 1;
}
