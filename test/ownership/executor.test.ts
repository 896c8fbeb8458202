import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type { Maestro } from '../../src/context.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { executorAnnotation } from '../../src/core/works/own-annotations.ts';
import { systemClock } from '../../src/clock.ts';
import { createMaestroClient, workFromBundle, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { configMap, openMaestro } from './writers.ts';

let standIn: StandIn;
let raw: Maestro;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1'], agent: { online: false } });
  raw = await openMaestro(standIn);
});
afterAll(async () => {
  await raw.close();
  await standIn.close();
});

const executorOf = (name: string): JsonObject => ({
  subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'np', name } },
});
const callOptions = (): { signal: AbortSignal; deadlineMs: number } => ({
  signal: new AbortController().signal,
  deadlineMs: systemClock.monotonicMs() + 10_000,
});

interface Sent {
  readonly run: CliRun;
  readonly sent: readonly string[];
}

async function apply(
  name: string,
  executor: JsonObject | undefined,
  argv: readonly string[] = [],
  value = 'one',
): Promise<Sent> {
  const spec = {
    workload: { manifests: [configMap('settings', value)] },
    ...(executor === undefined ? {} : { executor }),
  };
  const document = { apiVersion: 'work.open-cluster-management.io/v1', kind: 'ManifestWork', metadata: { name }, spec };
  const before = standIn.publishes().length;
  const run = await runCli(['apply', '-f', '-', '-c', 'c1', ...argv], {
    endpoints: standIn,
    stdin: JSON.stringify(document),
  });
  return {
    run,
    sent: standIn
      .publishes()
      .slice(before)
      .map(({ type, version }) => `${type.split('.').at(-1)} ${version}`),
  };
}

/** Whether the work is stored with an executor that holds this; any executor without it. */
async function holds(name: string, executor?: JsonObject): Promise<boolean> {
  const where = { ids: [bundleId('maestro-cli', 'c1', name)], executor: executor ?? {} };
  for await (const page of raw.reader.listBundles({ where }, callOptions())) if (page.length > 0) return true;
  return false;
}

/** A work as another tool writes it under our source: an executor, or none, and no record of it. */
async function storeRaw(name: string, executor?: JsonObject, version = 0): Promise<void> {
  const work = {
    name,
    labels: {},
    annotations: {},
    manifests: [configMap('settings')],
    manifestConfigs: [],
    ...(executor === undefined ? {} : { executor }),
  };
  const target = { id: bundleId('maestro-cli', 'c1', name), consumer: 'c1', source: 'maestro-cli' };
  await raw.writer.publish(
    version === 0 ? { kind: 'create', target, work } : { kind: 'update', target, work, version },
    callOptions(),
  );
}

/** A work of ours in which another tool has put another executor, and left our record as it was. */
async function replaceRaw(name: string): Promise<void> {
  await apply(name, executorOf('a'));
  const work = {
    name,
    labels: {},
    annotations: { [executorAnnotation]: JSON.stringify(executorOf('a')) },
    manifests: [configMap('settings')],
    manifestConfigs: [],
    executor: executorOf('foreign'),
  };
  await raw.writer.publish(
    {
      kind: 'update',
      target: { id: bundleId('maestro-cli', 'c1', name), consumer: 'c1', source: 'maestro-cli' },
      work,
      version: 1,
    },
    callOptions(),
  );
}

const record = async (name: string): Promise<string | undefined> => {
  const { stdout } = await runCli(['get', `--name=${name}`, '-c', 'c1', '-o', 'yaml'], { endpoints: standIn });
  return (parse(stdout) as { metadata: { annotations?: Record<string, string> } }).metadata.annotations?.[
    executorAnnotation
  ];
};

describe('an apply with an executor', () => {
  it('stores and records it, and is unchanged when repeated', async () => {
    expect(await apply('repeated', executorOf('a'))).toMatchObject({
      run: { exitCode: 0 },
      sent: ['create_request 0'],
    });
    expect(await holds('repeated', executorOf('a'))).toBe(true);
    expect(JSON.parse((await record('repeated')) ?? '')).toEqual(executorOf('a'));
    const again = await apply('repeated', executorOf('a'));
    expect(again).toMatchObject({ run: { exitCode: 0 }, sent: [] });
    expect(again.run.stdout).toContain('unchanged (version 1)');
  });

  it('updates when it differs from the one that is stored, and nothing else does', async () => {
    await apply('changed', executorOf('a'));
    expect(await apply('changed', executorOf('b'))).toMatchObject({ run: { exitCode: 0 }, sent: ['update_request 1'] });
    expect(await holds('changed', executorOf('b'))).toBe(true);
    expect(JSON.parse((await record('changed')) ?? '')).toEqual(executorOf('b'));
  });

  it('adds one to a work that has none', async () => {
    await apply('added', undefined);
    expect(await apply('added', executorOf('a'))).toMatchObject({ run: { exitCode: 0 }, sent: ['update_request 1'] });
    expect(await holds('added', executorOf('a'))).toBe(true);
  });

  it('writes it again when somebody stripped it and left our record', async () => {
    await apply('stripped', executorOf('a'));
    const work = {
      name: 'stripped',
      labels: {},
      annotations: { [executorAnnotation]: JSON.stringify(executorOf('a')) },
      manifests: [configMap('settings')],
      manifestConfigs: [],
    };
    await raw.writer.publish(
      {
        kind: 'update',
        target: { id: bundleId('maestro-cli', 'c1', 'stripped'), consumer: 'c1', source: 'maestro-cli' },
        work,
        version: 1,
      },
      callOptions(),
    );
    expect(await holds('stripped')).toBe(false);
    expect(await apply('stripped', executorOf('a'))).toMatchObject({
      run: { exitCode: 0 },
      sent: ['update_request 2'],
    });
    expect(await holds('stripped', executorOf('a'))).toBe(true);
  });

  it('takes the place of one that nobody recorded: it is named, so nothing is stripped unseen', async () => {
    await storeRaw('named', executorOf('foreign'));
    expect(await apply('named', executorOf('a'))).toMatchObject({ run: { exitCode: 0 }, sent: ['update_request 1'] });
    expect(await holds('named', executorOf('a'))).toBe(true);
  });
});

describe('an apply without one', () => {
  it('takes away the one that we recorded', async () => {
    await apply('removed', executorOf('a'));
    expect(await apply('removed', undefined)).toMatchObject({ run: { exitCode: 0 }, sent: ['update_request 1'] });
    expect(await holds('removed')).toBe(false);
    expect(await record('removed')).toBeUndefined();
    expect(await apply('removed', undefined)).toMatchObject({ run: { exitCode: 0 }, sent: [] });
  });

  it.each([
    { what: 'nobody recorded', name: 'foreign', prepare: () => storeRaw('foreign', executorOf('foreign')) },
    {
      what: 'somebody put in the place of ours',
      name: 'replaced',
      prepare: () => replaceRaw('replaced'),
    },
  ])('is refused where $what, and nothing is sent', async ({ name, prepare }) => {
    await prepare();
    const refused = await apply(name, undefined, [], 'two');
    expect(refused).toMatchObject({ run: { exitCode: 10, stdout: '' }, sent: [] });
    expect(refused.run.stderr).toContain('an executor that Maestro does not show');
    expect(refused.run.stderr).not.toContain('foreign"');
    expect(await holds(name, executorOf('foreign'))).toBe(true);
    expect(await apply(name, undefined, ['--merge'], 'two')).toMatchObject({ run: { exitCode: 10 }, sent: [] });
  });

  it('keeps it in a merge', async () => {
    await apply('merged', executorOf('a'));
    expect(await apply('merged', undefined, ['--merge'], 'two')).toMatchObject({
      run: { exitCode: 0 },
      sent: ['update_request 1'],
    });
    expect(await holds('merged', executorOf('a'))).toBe(true);
    expect(JSON.parse((await record('merged')) ?? '')).toEqual(executorOf('a'));
  });
});

describe('a work that a program has read, changed and applied again', () => {
  let client: MaestroClient;
  beforeAll(async () => {
    client = await createMaestroClient({
      grpcEndpoint: `grpc://${standIn.grpcEndpoint}`,
      httpEndpoint: standIn.httpEndpoint,
      source: 'maestro-cli',
    });
  });
  afterAll(() => client.close());

  async function change(name: string): Promise<unknown> {
    const works = client.works('c1');
    return works.apply({ ...workFromBundle(await works.get(name)), labels: { touched: 'yes' } });
  }

  it('keeps its executor', async () => {
    await apply('read', executorOf('a'));
    expect(await change('read')).toMatchObject({ operation: 'updated', version: 2 });
    expect(await holds('read', executorOf('a'))).toBe(true);
    expect(JSON.parse((await record('read')) ?? '')).toEqual(executorOf('a'));
  });

  it.each([
    { what: 'nobody recorded', name: 'read-foreign', prepare: () => storeRaw('read-foreign', executorOf('foreign')) },
    { what: 'somebody put in the place of ours', name: 'read-replaced', prepare: () => replaceRaw('read-replaced') },
  ])('is refused with an executor that $what', async ({ name, prepare }) => {
    await prepare();
    const before = standIn.publishes().length;
    await expect(change(name)).rejects.toMatchObject({ code: 'ownership', reason: 'UnknownExecutor' });
    expect(standIn.publishes()).toHaveLength(before);
    expect(await holds(name, executorOf('foreign'))).toBe(true);
  });

  it('is refused at the command line, too, when somebody put another in the place of the one that get printed', async () => {
    await replaceRaw('got');
    const { stdout } = await runCli(['get', '--name=got', '-c', 'c1', '-o', 'manifestwork'], { endpoints: standIn });
    const edited = stdout.replace('value: one', 'value: two');
    expect(edited).not.toBe(stdout);
    const refused = await runCli(['apply', '-f', '-'], { endpoints: standIn, stdin: edited });
    expect(refused).toMatchObject({ exitCode: 10, stdout: '' });
    expect(await holds('got', executorOf('foreign'))).toBe(true);
    const forced = await runCli(['apply', '-f', '-', '--force'], { endpoints: standIn, stdin: edited });
    expect(forced.exitCode, forced.stderr).toBe(0);
    expect(await holds('got', executorOf('a'))).toBe(true);
  });
});
