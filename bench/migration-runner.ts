/**
 * Moves the works of many clusters into one for each, in a process of its own,
 * and prints what run and finish cost: by MaestroClient.runMigration, or by a
 * bare loop of the same Publish calls that reads nothing, waits for no agent
 * and gives up on the first failure.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { WorkRequest } from '../src/clients/transport.ts';
import type { ClusterPlan } from '../src/core/migration/cluster-plan.ts';
import { orphanForm, proofForm } from '../src/core/migration/forms.ts';
import { createMaestroClient } from '../src/index.ts';
import { keepHeapSmall } from '../src/parts.ts';
import { openBarePublish } from './bare-publish.ts';
import { manyWorks } from './many-works.ts';
import { costOf, type Cost, type Endpoints } from './own-process.ts';

export interface MigrationRunning {
  readonly how: 'own' | 'bare';
  readonly endpoints: Endpoints;
  readonly clusters: number;
  readonly worksEach: number;
  /** Whose works they are: each run moves its own. */
  readonly source: string;
}

/** What was sent, and what that took. */
export interface MigrationCost {
  readonly publishes: number;
  readonly run: Cost;
  readonly finish: Cost;
}

const { how, endpoints, clusters, worksEach, source } = JSON.parse(process.argv[2] ?? '') as MigrationRunning;
const concurrency = 16;
// As the command does.
keepHeapSmall();
const client = await createMaestroClient({ ...endpoints, grpcEndpoint: `grpc://${endpoints.grpcEndpoint}`, source });
const count = clusters * worksEach;
const { created } = await client.applyMany(manyWorks({ count, consumers: clusters, prefix: source }));
if (created !== count) throw new Error(`${created} of ${count} works were created`);
const plan = await planned();
console.log(JSON.stringify(await (how === 'own' ? own() : bare())));
await client.close();
process.exit(0);

/** The plan, once the agents have applied all. */
async function planned(): Promise<Awaited<ReturnType<typeof client.planMigration>>['plan']> {
  for (let tries = 0; tries < 100; tries += 1) {
    const made = await client.planMigration({ to: 'C', consumers: 'all', name: `${source}-{cluster}` });
    if (made.refused.length === 0 && made.plan.clusters.length === clusters) return made.plan;
    await sleep(200);
  }
  throw new Error('the works were not applied');
}

async function own(): Promise<MigrationCost> {
  let publishes = 0;
  const reach = (goal: 'run' | 'finish'): Promise<Cost> =>
    costOf(async () => {
      const { ok, failures } = await client.runMigration(plan, {
        goal,
        maxConcurrency: concurrency,
        onEvent: ({ kind }) => {
          if (kind === 'step') publishes += 1;
        },
      });
      if (!ok) throw new Error(`${goal} failed: ${JSON.stringify(failures)}`);
    });
  const run = await reach('run');
  const finish = await reach('finish');
  return { publishes, run, finish };
}

async function bare(): Promise<MigrationCost> {
  const { publish } = openBarePublish(endpoints);
  const publishAll = async (requests: readonly WorkRequest[]): Promise<void> => {
    const queue = requests.values();
    const worker = async (): Promise<void> => {
      for (const request of { [Symbol.iterator]: () => queue }) await publish(request);
    };
    await Promise.all(Array.from({ length: concurrency }, worker));
  };
  const phases = phasesOf(plan.clusters);
  const run = await costOf(() => publishAll(phases[0] ?? []));
  const finish = await costOf(async () => {
    for (const phase of phases.slice(1)) await publishAll(phase);
  });
  return { publishes: phases.flat().length, run, finish };
}

/** What run sends, and then the three parts of what finish sends. */
function phasesOf(plans: readonly ClusterPlan[]): readonly (readonly WorkRequest[])[] {
  const each = (requests: (plan: ClusterPlan) => readonly WorkRequest[]): readonly WorkRequest[] =>
    plans.flatMap(requests);
  const target = (id: string, consumer: string): WorkRequest['target'] => ({ id, consumer, source });
  return [
    each(({ consumer, new: made }) =>
      made.map((one) => ({ kind: 'create', target: target(one.id, consumer), work: proofForm(one) })),
    ),
    each(({ consumer, old }) =>
      old.map((one) => ({ kind: 'update', target: target(one.id, consumer), work: orphanForm(one), version: 1 })),
    ),
    each(({ consumer, old }) =>
      old.map(({ id, work }) => ({ kind: 'delete', target: target(id, consumer), workName: work.name, version: 2 })),
    ),
    each(({ consumer, new: made }) =>
      made.map(({ id, work }) => ({ kind: 'update', target: target(id, consumer), work, version: 1 })),
    ),
  ];
}
