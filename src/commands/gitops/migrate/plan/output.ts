import type { OutputStream } from '../../../../context.ts';
import type { JsonValue } from '../../../../core/json.ts';
import { counted } from '../../../../core/text.ts';
import type { MadeHandoverPlan } from '../../../../gitops/handover/make-plan.ts';
import type { HandoverDirection, LeftOut, PlannedDifferences } from '../../../../gitops/handover/plan.ts';
import { toJson } from '../../../../output/json.ts';
import type { Reporter } from '../../../../output/reporter.ts';
import { openTable } from '../../../../output/table.ts';
import { toYaml } from '../../../../output/yaml.ts';
import type { PlanOptions } from './options.ts';

/** One Application of a plan. */
export interface PrintedPlannedApplication {
  /** `namespace/name` on the hub. */
  readonly application: string;
  /** Its classic ManifestWork, when there is one. */
  readonly classicWork?: string;
  /** The id of the bundle that it has or gets in Maestro. */
  readonly bundleId: string;
  /** What the other model changes of it on the cluster. */
  readonly differences: PlannedDifferences;
}

/** One cluster of a plan. */
export interface PrintedPlannedCluster {
  /** Its name. */
  readonly cluster: string;
  /** By name. */
  readonly applications: readonly PrintedPlannedApplication[];
}

/** What was decided. */
export interface PrintedHandoverPlan {
  /** The file; absent when nothing is to be handed over, and so none was written. */
  readonly file?: string;
  /** Stamped on what the migration writes. */
  readonly runId: string;
  /** To whom the Applications go. */
  readonly direction: HandoverDirection;
  /** The API server of the hub. */
  readonly hubServer: string;
  /** Source id of the bundles. */
  readonly source: string;
  /** The plan, by cluster. */
  readonly clusters: readonly PrintedPlannedCluster[];
  /** Applications of the plan that would be parked as things are, and why. */
  readonly parked: readonly LeftOut[];
  /** What is not in the plan, and why. */
  readonly leftOut: readonly LeftOut[];
}

/** Prints what was decided; with `table`, what stands in the way is told on standard error. */
export function printPlan(
  { plan, parked, leftOut }: MadeHandoverPlan,
  { output, out }: Pick<PlanOptions, 'output' | 'out'>,
  stdout: OutputStream,
  reporter: Reporter,
): void {
  if (output !== 'table') {
    const value: PrintedHandoverPlan = {
      ...(plan.clusters.length === 0 ? {} : { file: out }),
      runId: plan.runId,
      direction: plan.direction,
      hubServer: plan.hubServer,
      source: plan.source,
      clusters: plan.clusters.map(({ name, applications }) => ({
        cluster: name,
        applications: applications.map(({ key, classic, bundleId, differences }) => ({
          application: key,
          ...(classic === undefined ? {} : { classicWork: classic.name }),
          bundleId,
          differences,
        })),
      })),
      parked,
      leftOut,
    };
    stdout.write(output === 'json' ? toJson(value) : toYaml(value as unknown as JsonValue));
    return;
  }
  const [parkedBy, leftOutBy] = [countsOf(parked), countsOf(leftOut)];
  if (plan.clusters.length > 0)
    openTable(['CLUSTER', 'APPLICATIONS', 'PARKED', 'LEFT-OUT'], stdout).rows(
      plan.clusters.map(({ name, applications }) => [
        name,
        String(applications.length),
        String(parkedBy.get(name) ?? 0),
        String(leftOutBy.get(name) ?? 0),
      ]),
    );
  for (const one of parked) reporter.warn(`${lineOf(one)} (it would be parked: ${one.reason})`);
  for (const one of leftOut) reporter.warn(`${lineOf(one)} (not in the plan: ${one.reason})`);
}

/** How many there are of each cluster. */
function countsOf(list: readonly LeftOut[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { cluster } of list) counts.set(cluster, (counts.get(cluster) ?? 0) + 1);
  return counts;
}

function lineOf({ cluster, subject, text }: LeftOut): string {
  return `${cluster}: ${subject}: ${text}`;
}

/** `20 applications on 2 clusters`. */
export function sizeOf({ clusters }: MadeHandoverPlan['plan']): string {
  const applications = clusters.reduce((sum, { applications: list }) => sum + list.length, 0);
  return `${counted(applications, 'application')} on ${counted(clusters.length, 'cluster')}`;
}
