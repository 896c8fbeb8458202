import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMaestroClient, MaestroError, type JsonObject, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli } from '../support/run-cli.ts';

const settings: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data: { key: 'one' },
};
const theirJob: JsonObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'theirs', namespace: 'default' },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] } },
  },
};

/** How an ask ended: the exit code, of the library that of its error, and all that was said. */
interface Ended {
  readonly exitCode: number;
  readonly text: string;
}

/** What is asked: the expression that is awaited, in the words of the library. */
interface Asked {
  readonly wait: string;
  readonly failOn?: string;
}

/** A way to merge into the work of some consumers what is one's own, and wait. */
interface Way {
  readonly title: string;
  readonly consumers: readonly string[];
  readonly nameOn: (consumer: string) => string;
  readonly ask: (world: World, asked: Asked) => Promise<Ended>;
}

interface World {
  readonly maestro: StandIn;
  readonly client: MaestroClient;
}

const two = ['c1', 'c2'];
const named = (): string => 'w';
const conventional = (consumer: string): string => `hyperfleet-${consumer}-np`;

async function command({ maestro }: World, argv: readonly string[], { wait, failOn }: Asked): Promise<Ended> {
  const awaited = [`--watch=${wait}`, ...(failOn === undefined ? [] : [`--fail-on=${failOn}`])];
  const { exitCode, stdout, stderr } = await runCli([...argv, ...awaited, '--timeout=20s'], {
    endpoints: maestro,
    stdin: JSON.stringify(settings),
  });
  return { exitCode, text: stdout + stderr };
}

async function called(call: Promise<unknown>): Promise<Ended> {
  try {
    await call;
    return { exitCode: 0, text: '' };
  } catch (caught) {
    if (!(caught instanceof MaestroError)) throw caught;
    return { exitCode: caught.exitCode, text: caught.message };
  }
}

const merging = ['apply', '-f', '-', '--merge'] as const;
const ways: readonly Way[] = [
  {
    title: 'apply to one consumer',
    consumers: ['c1'],
    nameOn: named,
    ask: (world, asked) => command(world, [...merging, '--manager=mine', '-n', 'w', '-c', 'c1'], asked),
  },
  {
    title: 'apply to several',
    consumers: two,
    nameOn: named,
    ask: (world, asked) => command(world, [...merging, '--manager=mine', '-n', 'w', '-c', 'c1', '-c', 'c2'], asked),
  },
  {
    title: 'apply with names of its own on each',
    consumers: two,
    nameOn: conventional,
    ask: (world, asked) => command(world, [...merging, '--adapter=np', '-c', 'c1', '-c', 'c2'], asked),
  },
  {
    title: 'apply with content of its own on each',
    consumers: two,
    nameOn: named,
    ask: (world, asked) =>
      command(
        world,
        [...merging, '--manager=mine', '-n', 'w', '-c', 'c1', '-c', 'c2', '--template-consumer', '--canary=1'],
        asked,
      ),
  },
  {
    title: 'build --apply',
    consumers: ['c1'],
    nameOn: named,
    ask: (world, asked) =>
      command(world, ['build', '-f', '-', '--manager=mine', '-n', 'w', '-c', 'c1', '--apply'], asked),
  },
  {
    title: 'apply of the library',
    consumers: ['c1'],
    nameOn: named,
    ask: ({ client }, asked) =>
      called(
        client
          .works('c1')
          .apply({ name: 'w', manifests: [settings] }, { merge: true, manager: 'mine', timeoutMs: 20_000, ...asked }),
      ),
  },
  {
    title: 'a roll-out of the library',
    consumers: two,
    nameOn: named,
    ask: async ({ client }, asked) => {
      const works = { name: 'w', manifests: [settings] };
      const request = { works, consumers: two, merge: true, manager: 'mine', ...asked };
      const { exitCode, failures } = await client.rollOut(request, { timeoutMs: 20_000 });
      return { exitCode, text: failures.map(({ message }) => message).join('\n') };
    },
  },
];

let maestro: StandIn;
let client: MaestroClient;
const said: string[] = [];
beforeAll(async () => {
  maestro = await startStandIn({ consumers: two, agent: { delayMs: 5, deleteDelayMs: 5, statusSyncMs: 10 } });
  client = await createMaestroClient({ ...maestro.clientOptions(), onNotice: (text) => said.push(text) });
});
afterAll(async () => {
  await client.close();
  await maestro.close();
});

describe('what is awaited of a merge is held against all that will be in the work', () => {
  const world = (): World => ({ maestro, client });

  /** The works as they are when another manager's Job is all that is in them. */
  async function stored({ consumers, nameOn }: Way): Promise<void> {
    for (const consumer of consumers) {
      const works = client.works(consumer);
      await works.delete(nameOn(consumer), { wait: true, force: true });
      await works.apply({ name: nameOn(consumer), manifests: [theirJob] }, { manager: 'theirs' });
    }
  }

  it.each(ways)('$title takes what another manager holds', async (way) => {
    await stored(way);
    const asked = { wait: 'Job/theirs:Applied AND ConfigMap/settings:Applied', failOn: 'Job/theirs:Applied=False' };
    expect(await way.ask(world(), asked)).toMatchObject({ exitCode: 0 });
    for (const consumer of way.consumers)
      expect((await client.works(consumer).get(way.nameOn(consumer))).manifests).toHaveLength(2);
  });

  it.each(ways)('$title refuses what nobody does, and sends nothing', async (way) => {
    for (const asked of [{ wait: 'Job/typo:Applied' }, { wait: 'Applied', failOn: 'Job/typo:Failed' }]) {
      await stored(way);
      const before = maestro.publishes().length;
      const ended = await way.ask(world(), asked);
      expect(ended.exitCode, ended.text).toBe(2);
      expect(ended.text).toContain('matches Job/typo');
      expect(maestro.publishes()).toHaveLength(before);
    }
  });

  it('warns once of feedback that no rule reports, however many clusters there are', async () => {
    const asked = { wait: 'Job/theirs:Complete OR Applied' };
    const warning = 'w: Job/theirs:Complete: Job.batch/default/theirs is tested, but no feedback rule reports it';
    for (const way of ways.filter(({ nameOn }) => nameOn === named)) {
      await stored(way);
      said.length = 0;
      const { exitCode, text } = await way.ask(world(), asked);
      expect(exitCode, text).toBe(0);
      expect(`${text}\n${said.join('\n')}`.split(warning), way.title).toHaveLength(2);
    }
  });

  it('is told of in a dry run of the library too', async () => {
    await stored({ ...(ways[1] as Way) });
    const works = { name: 'w', manifests: [settings] };
    const request = { works, consumers: two, merge: true, manager: 'mine', dryRun: true };
    expect(await client.rollOut({ ...request, wait: 'Job/theirs:Applied' })).toMatchObject({ exitCode: 0 });
    expect(await client.rollOut({ ...request, wait: 'Job/typo:Applied' })).toMatchObject({ exitCode: 2 });
  });
});

describe('what ends a canary as failed', () => {
  it.each([
    { title: 'of one name', argv: ['-n', 'w'] },
    { title: 'with names of its own on each', argv: ['--adapter=np'] },
    { title: 'with content of its own on each', argv: ['-n', 'w', '--template-consumer'] },
  ])('is checked before anything is sent, of works $title', async ({ argv }) => {
    const before = maestro.publishes().length;
    const canary = ['-c', 'c1', '-c', 'c2', '--canary=1', '--fail-on=Job/typo:Failed'];
    const done = await runCli(['apply', '-f', '-', ...argv, ...canary], {
      endpoints: maestro,
      stdin: JSON.stringify(settings),
    });
    expect(done.exitCode, done.stderr).toBe(2);
    expect(done.stderr).toContain('matches Job/typo');
    expect(maestro.publishes()).toHaveLength(before);
  });
});
