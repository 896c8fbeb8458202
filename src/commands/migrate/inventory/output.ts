import type { OutputStream } from '../../../context.ts';
import type { InventoryCluster, InventoryWork } from '../../../core/migration/inventory.ts';
import { openTable } from '../../../output/table.ts';
import { toJson } from '../../../output/json.ts';
import type { inventoryOutputs } from './options.ts';

/** What an inventory prints, cluster by cluster. */
export interface InventoryOutput {
  cluster(cluster: InventoryCluster): void;
  /** @returns how many works were shown */
  end(): number;
}

export function openInventory(format: (typeof inventoryOutputs)[number], stdout: OutputStream): InventoryOutput {
  const clusters: InventoryCluster[] = [];
  let shown = 0;
  const count = ({ works }: InventoryCluster): void => {
    shown += works.length;
  };
  if (format === 'json') {
    return {
      cluster: (cluster) => {
        count(cluster);
        clusters.push(cluster);
      },
      end: () => {
        stdout.write(toJson(clusters));
        return shown;
      },
    };
  }
  const wide = format === 'wide';
  const headers = ['CONSUMER', 'PATTERN', { header: 'NAME', rank: -1 }, 'MANAGERS', 'OBJECTS', 'SHARED'];
  const table = openTable(wide ? [...headers, 'VERSION', 'CONFIGS', 'ON-DELETE', 'EXECUTOR', 'SIZE'] : headers, stdout);
  return {
    cluster: (cluster) => {
      count(cluster);
      if (cluster.works.length > 0) table.rows(cluster.works.map((work) => rowOf(cluster, work, wide)));
    },
    end: () => shown,
  };
}

function rowOf({ consumer, pattern, shared }: InventoryCluster, work: InventoryWork, wide: boolean): readonly string[] {
  const own = shared.filter(({ works }) => works.includes(work.name));
  const differs = own.filter(({ differs: other }) => other).length;
  const sharedText = own.length === 0 ? '-' : `${own.length}${differs === 0 ? '' : ` (${differs} differ)`}`;
  const guess = work.managersFrom === 'record' ? '' : ` (by ${work.managersFrom})`;
  const cells = [
    consumer,
    pattern ?? '-',
    work.name,
    `${work.managers.join(',')}${guess}`,
    String(work.objects.length),
    sharedText,
  ];
  if (!wide) return cells;
  const { version, manifestConfigs, deleteOption, executor, bytes, deletedAt } = work;
  return [
    ...cells,
    `${version}${deletedAt === undefined ? '' : ' (deleting)'}`,
    String(manifestConfigs),
    deleteOption,
    executor ? 'yes' : 'no',
    `${(bytes / 1024).toFixed(1)} KiB`,
  ];
}
