import { stagesOf, type WaveSize } from '../../../src/core/fleet/waves.ts';
import type { ClusterPlan } from '../../../src/core/migration/cluster-plan.ts';
import type { WorkOutcome } from '../../../src/core/outcome/outcome.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { fold } from '../../../src/operations/fleet/events-of.ts';
import {
  runMigration,
  type MigrationEnd,
  type MigrationRunEvent,
} from '../../../src/operations/migrate/run-migration.ts';
import { configMap, planned, request, source, stored, work } from '../../core/migration/stored.ts';
import { bundle, type Fakes } from './fakes.ts';

/** What a run came to. */
export interface Migrated {
  readonly end: MigrationEnd;
  readonly outcomes: readonly WorkOutcome[];
  readonly events: readonly MigrationRunEvent[];
}

export interface MigrateOptions {
  readonly canary?: number;
  readonly wave?: WaveSize;
  readonly maxFailures?: number;
  readonly maxConcurrency?: number;
}

/** A plan for clusters that have one old work each, which Maestro holds; no agent reports anything. */
export async function migrate(
  fake: Fakes,
  clusters: readonly string[],
  options: MigrateOptions = {},
): Promise<Migrated> {
  const plans = clusters.map((cluster) => planFor(cluster));
  const manifests = [configMap('a')];
  for (const { consumer, old } of plans)
    for (const { id, work: content } of old) {
      const metadata = { name: content.name };
      fake.reader.stored.set(id, bundle({ id, consumerName: consumer, metadata, manifests, manifestConfigs: [] }));
    }
  const { canary = 0, wave, maxFailures, maxConcurrency = 4 } = options;
  const events: MigrationRunEvent[] = [];
  const told = runMigration(
    {
      stages: stagesOf(plans, canary, wave),
      source,
      goal: 'run',
      ownerProof: true,
      maxConcurrency,
      ...(maxFailures === undefined ? {} : { maxFailures }),
    },
    fake.deps,
    fake.budget,
  );
  const end = await fake.clock.finish(fold(told, (event) => void events.push(event)));
  return { end, events, outcomes: events.flatMap((event) => (event.kind === 'outcome' ? [event.outcome] : [])) };
}

function planFor(cluster: string): ClusterPlan {
  const content = work(`hyperfleet-${cluster}-np`, [configMap('a')]);
  const old = { ...stored(content, 'np'), id: bundleId(source, cluster, content.name) };
  return planned([old], request('C', { consumer: cluster }));
}
