import type { OutputStream } from '../../../context.ts';
import { positionOf, type Rows } from '../../../core/migration/advance.ts';
import { formOf } from '../../../core/migration/forms.ts';
import type { ClusterPlan, NewWork } from '../../../core/migration/cluster-plan.ts';
import { foldStatus } from '../../../core/status/fold.ts';
import { toJson } from '../../../output/json.ts';
import { openTable } from '../../../output/table.ts';
import { namesOf } from '../shared/read-plan.ts';
import type { statusOutputs } from './options.ts';

/** Prints where each cluster is. */
export function printStatus(
  clusters: readonly ClusterPlan[],
  rows: ReadonlyMap<string, Rows>,
  format: (typeof statusOutputs)[number],
  stdout: OutputStream,
): void {
  const rowsOf = ({ consumer }: ClusterPlan): Rows => rows.get(consumer) ?? new Map();
  if (format === 'json') {
    stdout.write(
      toJson(
        clusters.map((cluster) => ({
          consumer: cluster.consumer,
          position: positionOf(cluster, rowsOf(cluster)),
          old: cluster.old.map((one) => ({ ...workValue(one, rowsOf(cluster)), plannedVersion: one.version })),
          new: cluster.new.map((one) => workValue(one, rowsOf(cluster))),
        })),
      ),
    );
    return;
  }
  const there = (works: readonly NewWork[], found: Rows): string =>
    `${works.filter(({ id }) => found.has(id)).length}/${works.length}`;
  openTable(['CONSUMER', 'POSITION', 'OLD', 'NEW', 'NEW WORKS'], stdout).rows(
    clusters.map((cluster) => {
      const found = rowsOf(cluster);
      const names = namesOf(cluster.new);
      const shown = names.length > 2 ? `${names.slice(0, 2).join(',')},… (${names.length})` : names.join(',');
      return [
        cluster.consumer,
        positionOf(cluster, found),
        there(cluster.old, found),
        there(cluster.new, found),
        shown,
      ];
    }),
  );
}

/** `form`: absent, deleting, plain, proof (with the rules that prove ownership), orphaned, other. */
function workValue(one: NewWork, rows: Rows): Readonly<Record<string, unknown>> {
  const row = rows.get(one.id);
  return {
    name: one.work.name,
    id: one.id,
    form: formOf(one, row),
    ...(row === undefined ? {} : { version: row.version, state: foldStatus(row, row.version).kind }),
  };
}
