import type { JsonObject } from '../../../src/core/json.ts';
import { stagesOf, type WaveSize } from '../../../src/core/fleet/waves.ts';
import { classicPullModel, pullModelAnnotation } from '../../../src/gitops/constants.ts';
import type { Backup, BackupRecord } from '../../../src/gitops/handover/backup.ts';
import type { HandoverPlan } from '../../../src/gitops/handover/plan.ts';
import {
  runHandover,
  type ApplicationResult,
  type ClusterResult,
  type HandoverEnd,
  type HandoverEvent,
} from '../../../src/gitops/handover/run-handover.ts';
import { fold } from '../../../src/operations/fleet/events-of.ts';
import type { Fakes } from '../../operations/support/fakes.ts';
import { ListedHub } from '../survey/support/listed-hub.ts';
import { Model } from './model.ts';

/** What a run came to. */
export interface Ran {
  readonly end: HandoverEnd;
  readonly results: readonly ApplicationResult[];
  readonly clusters: readonly ClusterResult[];
  readonly kinds: readonly HandoverEvent['kind'][];
}

/**
 * A plan of two clusters with one Application each, which is rolled back: c1 has its classic work still, so nothing is
 * left to do there; of c2 there is no more than what the backup has. Both are switched off, and the hub takes no
 * writes.
 */
export class HandoverWorld {
  readonly hub = new ListedHub();
  readonly plan: HandoverPlan;
  /** The classic work of c1, as it is made. */
  readonly work: JsonObject;
  readonly #fake: Fakes;
  /** Called before the backup is looked into for a cluster. */
  beforeBackup: (cluster: string) => Promise<void> = async () => undefined;

  constructor(fake: Fakes) {
    const model = new Model();
    const [first] = model.plan.clusters;
    const application = first?.applications[0];
    if (first === undefined || application === undefined || model.work === undefined)
      throw new Error('the model has an application and its work');
    const other = { ...application, key: `${application.key}-2`, bundleId: `${application.bundleId}-2` };
    this.#fake = fake;
    this.work = model.work;
    this.plan = {
      ...model.plan,
      hubServer: this.hub.server,
      clusters: [first, { name: 'c2', applications: [other] }],
    };
    this.hub.put(this.work);
    for (const name of ['c1', 'c2'])
      this.hub.put({ metadata: { name, annotations: { [pullModelAnnotation]: classicPullModel } } });
  }

  async run(
    options: { readonly canary?: number; readonly wave?: WaveSize; readonly maxFailures?: number } = {},
    onEvent: (event: HandoverEvent) => void = () => undefined,
  ): Promise<Ran> {
    const { canary = 0, wave, maxFailures } = options;
    const { reader, writer, clock, budget } = this.#fake;
    const events: HandoverEvent[] = [];
    const told = runHandover(
      {
        plan: this.plan,
        goal: 'rollback',
        stages: stagesOf(this.plan.clusters, canary, wave),
        maxConcurrency: 4,
        ...(maxFailures === undefined ? {} : { maxFailures }),
      },
      { kube: this.hub, maestro: { reader, writer }, backup: this.#backup(), onNotice: () => undefined },
      budget,
    );
    const end = await clock.finish(
      fold(told, (event) => {
        events.push(event);
        onEvent(event);
      }),
    );
    return {
      end,
      results: events.flatMap((event) => (event.kind === 'application' ? [event.result] : [])),
      clusters: events.flatMap((event) => (event.kind === 'cluster' ? [event.result] : [])),
      kinds: events.map(({ kind }) => kind),
    };
  }

  #backup(): Backup {
    return {
      keep: async () => undefined,
      find: async ({ cluster, application, kind }): Promise<BackupRecord | undefined> => {
        await this.beforeBackup(cluster);
        if (cluster !== 'c2' || kind !== 'ManifestWork') return undefined;
        return { runId: this.plan.runId, cluster, application, kind, name: 'w', spokeUid: 'u', object: this.work };
      },
    };
  }
}
