import { shownState, type ShownState } from '../../core/status/shown-state.ts';
import { byText } from '../../core/text-order.ts';
import { nearest } from '../../core/works/did-you-mean.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { MaestroError } from '../../errors.ts';
import type { Step } from '../../output/json-path/path.ts';
import { parseRelaxedPath } from '../../output/json-path/relaxed.ts';
import { compareSortValues, sortValue } from '../../output/json-path/sort.ts';
import { fullDocument } from '../../output/work-document.ts';

export const sortKeys = ['name', 'consumer', 'version', 'age', 'state'] as const;
export type SortKey = (typeof sortKeys)[number];

/** What works are sorted by: a key, or the value at a path of their documents. */
export type SortBy = { readonly key: SortKey } | { readonly steps: readonly Step[] };

/** What needs a person's attention comes first. */
const stateOrder: readonly ShownState[] = [
  'failing',
  'silent',
  'deleting',
  'progressing',
  'applied',
  'available',
  'deleted',
];

type Order = (left: ResourceBundle, right: ResourceBundle) => number;

const byConsumer: Order = (left, right) => byText(left.consumerName, right.consumerName);
const byName: Order = (left, right) => byText(workName(left), workName(right));

/**
 * Reads --sort-by: a key, or a path, which a dot or a brace tells from it.
 *
 * @throws MaestroError usage
 */
export function parseSortBy(text: string): SortBy {
  const key = sortKeys.find((known) => known === text);
  if (key !== undefined) return { key };
  if (/[.{[]/.test(text)) return { steps: parseRelaxedPath(text, '--sort-by') };
  const meant = nearest(text, sortKeys);
  throw new MaestroError('usage', `--sort-by does not know "${text}"`, {
    hint: `${meant === undefined ? '' : `Did you mean ${meant}? `}Use one of: ${sortKeys.join(', ')}; or a path, such as .metadata.creationTimestamp.`,
  });
}

/** Sorted as wanted, then by consumer, name and id, so that the order is the same in every run. */
export function sortWorks(bundles: readonly ResourceBundle[], by: SortBy, wallMs: number): readonly ResourceBundle[] {
  const wanted = orderOf(bundles, by, wallMs);
  return [...bundles].sort(
    (left, right) => wanted(left, right) || byConsumer(left, right) || byName(left, right) || byText(left.id, right.id),
  );
}

function orderOf(bundles: readonly ResourceBundle[], by: SortBy, wallMs: number): Order {
  if ('steps' in by) return byValue(bundles, (bundle) => sortValue(by.steps, fullDocument(bundle)), compareSortValues);
  switch (by.key) {
    case 'name':
      return byName;
    case 'consumer':
      return byConsumer;
    case 'version':
      return (left, right) => left.version - right.version;
    // The youngest first.
    case 'age':
      return (left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt);
    case 'state':
      return byValue(
        bundles,
        (bundle) => stateOrder.indexOf(shownState(bundle, wallMs)),
        (left, right) => left - right,
      );
  }
}

/** Makes each value once, because a sort compares many times. */
function byValue<Value>(
  bundles: readonly ResourceBundle[],
  valueOf: (bundle: ResourceBundle) => Value,
  compare: (left: Value, right: Value) => number,
): Order {
  const values = new Map(bundles.map((bundle) => [bundle, valueOf(bundle)]));
  return (left, right) => compare(values.get(left) as Value, values.get(right) as Value);
}
