import { foldStatus, type WorkStateKind } from '../../core/status/fold.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';

export const sortKeys = ['name', 'consumer', 'version', 'age', 'state'] as const;
export type SortKey = (typeof sortKeys)[number];

/** What needs a person's attention comes first. */
const stateOrder: readonly WorkStateKind[] = [
  'failed',
  'deleting',
  'unknown',
  'progressing',
  'applied',
  'available',
  'deleted',
];

type Order = (left: ResourceBundle, right: ResourceBundle) => number;

const orders: Readonly<Record<SortKey, Order>> = {
  name: (left, right) => byText(workName(left), workName(right)),
  consumer: (left, right) => byText(left.consumerName, right.consumerName),
  version: (left, right) => left.version - right.version,
  /** The youngest first. */
  age: (left, right) => Date.parse(right.createdAt) - Date.parse(left.createdAt),
  state: (left, right) => rank(left) - rank(right),
};

/** Sorted by the key, then by consumer, name and id, so that the order is the same in every run. */
export function sortWorks(bundles: readonly ResourceBundle[], key: SortKey): readonly ResourceBundle[] {
  return [...bundles].sort(
    (left, right) =>
      orders[key](left, right) || orders.consumer(left, right) || orders.name(left, right) || byText(left.id, right.id),
  );
}

function rank(bundle: ResourceBundle): number {
  return stateOrder.indexOf(foldStatus(bundle, bundle.version).kind);
}

/** By code units: the same everywhere, whatever the locale. */
function byText(left: string, right: string): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}
