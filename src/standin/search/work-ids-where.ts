import { isJsonObject } from '../../core/json.ts';
import type { JsonValue } from '../../core/json.ts';
import type { Store } from '../store/store.ts';
import { JoinedIds } from '../store/joined-ids.ts';
import { SortedIds, type Ids } from '../store/sorted-ids.ts';
import type { Expression, Field } from './expression.ts';

/**
 * The ids of exactly the works that meet one condition, out of the indexes of
 * the store: consumer, source, the work's own name, one label. undefined for
 * conditions without an index.
 */
export function workIdsWhere(condition: Expression, store: Store): Ids | undefined {
  switch (condition.kind) {
    case 'compare': {
      if (condition.operator !== '=') return undefined;
      const value = String(condition.value);
      if (isPath(condition.field, 'name')) return store.workIds({ workName: value });
      if (condition.field.path.length > 0) return undefined;
      const column = bareColumn(condition.field);
      if (column === 'consumer_name') return store.workIds({ consumerName: value });
      return column === 'source' ? store.workIds({ source: value }) : undefined;
    }
    case 'in': {
      if (condition.negated) return undefined;
      const byName = isPath(condition.field, 'name');
      if (!byName && (condition.field.path.length > 0 || bareColumn(condition.field) !== 'consumer_name'))
        return undefined;
      const values = [...new Set(condition.values.map(String))];
      const parts = values.map((value) => store.workIds(byName ? { workName: value } : { consumerName: value }));
      return new JoinedIds(parts.filter(({ size }) => size > 0));
    }
    case 'contains': {
      const labels = isPath(condition.field, 'labels') ? wantedLabels(condition.json) : undefined;
      return labels === undefined ? undefined : inAll(labels.map((label) => store.workIds({ label })));
    }
    default:
      return undefined;
  }
}

/** `payload -> 'metadata' ->> 'name'` or `payload -> 'metadata' -> 'labels'`. */
function isPath(field: Field, member: 'name' | 'labels'): boolean {
  const [first, second, ...rest] = field.path;
  const asWanted = field.asText === (member === 'name');
  return bareColumn(field) === 'payload' && first === 'metadata' && second === member && rest.length === 0 && asWanted;
}

function bareColumn(field: Field): string {
  return field.column.split('.').at(-1) ?? '';
}

/** undefined for what no labels can meet by their texts alone, and for no labels, which every object meets. */
function wantedLabels(json: string): readonly (readonly [string, string])[] | undefined {
  const wanted = JSON.parse(json) as JsonValue;
  const labels = isJsonObject(wanted) ? Object.entries(wanted) : [];
  const texts = labels.flatMap(([name, value]) => (typeof value === 'string' ? [[name, value] as const] : []));
  return texts.length === 0 || texts.length < labels.length ? undefined : texts;
}

function inAll(indexes: readonly SortedIds[]): SortedIds {
  const [smallest = new SortedIds(), ...others] = indexes.toSorted((a, b) => a.size - b.size);
  if (others.length === 0) return smallest;
  return new SortedIds([...smallest.after()].filter((id) => others.every((ids) => ids.has(id))));
}
