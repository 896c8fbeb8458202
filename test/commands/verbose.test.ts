import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';

const poison = 'p01s0n';
const work = JSON.stringify({
  apiVersion: 'work.open-cluster-management.io/v1',
  kind: 'ManifestWork',
  metadata: { name: 'w', annotations: { note: poison } },
  spec: {
    workload: {
      manifests: [
        {
          apiVersion: 'v1',
          kind: 'Secret',
          metadata: { name: 's', namespace: 'default' },
          stringData: { password: poison },
          data: { token: Buffer.from(poison).toString('base64') },
        },
      ],
    },
  },
});

let standIn: StandIn;
beforeAll(async () => {
  standIn = await startStandIn({ consumers: ['c1'] });
});
afterAll(() => standIn.close());

async function run(...argv: readonly string[]): Promise<CliRun> {
  return runCli(argv, {
    endpoints: standIn,
    files: { 'w.json': work, token: `${poison}\n` },
    env: { MAESTRO_HTTP_TOKEN: poison, MAESTRO_GRPC_TOKEN: poison },
  });
}

const apply = ['apply', '-f', 'w.json', '--consumer=c1', '--allow-plaintext-token'];

describe('what -v shows', () => {
  it('is each request: method, target, status, time', async () => {
    const done = await run(...apply, '--watch', '--via=stream', '-v');
    expect(done.exitCode, done.stderr).toBe(0);
    const requests = done.stderr.split('\n').filter((line) => / in \d+ ms/.test(line));
    const host = new URL(standIn.httpEndpoint).origin;
    expect(requests).toContainEqual(
      expect.stringMatching(new RegExp(`^debug: GET ${host}/api/maestro/v1/resource-bundles/[^ ]+: 404 in \\d+ ms$`)),
    );
    expect(requests).toContainEqual(
      expect.stringMatching(new RegExp(`^debug: Publish ${standIn.grpcEndpoint} create c1/w: OK in \\d+ ms$`)),
    );
    expect(requests).toContainEqual(
      expect.stringMatching(new RegExp(`^debug: Subscribe ${standIn.grpcEndpoint} source maestro-cli: OK in \\d+ ms$`)),
    );
  });

  it('is fields in a log of JSON', async () => {
    const done = await run('list', '--allow-plaintext-token', '-v', '--log-format=json');
    const lines = done.stderr
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines).toContainEqual(
      expect.objectContaining({
        level: 'debug',
        method: 'GET',
        target: expect.stringContaining('/resource-bundles?') as string,
        status: '200',
        milliseconds: expect.any(Number) as number,
        retries: 0,
      }),
    );
  });

  it('is nothing secret: no token, no data of a Secret, whatever the run is about', async () => {
    const runs = [
      await run(...apply, '-v', '--force'),
      await run(...apply, '--watch', '-v', '--log-format=json'),
      await run('describe', '--name=w', '--consumer=c1', '-v', '--allow-plaintext-token'),
      await run('list', '-v', '--allow-plaintext-token'),
    ];
    for (const { stderr } of runs) {
      expect(stderr).toMatch(/GET/);
      expect(stderr).not.toContain(poison);
      expect(stderr).not.toContain(Buffer.from(poison).toString('base64'));
    }
  });

  it('is nothing without it', async () => {
    expect((await run(...apply)).stderr).not.toContain('GET');
  });
});
