import type { OutputStream } from '../../../context.ts';
import type { ClusterPlan } from '../../../core/migration/cluster-plan.ts';
import { labelOf } from '../../../core/migration/old-work.ts';
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

/** Prints what was decided, without any content of manifests. */
export function printPlan(made: MadePlan, { output, source }: PlanOptions, stdout: OutputStream): void {
  if (output === 'json') {
    stdout.write(
      toJson({
        source: made.plan.source,
        to: made.plan.to,
        clusters: made.plan.clusters.map((cluster) => clusterValue(cluster, source)),
        refused: made.refused,
        idle: made.idle,
      }),
    );
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

function clusterValue(cluster: ClusterPlan, source: string): unknown {
  const { consumer, old, managers, notes } = cluster;
  return {
    consumer,
    old: old.map(({ id, version, work }) => ({ name: work.name, id, version })),
    new: cluster.new.map(({ id, work }) => {
      const owners = ownersOf(work, source);
      const objects = work.manifests.map((manifest) => labelOf(manifest));
      return { name: work.name, id, objects: objects.map((object) => ({ object, manager: owners.get(object) })) };
    }),
    managers,
    notes,
  };
}
