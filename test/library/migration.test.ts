import { describe, expect, it, onTestFinished } from 'vitest';
import {
  createMaestroClient,
  MaestroError,
  planDocument,
  readPlan,
  renames,
  type ApplyManyTask,
  type MaestroClient,
  type ManifestWorkInput,
  type MigrationEvent,
  type MigrationPlan,
} from '../../src/index.ts';
import { createStandIn, type InProcessOptions, type InProcessStandIn } from '../../src/standin/index.ts';

const source = 'hyperfleet';
const quick = { delayMs: 1, availableDelayMs: 1, statusSyncMs: 10 };

function adapterWork(consumer: string, adapter: string, value = '1'): ManifestWorkInput {
  const metadata = { name: adapter, namespace: 'default' };
  return {
    name: `hyperfleet-${consumer}-${adapter}`,
    manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { value } }],
  };
}

interface World {
  readonly standIn: InProcessStandIn;
  readonly client: MaestroClient;
  objects(consumer: string): readonly string[];
  names(consumer: string): Promise<readonly string[]>;
}

/** Two clusters with the works of two adapters on each. */
async function world(options: InProcessOptions = {}): Promise<World> {
  const standIn = await createStandIn({ consumers: ['c1', 'c2'], agent: quick, ...options });
  const client = await createMaestroClient({ ...standIn.clientOptions(), source });
  onTestFinished(async () => {
    await client.close();
    await standIn.close();
  });
  for (const consumer of ['c1', 'c2'])
    for (const adapter of ['np', 'idp'])
      await client
        .works(consumer)
        .apply(adapterWork(consumer, adapter), { manager: adapter, wait: 'Applied', timeoutMs: 10_000 });
  return {
    standIn,
    client,
    objects: (consumer) => standIn.objects(consumer).map(({ uid, owners }) => `${uid} ${owners.length}`),
    names: async (consumer) => {
      const names: unknown[] = [];
      for await (const bundle of client.works(consumer).list()) names.push(bundle.metadata['name']);
      return (names as string[]).sort();
    },
  };
}

async function planned({ client }: World): Promise<MigrationPlan> {
  const { plan, refused, idle } = await client.planMigration({ to: 'C', consumers: ['c1', 'c2'] });
  expect({ refused, idle }).toEqual({ refused: [], idle: [] });
  return plan;
}

async function errorOf(call: Promise<unknown>): Promise<MaestroError> {
  const error: unknown = await call.then(
    () => undefined,
    (caught: unknown) => caught,
  );
  expect(error).toBeInstanceOf(MaestroError);
  const found = error as MaestroError;
  expect(`${found.message} ${found.hint}`, 'programs have no flags').not.toMatch(/(^|[\s(])--[a-z]|maestro-cli [a-z]/);
  return found;
}

describe('a migration by a program', () => {
  it('plans, runs, finishes and rolls back, and tells each step in its order', async () => {
    const here = await world();
    const { client } = here;
    const start = here.objects('c1');
    const sent = here.standIn.publishes().length;
    const text = JSON.stringify(planDocument(await planned(here)));
    expect(here.standIn.publishes()).toHaveLength(sent);
    const plan = readPlan(text, 'plan.json');
    expect(renames(plan.clusters[0]!, plan.source)).toContainEqual({
      consumer: 'c1',
      old: 'hyperfleet-c1-np',
      manager: 'np',
      new: 'hyperfleet-c1',
      objects: ['ConfigMap/default/np'],
    });
    const events: MigrationEvent[] = [];
    const onEvent = (event: MigrationEvent): number => events.push(event);
    const run = await client.runMigration(plan, { goal: 'run', canary: 1, onEvent });
    expect(run).toMatchObject({ ok: true, exitCode: 0, works: 2, consumers: 2, failures: [], notBegun: [] });
    expect(run.stages.map(({ name, consumers, failed }) => [name, consumers, failed])).toEqual([
      ['canary', ['c1'], 0],
      ['wave', ['c2'], 0],
    ]);
    expect(here.objects('c1').map((text) => text.split(' ')[1])).toEqual(['2', '2']);
    expect(events.filter(({ kind }) => kind !== 'waiting').map(({ kind, stage }) => `${stage.name} ${kind}`)).toEqual(
      ['canary', 'wave'].flatMap((stage) =>
        ['stageBegun', 'step', 'clusterEnded', 'outcome', 'stageEnded'].map((kind) => `${stage} ${kind}`),
      ),
    );
    const times = events.map(({ wallMs }) => wallMs);
    expect(times).toEqual([...times].sort((a, b) => a - b));

    events.length = 0;
    expect(await client.runMigration(plan, { goal: 'finish', onEvent })).toMatchObject({ ok: true, works: 2 });
    const steps = events.flatMap((event) =>
      event.kind === 'step' && event.consumer === 'c1' ? [`${event.name} ${event.why ?? event.action}`] : [],
    );
    expect(steps).toEqual([
      'hyperfleet-c1-idp let-go',
      'hyperfleet-c1-np let-go',
      'hyperfleet-c1-idp delete',
      'hyperfleet-c1-np delete',
      'hyperfleet-c1 settle',
    ]);
    expect(await here.names('c1')).toEqual(['hyperfleet-c1']);
    expect(here.objects('c1')).toEqual(start);
    expect(await client.migrationStatus(plan)).toMatchObject([
      { consumer: 'c1', position: 'finished', old: [{ form: 'absent' }, { form: 'absent' }], new: [{ form: 'plain' }] },
      { consumer: 'c2', position: 'finished' },
    ]);

    expect(await client.runMigration(plan, { goal: 'rollback' })).toMatchObject({ ok: true, works: 4 });
    expect(await here.names('c1')).toEqual(['hyperfleet-c1-idp', 'hyperfleet-c1-np']);
    expect(here.objects('c1')).toEqual(start);
  });

  it('is aborted in the middle with what is known, and the same call goes on', async () => {
    const here = await world();
    const plan = await planned(here);
    here.standIn.setAgent('c2', { online: false });
    const stop = new AbortController();
    const onEvent = (event: MigrationEvent): void => {
      if (event.kind === 'clusterEnded' && event.consumer === 'c1') stop.abort(new Error('enough'));
    };
    const cut = await here.client.runMigration(plan, { goal: 'run', signal: stop.signal, onEvent });
    expect(cut).toMatchObject({ ok: false, error: { code: 'interrupted' }, works: 2 });
    expect(cut.error?.cause).toEqual(new Error('enough'));
    expect(cut.failures).toMatchObject([
      { reason: 'Interrupted', phase: 'InProgress', works: [{ consumer: 'c2', name: 'hyperfleet-c2' }] },
    ]);
    here.standIn.setAgent('c2', { online: true });
    const sent = here.standIn.publishes().length;
    expect(await here.client.runMigration(plan, { goal: 'run' })).toMatchObject({ ok: true });
    expect(here.standIn.publishes(), 'what is done is not done twice').toHaveLength(sent);
    const ended = await errorOf(
      here.client.runMigration(plan, {
        goal: 'finish',
        onEvent: () => {
          throw new Error('full');
        },
      }),
    );
    expect(ended.code).toBe('interrupted');
    expect(ended.message).toContain('onEvent threw: full');
    expect(await here.client.runMigration(plan, { goal: 'finish' })).toMatchObject({ ok: true });
  });

  it('groups what failed by what is told of it, and ends with its canary', async () => {
    const here = await world();
    const plan = await planned(here);
    for (const consumer of ['c1', 'c2']) here.standIn.setAgent(consumer, { failManifests: ['ConfigMap/default/np'] });
    const all = await here.client.runMigration(plan, { goal: 'run', failureGraceMs: 50 });
    expect(all).toMatchObject({ ok: false, exitCode: 7 });
    expect(all.failures).toHaveLength(1);
    expect(all.failures[0]).toMatchObject({
      reason: 'ApplyFailed',
      works: [
        { consumer: 'c1', name: 'hyperfleet-c1' },
        { consumer: 'c2', name: 'hyperfleet-c2' },
      ],
    });
    const canary = await here.client.runMigration(plan, { goal: 'finish', canary: 1, failureGraceMs: 50 });
    expect(canary).toMatchObject({
      ok: false,
      stoppedBy: 'the canary failed',
      notBegun: [{ consumer: 'c2', name: 'hyperfleet-c2' }],
    });
    expect(await here.names('c2')).toEqual(['hyperfleet-c2', 'hyperfleet-c2-idp', 'hyperfleet-c2-np']);
  });

  it('tells what it refuses, and sends nothing', async () => {
    const here = await world();
    const { client } = here;
    const plan = await planned(here);
    const sent = here.standIn.publishes().length;
    const early = await client.runMigration(plan, { goal: 'finish' });
    expect(early).toMatchObject({ ok: false, exitCode: 5, failures: [{ reason: 'Conflict' }] });
    const wrong = [
      client.runMigration({ ...plan, source: 'other' }, { goal: 'run' }),
      client.runMigration(plan, { goal: 'back' as 'run' }),
      client.runMigration(plan, { goal: 'run', canary: 0.5 }),
      client.runMigration({} as MigrationPlan, { goal: 'run' }),
      client.planMigration({ to: 'D' as 'C', consumers: 'all' }),
      client.planMigration({ to: 'C', consumers: [] }),
      client.planMigration({ to: 'C', consumers: ['c9'] }),
      client.planMigration({ to: 'C', consumers: 'all', name: '{manager}' }),
      client.planMigration({ to: 'C', consumers: 'all', works: ['typo'] }),
    ];
    for (const call of wrong) expect(['usage', 'invalid-input', 'not-found']).toContain((await errorOf(call)).code);
    expect(() => readPlan('{}', 'plan.json')).toThrow(MaestroError);
    expect(here.standIn.publishes()).toHaveLength(sent);
  });

  it('refuses a cluster with its reasons, without flags, and plans the others', async () => {
    const here = await world();
    await here.client.works('c2').apply(
      {
        name: 'hyperfleet-c2-x',
        manifests: adapterWork('c2', 'np', '2').manifests,
      },
      { wait: 'Applied', timeoutMs: 10_000 },
    );
    const made = await here.client.planMigration({ to: 'C', consumers: 'all' });
    expect(made.plan.clusters.map(({ consumer }) => consumer)).toEqual(['c1']);
    expect(made.refused).toMatchObject([
      { consumer: 'c2', refusals: [{ works: ['hyperfleet-c2-np', 'hyperfleet-c2-x'] }] },
    ]);
    expect(JSON.stringify(made.refused)).not.toMatch(/--[a-z]/);
    const inventory = [];
    for await (const cluster of here.client.migrationInventory(['c2'])) inventory.push(cluster);
    expect(inventory).toMatchObject([{ consumer: 'c2', shared: [{ object: 'ConfigMap/default/np', differs: true }] }]);
  });

  it('refuses with Migrated what would bring an old work back, one by one and in a fleet', async () => {
    const here = await world();
    const { client } = here;
    const plan = await planned(here);
    await client.runMigration(plan, { goal: 'run' });
    for (const goal of ['run', 'finish'] as const) {
      await client.runMigration(plan, { goal });
      const sent = here.standIn.publishes().length;
      const work = adapterWork('c1', 'np', '7');
      const one = await errorOf(client.works('c1').apply(work, { manager: 'np' }));
      expect(one).toMatchObject({ code: 'ownership', reason: 'Migrated', exitCode: 10 });
      expect(one.message).toContain('hyperfleet-c1 has taken its place');
      const reasons: unknown[] = [];
      const tasks: ApplyManyTask[] = [{ op: 'apply', consumer: 'c1', work, manager: 'np' }];
      const many = await client.applyMany(tasks, { onOutcome: ({ outcome }) => reasons.push(outcome.reason) });
      expect(many).toMatchObject({ failed: 1 });
      expect(reasons).toEqual(['Migrated']);
      const fleet = await client.rollOut({ works: work, consumers: ['c1'], manager: 'np' });
      expect(fleet.failures).toMatchObject([{ reason: 'Migrated' }]);
      expect(here.standIn.publishes()).toHaveLength(sent);
    }
  });
});
