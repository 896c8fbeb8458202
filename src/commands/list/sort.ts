import { shownState } from '../../core/status/shown-state.ts';
import { worstFirst } from '../../core/status/works-tally.ts';
import { byText } from '../../core/text-order.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { fullDocument } from '../../output/work-document.ts';
import { byPath, byValue, type Order, type SortBy } from '../shared/table/sort-option.ts';

export const sortKeys = ['name', 'consumer', 'version', 'age', 'state'] as const;
export type SortKey = (typeof sortKeys)[number];

const byConsumer: Order<ResourceBundle> = (left, right) => byText(left.consumerName, right.consumerName);
const byName: Order<ResourceBundle> = (left, right) => byText(workName(left), workName(right));

/** Sorted as wanted, then by consumer, name and id, so that the order is the same in every run. */
export function sortWorks(
  bundles: readonly ResourceBundle[],
  by: SortBy<SortKey>,
  wallMs: number,
): readonly ResourceBundle[] {
  const wanted =
    'steps' in by
      ? byPath(bundles, by.steps, (bundle) => fullDocument(bundle))
      : orders[by.key]({ rows: bundles, wallMs });
  return [...bundles].sort(
    (left, right) => wanted(left, right) || byConsumer(left, right) || byName(left, right) || byText(left.id, right.id),
  );
}

interface Sorted {
  readonly rows: readonly ResourceBundle[];
  readonly wallMs: number;
}

const orders: Readonly<Record<SortKey, (sorted: Sorted) => Order<ResourceBundle>>> = {
  name: () => byName,
  consumer: () => byConsumer,
  version: () => (left, right) => left.version - right.version,
  /** The youngest first. */
  age: () => (left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt),
  /** What needs a person's attention first. */
  state: ({ rows, wallMs }) =>
    byValue(
      rows,
      (bundle) => worstFirst.indexOf(shownState(bundle, wallMs)),
      (left, right) => left - right,
    ),
};
