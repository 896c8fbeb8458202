import type { OutputStream } from '../../../../context.ts';
import type { JsonValue } from '../../../../core/json.ts';
import { counted } from '../../../../core/text.ts';
import type {
  ApplicationStatus,
  ClusterStatus,
  HandoverPosition,
} from '../../../../gitops/handover/handover-status.ts';
import type { HandoverDirection, HandoverPlan } from '../../../../gitops/handover/plan.ts';
import { toJson } from '../../../../output/json.ts';
import { openTable, type Table } from '../../../../output/table.ts';
import { toYaml } from '../../../../output/yaml.ts';
import type { StatusOptions } from './options.ts';

/** Which command goes on with a cluster; `none` where nothing is left to do. */
export type NextCommand = 'run' | 'finish' | 'rollback' | 'none';

/** Where one cluster of a plan is. */
export interface PrintedHandoverCluster extends ClusterStatus {
  /** How many of its Applications are where. */
  readonly positions: readonly PrintedPositionCount[];
  /** Which command goes on with it. */
  readonly next: NextCommand;
}

/** How many Applications of a cluster are where. */
export interface PrintedPositionCount {
  /** How far they have come. */
  readonly position: HandoverPosition;
  /** How many there are. */
  readonly count: number;
}

/** Where a migration is. */
export interface PrintedHandoverStatus {
  /** Of the plan. */
  readonly runId: string;
  /** To whom the Applications go. */
  readonly direction: HandoverDirection;
  /** In the order of the plan. */
  readonly clusters: readonly PrintedHandoverCluster[];
}

/** Positions in the order of a way there, with the command that goes on from each; the first that is there counts. */
const nextCommands: Readonly<Record<HandoverPosition, NextCommand>> = {
  'rolling-back': 'rollback',
  planned: 'run',
  running: 'run',
  'both-own': 'finish',
  'letting-go': 'finish',
  deleting: 'finish',
  settling: 'finish',
  finished: 'none',
  // What stands in the way is told; the same command looks again.
  parked: 'none',
};

const positionsInOrder = Object.keys(nextCommands) as HandoverPosition[];

/** What `status` prints, cluster by cluster. */
export interface StatusOutput {
  cluster(status: ClusterStatus): void;
  /** Ends the output, and says what a person is to do next. */
  end(): readonly string[];
}

export function openStatusOutput(
  { runId, direction }: HandoverPlan,
  { output, plan }: Pick<StatusOptions, 'output' | 'plan'>,
  stdout: OutputStream,
): StatusOutput {
  const clusters: PrintedHandoverCluster[] = [];
  const show = output === 'table' || output === 'wide' ? openTables(output, stdout) : undefined;
  return {
    cluster: (status) => {
      const printed = printedCluster(status);
      // A table holds counts alone of a cluster that it has shown.
      clusters.push(show === undefined ? printed : { ...printed, applications: parkedOf(printed) });
      show?.(printed);
    },
    end: () => {
      if (show === undefined) {
        const value: PrintedHandoverStatus = { runId, direction, clusters };
        stdout.write(output === 'json' ? toJson(value) : toYaml(value as unknown as JsonValue));
        return [];
      }
      if (output === 'table') printParked(clusters, stdout);
      return hints(clusters, plan);
    },
  };
}

function printedCluster(status: ClusterStatus): PrintedHandoverCluster {
  const positions = positionsInOrder
    .map((position) => ({ position, count: status.applications.filter((one) => one.position === position).length }))
    .filter(({ count }) => count > 0);
  const [first] = positions;
  return { ...status, positions, next: first === undefined ? 'none' : nextCommands[first.position] };
}

function openTables(output: 'table' | 'wide', stdout: OutputStream): (cluster: PrintedHandoverCluster) => void {
  const wide = output === 'wide';
  const table: Table = openTable(
    wide
      ? [
          ...['CLUSTER', 'APPLICATION', 'POSITION', 'REASON', 'CLASSIC-WORK', 'BUNDLE'],
          { header: 'WHAT IS SEEN', text: true, rank: 3 },
        ]
      : ['CLUSTER', 'APPLICATIONS', 'POSITIONS', 'PULL-MODEL', 'NEXT'],
    stdout,
  );
  return (cluster) => table.rows(wide ? cluster.applications.map((one) => wideRow(one)) : [rowOf(cluster)]);
}

function rowOf({ cluster, applications, positions, pullModel, next }: PrintedHandoverCluster): readonly string[] {
  const where = positions.map(({ position, count }) => `${count} ${position}`);
  return [cluster, String(applications.length), where.join(', '), pullModel ?? '-', next === 'none' ? '-' : next];
}

function wideRow(one: ApplicationStatus): readonly string[] {
  const { cluster, application, position, reason, classicWork, bundleId, text } = one;
  return [cluster, application, position, reason ?? '-', classicWork ?? '-', bundleId, text];
}

function parkedOf({ applications }: Pick<ClusterStatus, 'applications'>): readonly ApplicationStatus[] {
  return applications.filter(({ position }) => position === 'parked');
}

function printParked(clusters: readonly PrintedHandoverCluster[], stdout: OutputStream): void {
  const parked = clusters.flatMap((cluster) => parkedOf(cluster));
  if (parked.length === 0) return;
  stdout.write('\n');
  openTable(['CLUSTER', 'PARKED', 'REASON', { header: 'WHY', text: true }], stdout).rows(
    parked.map(({ cluster, application, reason, text }) => [cluster, application, reason ?? '-', text]),
  );
}

/** The commands that go on, with how many clusters they are for. */
function hints(clusters: readonly PrintedHandoverCluster[], plan: string): readonly string[] {
  const counts = new Map<NextCommand, number>();
  for (const { next } of clusters) counts.set(next, (counts.get(next) ?? 0) + 1);
  return [...counts].flatMap(([next, count]) => {
    const on = counted(count, 'cluster');
    if (next === 'none') return [];
    return [`next, for ${on}: maestro-cli gitops migrate ${next} --plan=${plan}`];
  });
}
