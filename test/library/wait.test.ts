import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createMaestroClient, MaestroError, type JsonObject, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { runCli } from '../support/run-cli.ts';

const settings: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'default' },
  data: { key: 'one' },
};
const job: JsonObject = {
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: { name: 'init', namespace: 'default' },
  spec: {
    template: { spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'busybox:1' }] } },
  },
};

let maestro: StandIn;
let client: MaestroClient;
const said: string[] = [];
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5, statusSyncMs: 10 } });
  client = await createMaestroClient({ ...maestro.clientOptions(), onNotice: (text) => said.push(text) });
});
afterAll(async () => {
  await client.close();
  await maestro.close();
});

interface Ended {
  readonly exitCode: number;
  readonly text: string;
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

describe('wait of the library is that of the command', () => {
  const other = async (name: string, source: string): Promise<void> => {
    await using theirs = await createMaestroClient({ ...maestro.clientOptions(), source });
    await theirs.works('c1').apply({ name, manifests: [settings] });
  };
  /** By the library, and by the command. */
  const both = async (name: string, expression: string): Promise<readonly Ended[]> => [
    await called(client.works('c1').wait(name, expression, { timeoutMs: 20_000 })),
    await runCli(['wait', name, '-c', 'c1', `--for=${expression}`, `--source-id=${client.source}`, '--timeout=20s'], {
      endpoints: maestro,
    }).then(({ exitCode, stderr }) => ({ exitCode, text: stderr })),
  ];

  it('takes the only work of a name, whatever its source', async () => {
    await other('of-another', 'someone');
    for (const ended of await both('of-another', 'Applied')) expect(ended).toMatchObject({ exitCode: 0 });
    expect(await client.works('c1').wait('of-another', 'Applied', { mustExist: true, via: 'stream' })).toMatchObject({
      consumerName: 'c1',
    });
  });

  it('takes one that another source makes meanwhile, and tells of it', async () => {
    said.length = 0;
    const waiting = client.works('c1').wait('of-another-later', 'Applied', { timeoutMs: 20_000 });
    await expect.poll(() => said).toContain('there is no work named of-another-later on c1 yet');
    await other('of-another-later', 'someone');
    expect(await waiting).toMatchObject({ consumerName: 'c1' });
    const id = bundleId('someone', 'c1', 'of-another-later');
    expect(said).toContain(`of-another-later on c1 is a work of another source (id ${id}); waiting for it`);
  });

  it.each([
    { title: 'a condition that nothing reports', name: 'refused', expression: 'Aplied', text: 'Aplied' },
    { title: 'one of a work that does not exist yet', name: 'not-there', expression: 'Aplied', text: 'Aplied' },
    { title: 'a selector without a match', name: 'refused', expression: 'Job/typo:Complete', text: 'Job/typo' },
  ])('refuses $title at once', async ({ name, expression, text }) => {
    if (name === 'refused') await client.works('c1').apply({ name, manifests: [settings] });
    for (const ended of await both(name, expression)) {
      expect(ended.exitCode, ended.text).toBe(2);
      expect(ended.text).toContain(text);
    }
    const failing = client.works('c1').wait(name, 'Applied', { failOn: expression });
    await expect(failing).rejects.toMatchObject({ code: 'usage' });
  });

  it('warns of a consumer that does not exist, and of feedback that no rule reports', async () => {
    await client.works('c1').apply({ name: 'warned', manifests: [job] });
    said.length = 0;
    await client.works('c1').wait('warned', 'Job/init:Complete OR Applied');
    await client.works('c9').wait('warned', 'Deleted');
    expect(said).toContainEqual(expect.stringContaining('no feedback rule reports it'));
    expect(said).toContain('there is no consumer named c9; is it misspelt?');
  });
});
