import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { createMaestroClient, type MaestroClient } from '../../src/index.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { startGateway, withoutQuery, type Gateway } from '../support/gateway.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { workYaml } from './support/works.ts';

const theirId = bundleId('someone-else', 'c1', 'theirs');
const bundlePath = '/api/maestro/v1/resource-bundles/';

let maestro: StandIn;
/** Drops the query of every request, as some gateways do by mistake. */
let dropping: Gateway;
/** Answers every question for one work with another work. */
let mixing: Gateway;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 5, deleteDelayMs: 5 } });
  dropping = await startGateway(maestro.httpEndpoint, withoutQuery);
  mixing = await startGateway(maestro.httpEndpoint, (path) =>
    path.startsWith(bundlePath) ? `${bundlePath}${theirId}` : path,
  );
  await applied('theirs', 'c1', '--source-id=someone-else');
  await applied('mine', 'c1');
});
afterAll(async () => {
  await dropping.close();
  await mixing.close();
  await maestro.close();
});

const files = { 'w.yaml': workYaml('w') };
async function applied(name: string, consumer: string, ...argv: readonly string[]): Promise<void> {
  const done = await runCli(['apply', '-f', 'w.yaml', `--name=${name}`, `--consumer=${consumer}`, ...argv], {
    endpoints: maestro,
    files,
  });
  expect(done.exitCode, done.stderr).toBe(0);
}

function through(gateway: Gateway, argv: readonly string[]): Promise<CliRun> {
  return runCli(argv, { endpoints: { httpEndpoint: gateway.httpEndpoint, grpcEndpoint: maestro.grpcEndpoint }, files });
}

describe('through a gateway that drops the query of requests', () => {
  it.each([
    { argv: ['delete', `--id=${theirId}`] },
    { argv: ['delete', `--id=${theirId}`, '--force'] },
    // The id proves that it is ours, and not that no migration has put another work in its place.
    { argv: ['delete', `--id=${bundleId('maestro-cli', 'c1', 'mine')}`] },
    { argv: ['delete', '--name=absent', '--consumer=c1'] },
    { argv: ['delete', '--name=absent', '--consumer=c2', '--orphan'] },
    { argv: ['delete', '--name=absent', '--consumer=c1', '--consumer=c2', '-y'] },
    { argv: ['get', '--name=absent', '--consumer=c1'] },
    { argv: ['describe', '--name=absent', '--consumer=c1'] },
    { argv: ['wait', '--name=absent', '--consumer=c1', '--timeout=5s'] },
    { argv: ['wait', '--name=absent', '--name=mine', '--consumer=c1', '--timeout=5s'] },
    { argv: ['list', '--consumer=c2'] },
    { argv: ['apply', '-f', 'w.yaml', '--consumer=c1'] },
    { argv: ['apply', '-f', 'w.yaml', '--consumer=c1', '--consumer=c2'] },
    { argv: ['diff', '-f', 'w.yaml', '--consumer=c1'] },
  ])('$argv takes no other work for the one that was named, and sends nothing', async ({ argv }) => {
    const before = maestro.publishes().length;
    const done = await through(dropping, argv);
    expect(done, done.stderr).toMatchObject({ exitCode: 8, stdout: '' });
    expect(done.stderr).toContain('may drop the query of requests');
    expect(maestro.publishes()).toHaveLength(before);
  });
});

it('the same delete by id without the gateway is refused as that of another source', async () => {
  const before = maestro.publishes().length;
  expect(await runCli(['delete', `--id=${theirId}`], { endpoints: maestro })).toMatchObject({
    exitCode: 10,
    stdout: '',
  });
  expect(maestro.publishes()).toHaveLength(before);
});

it('a search with any source does not make a work ours, even where it is the only one', async () => {
  const alone = await startStandIn({ consumers: ['c1'] });
  const gateway = await startGateway(alone.httpEndpoint, withoutQuery);
  try {
    const endpoints = { httpEndpoint: gateway.httpEndpoint, grpcEndpoint: alone.grpcEndpoint };
    const made = await runCli(['apply', '-f', 'w.yaml', '--consumer=c1', '--name=theirs', '--source-id=someone-else'], {
      endpoints: alone,
      files,
    });
    expect(made.exitCode, made.stderr).toBe(0);
    const done = await runCli(['delete', `--id=${theirId}`], { endpoints });
    expect(done).toMatchObject({ exitCode: 8, stdout: '' });
    expect(done.stderr).toContain('its answers prove nothing');
    expect(alone.publishes()).toHaveLength(1);
  } finally {
    await gateway.close();
    await alone.close();
  }
});

describe('through something that answers with another work', () => {
  it.each([
    { argv: ['get', '--name=mine', '--consumer=c1'] },
    { argv: ['describe', '--name=mine', '--consumer=c1'] },
    { argv: ['wait', '--name=mine', '--consumer=c1', '--timeout=5s'] },
    { argv: ['delete', '--name=mine', '--consumer=c1'] },
    { argv: ['delete', `--id=${bundleId('maestro-cli', 'c1', 'mine')}`] },
    { argv: ['apply', '-f', 'w.yaml', '--name=mine', '--consumer=c1'] },
    { argv: ['diff', '-f', 'w.yaml', '--name=mine', '--consumer=c1'] },
  ])('$argv refuses it', async ({ argv }) => {
    const before = maestro.publishes().length;
    const done = await through(mixing, argv);
    expect(done, done.stderr).toMatchObject({ exitCode: 8, stdout: '' });
    expect(done.stderr).toContain(theirId);
    expect(maestro.publishes()).toHaveLength(before);
  });
});

describe('the library', () => {
  let client: MaestroClient;
  beforeAll(async () => {
    client = await createMaestroClient({
      grpcEndpoint: `grpc://${maestro.grpcEndpoint}`,
      httpEndpoint: dropping.httpEndpoint,
      source: 'maestro-cli',
    });
  });
  afterAll(() => client.close());

  it.each([
    { what: 'get', call: () => client.works('c1').get('absent') },
    {
      what: 'apply',
      call: () =>
        client.works('c1').apply({
          name: 'absent',
          labels: {},
          annotations: {},
          manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x', namespace: 'default' } }],
          manifestConfigs: [],
        }),
    },
    { what: 'delete', call: () => client.works('c1').delete('absent') },
  ])('$what refuses what was not asked for', async ({ call }) => {
    await expect(call()).rejects.toMatchObject({ code: 'unavailable', reason: 'ServerError' });
  });
});
