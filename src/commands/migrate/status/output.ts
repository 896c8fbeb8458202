import type { OutputStream } from '../../../context.ts';
import { positionOf, type Position, type Rows } from '../../../core/migration/advance.ts';
import { formOf, type Form } from '../../../core/migration/forms.ts';
import type { NewWork } from '../../../core/migration/cluster-plan.ts';
import { foldStatus, type WorkState } from '../../../core/status/fold.ts';
import type { PlannedRows } from '../../../operations/migrate/read-rows.ts';
import { toJson } from '../../../output/json.ts';
import { openTable } from '../../../output/table.ts';
import { namesOf } from '../shared/read-plan.ts';
import type { statusOutputs } from './options.ts';

/** Where one work of a plan is. */
export interface PrintedMovedWork {
  /** Its name. */
  readonly name: string;
  /** The bundle id. */
  readonly id: string;
  /** `plain`: as planned; `proof`: with the rules that prove its ownership; `orphaned`: told to let go. */
  readonly form: Form;
  /** That is stored. */
  readonly version?: number;
  /** What the agent has proved of the stored version. */
  readonly state?: WorkState['kind'];
  /** Of an old work. */
  readonly plannedVersion?: number;
}

/** Where one cluster of a plan is. */
export interface PrintedPosition {
  /** The cluster. */
  readonly consumer: string;
  /** How far it has come. */
  readonly position: Position;
  /** The works that there were. */
  readonly old: readonly PrintedMovedWork[];
  /** The works that take their place. */
  readonly new: readonly PrintedMovedWork[];
}

/** In the order of the plan. */
export type PrintedPositions = readonly PrintedPosition[];

/** Prints where each cluster is. */
export function printStatus(
  clusters: readonly Pick<PlannedRows, 'plan' | 'rows'>[],
  format: (typeof statusOutputs)[number],
  stdout: OutputStream,
): void {
  if (format === 'json') {
    const printed: PrintedPositions = clusters.map(({ plan, rows }) => ({
      consumer: plan.consumer,
      position: positionOf(plan, rows),
      old: plan.old.map((one) => ({ ...workValue(one, rows), plannedVersion: one.version })),
      new: plan.new.map((one) => workValue(one, rows)),
    }));
    stdout.write(toJson(printed));
    return;
  }
  const there = (works: readonly NewWork[], found: Rows): string =>
    `${works.filter(({ id }) => found.has(id)).length}/${works.length}`;
  openTable(['CONSUMER', 'POSITION', 'OLD', 'NEW', 'NEW WORKS'], stdout).rows(
    clusters.map(({ plan, rows }) => {
      const names = namesOf(plan.new);
      const shown = names.length > 2 ? `${names.slice(0, 2).join(',')},… (${names.length})` : names.join(',');
      return [plan.consumer, positionOf(plan, rows), there(plan.old, rows), there(plan.new, rows), shown];
    }),
  );
}

function workValue(one: NewWork, rows: Rows): PrintedMovedWork {
  const row = rows.get(one.id);
  return {
    name: one.work.name,
    id: one.id,
    form: formOf(one, row),
    ...(row === undefined ? {} : { version: row.version, state: foldStatus(row, row.version).kind }),
  };
}
