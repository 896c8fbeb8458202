import type { SetAsideRow, WorkReader } from '../../clients/transport.ts';
import type { Rows } from '../../core/migration/advance.ts';
import type { ClusterPlan } from '../../core/migration/cluster-plan.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import type { Budget } from '../budget.ts';
import { untilConnected } from '../connect-retry.ts';

/** What Maestro has of the works of a plan on one cluster. */
export interface PlannedRows {
  readonly plan: ClusterPlan;
  /** The rows that are stored, by id. */
  readonly rows: Rows;
  /** Rows that are there and cannot be read: with one of them nobody can tell where the cluster is. */
  readonly unreadable: readonly SetAsideRow[];
}

/** Reads the old and new works of these clusters together; a row that cannot be read is the trouble of its cluster. */
export async function readRows(
  clusters: readonly ClusterPlan[],
  reader: Pick<WorkReader, 'getBundles'>,
  budget: Budget,
): Promise<readonly PlannedRows[]> {
  return untilConnected(async () => {
    const read = clusters.map((plan) => ({
      plan,
      rows: new Map<string, ResourceBundle>(),
      unreadable: [] as SetAsideRow[],
    }));
    const ofId = new Map(read.flatMap((one) => [...one.plan.old, ...one.plan.new].map(({ id }) => [id, one] as const)));
    const onSetAside = (row: SetAsideRow): void => void ofId.get(row.id)?.unreadable.push(row);
    for await (const page of reader.getBundles([...ofId.keys()], { ...budget, onSetAside }))
      for (const bundle of page) ofId.get(bundle.id)?.rows.set(bundle.id, bundle);
    return read;
  }, budget);
}
