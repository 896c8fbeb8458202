import type { OutputStream } from '../../../context.ts';
import type { ClusterPlan, OldManagers } from '../../../core/migration/cluster-plan.ts';
import { labelOf, type Pattern } from '../../../core/migration/old-work.ts';
import { ownersOf } from '../../../core/ownership/owners.ts';
import { oneLine } from '../../../core/shown-text.ts';
import type { MadePlan, RefusedCluster } from '../../../operations/migrate/make-plan.ts';
import { toJson } from '../../../output/json.ts';
import { namesOf } from '../shared/read-plan.ts';
import type { PlanOptions } from './options.ts';

/** One text for each refusal: cluster, works, what is wrong. */
export function refusalLines(refused: readonly RefusedCluster[]): readonly string[] {
  return refused.flatMap(({ consumer, refusals }) =>
    refusals.map(({ works, text }) => `${consumer}: ${works.join(', ')}: ${text}`),
  );
}

/** What is planned for one cluster, without any content of manifests. */
export interface PrintedClusterPlan {
  /** The cluster. */
  readonly consumer: string;
  /** The works that are replaced. */
  readonly old: readonly PrintedOldWork[];
  /** The works that take their place. */
  readonly new: readonly PrintedNewWork[];
  /** Who was found to manage the objects of each old work. */
  readonly managers: readonly OldManagers[];
  /** What is worth knowing before it is carried out, a sentence each. */
  readonly notes: readonly string[];
}

/** A work that is replaced. */
export interface PrintedOldWork {
  /** Its name. */
  readonly name: string;
  /** The bundle id. */
  readonly id: string;
  /** To which all writes are pinned. */
  readonly version: number;
}

/** A work that takes the place of others. */
export interface PrintedNewWork {
  /** Its name. */
  readonly name: string;
  /** The bundle id that it will have. */
  readonly id: string;
  /** What it will hold. */
  readonly objects: readonly PrintedObject[];
}

/** An object and who manages it. */
export interface PrintedObject {
  /** `Kind.group/namespace/name`. */
  readonly object: string;
  /** Who may write it with `apply --merge`. */
  readonly manager: string;
}

/** A cluster on which there is nothing to do. */
export interface PrintedIdleCluster {
  /** The cluster. */
  readonly consumer: string;
  /** A sentence. */
  readonly why: string;
}

/** What was decided. With a refused cluster no plan is written. */
export interface PrintedPlan {
  /** Whose works they are. */
  readonly source: string;
  /** The pattern that they are to have. */
  readonly to: Pattern;
  /** The plan. */
  readonly clusters: readonly PrintedClusterPlan[];
  /** Clusters that cannot be planned. */
  readonly refused: readonly RefusedCluster[];
  /** Clusters on which there is nothing to do. */
  readonly idle: readonly PrintedIdleCluster[];
}

/** Prints what was decided, without any content of manifests. */
export function printPlan(made: MadePlan, { output, source }: PlanOptions, stdout: OutputStream): void {
  if (output === 'json') {
    const printed: PrintedPlan = {
      source: made.plan.source,
      to: made.plan.to,
      clusters: made.plan.clusters.map((cluster) => clusterValue(cluster, source)),
      refused: made.refused,
      idle: made.idle,
    };
    stdout.write(toJson(printed));
    return;
  }
  for (const cluster of made.plan.clusters) {
    const { consumer, old, notes } = cluster;
    stdout.write(`${oneLine(consumer)}: ${namesOf(old).join(', ')} → ${namesOf(cluster.new).join(', ')}\n`);
    for (const { work, managers, from } of cluster.managers)
      stdout.write(`  ${oneLine(`${work}: managed by ${managers.join(', ')} (${fromTexts[from]})`)}\n`);
    for (const note of notes) stdout.write(`  ${oneLine(note)}\n`);
  }
  for (const { consumer, why } of made.idle) stdout.write(`${oneLine(`${consumer}: nothing to do, ${why}`)}\n`);
}

const fromTexts = {
  record: 'on record',
  name: 'by the name of the work',
  flag: 'by --manager-of',
  source: 'nobody else is known',
} as const;

function clusterValue(cluster: ClusterPlan, source: string): PrintedClusterPlan {
  const { consumer, old, managers, notes } = cluster;
  return {
    consumer,
    old: old.map(({ id, version, work }) => ({ name: work.name, id, version })),
    new: cluster.new.map(({ id, work }) => {
      const owners = ownersOf(work, source);
      const objects = work.manifests.map((manifest) => labelOf(manifest));
      return {
        name: work.name,
        id,
        objects: objects.map((object) => ({ object, manager: owners.get(object) ?? source })),
      };
    }),
    managers,
    notes,
  };
}
