import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { ApplicationWitness, eventually, fleetNamespace, kinds, startRig, type Rig } from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { endedAfter, HandoverBench, classicWorks, tally } from './handover-support.ts';
import { at, skipped, startController, type RunningController } from './support.ts';

/** `MAESTRO_CLI_RIG_FLEET=60 MAESTRO_CLI_RIG_FLEET_APPS=50` for three thousand works, which takes minutes. */
const fleet = {
  clusters: Number(process.env['MAESTRO_CLI_RIG_FLEET'] ?? 10),
  applications: Number(process.env['MAESTRO_CLI_RIG_FLEET_APPS'] ?? 4),
};
const total = fleet.clusters * fleet.applications;
const wave = { kind: 'percent', percent: 10 } as const;
const timeoutMs = 1_200_000;

describe.skipIf(skipped)('J7: a fleet goes from the classic model to Maestro', { timeout: 1_800_000 }, () => {
  let rig: Rig;
  let bench: HandoverBench;
  let witness: ApplicationWitness;
  let controller: RunningController | undefined;

  keepRig(
    async () => {
      rig = await startRig({ clusters: [], fleet, applicationSets: false });
      bench = await HandoverBench.open(rig);
      witness = await ApplicationWitness.start(rig.fleet);
    },
    async () => {
      await controller?.stop();
      await witness?.stop();
      await bench?.close();
      await rig?.stop();
    },
  );

  const hubStatuses = async (): Promise<ReadonlyMap<string, unknown>> => {
    const { items } = await rig.hub.admin.list(kinds.applications);
    return new Map(
      items.map((app) => [
        app.metadata.name,
        [
          at(app, 'status', 'health', 'status'),
          at(app, 'status', 'sync', 'status'),
          at(app, 'status', 'sync', 'revision'),
        ],
      ]),
    );
  };
  const uids = (): ReadonlyMap<string, string> =>
    new Map(
      rig.fleet.flatMap(({ name, memory }) =>
        memory
          .list(kinds.applications, fleetNamespace)
          .map(({ metadata }): [string, string] => [`${name}/${metadata.name}`, metadata.uid]),
      ),
    );

  test('in waves of a tenth, ended twice, it leaves no classic work, every uid and equal statuses on the hub', async () => {
    const startMs = performance.now();
    const took = (what: string): void => {
      const cpu = process.cpuUsage();
      const seconds = Math.round((performance.now() - startMs) / 1_000);
      console.log(
        `J7, ${total} works: ${what} after ${seconds} s, CPU of the whole test ${Math.round(cpu.user / 1e6)} s`,
      );
    };
    const before = { uids: uids(), statuses: await hubStatuses() };
    expect(before.uids.size).toBe(total);
    expect(await classicWorks(rig)).toHaveLength(total);
    const { plan, leftOut, parked } = await bench.plan('to-maestro');
    expect([leftOut, parked]).toEqual([[], []]);
    expect(plan.clusters).toHaveLength(fleet.clusters);
    took('planned');

    const run = await bench.run(plan, 'run', { wave, timeoutMs });
    expect(tally(run.results)).toEqual({ 'done BothOwn': total });
    took('run');
    for (const steps of [Math.ceil(total / 2), total]) {
      const { results } = await endedAfter(bench, plan, 'finish', { steps, wave, timeoutMs });
      expect(tally(results)['done HandedOver'] ?? 0).toBeLessThan(total);
    }
    took('ended twice');
    const finish = await bench.run(plan, 'finish', { wave, timeoutMs });
    expect(tally(finish.results)).toEqual({ 'done HandedOver': total });
    took('finished');

    expect(await classicWorks(rig)).toEqual([]);
    expect(uids()).toEqual(before.uids);
    expect(witness.complaints()).toEqual([]);
    const stamped = (await rig.hub.admin.list(kinds.managedClusters)).items.filter(
      ({ metadata }) => metadata.annotations?.['maestro-cli.hyperfleet.io/pull-model'] !== undefined,
    );
    expect(stamped).toEqual([]);

    const published = rig.publishes().length;
    controller = startController(rig, { statusMode: 'full' });
    await eventually(async () => {
      const full = (await rig.hub.admin.list(kinds.applications)).items.filter(
        (app) => (at(app, 'status', 'resources') as readonly JsonObject[] | undefined) !== undefined,
      );
      expect(full).toHaveLength(total);
    }, 120_000);
    expect(await hubStatuses()).toEqual(before.statuses);
    expect(rig.publishes().length).toBe(published);
    took('taken over by the controller');
  });
});
