import type { WorkReader } from '../../clients/transport.ts';
import type { Rows } from '../../core/migration/advance.ts';
import type { ClusterPlan } from '../../core/migration/cluster-plan.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Budget } from '../budget.ts';
import { untilConnected } from '../connect-retry.ts';

/** Reads the old and new works of these clusters: the rows that are stored, by consumer and id. */
export async function readRows(
  clusters: readonly ClusterPlan[],
  reader: WorkReader,
  budget: Budget,
): Promise<ReadonlyMap<string, Rows>> {
  const consumerOf = new Map<string, string>();
  for (const { consumer, old, new: made } of clusters)
    for (const { id } of [...old, ...made]) consumerOf.set(id, consumer);
  return untilConnected(async () => {
    const rows = new Map<string, Map<string, ResourceBundle>>(clusters.map(({ consumer }) => [consumer, new Map()]));
    for await (const page of reader.getBundles([...consumerOf.keys()], budget)) {
      for (const bundle of page) rows.get(consumerOf.get(bundle.id) ?? '')?.set(bundle.id, bundle);
    }
    return rows;
  }, budget);
}
