import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { projectRoot } from '../support/run-cli.ts';
import { cli, freePort, startCli, until } from '../support/process.ts';
import { manifestFile, readResult, testFolder, testStandIn } from './support/world.ts';

/**
 * The container of the first Job template of the project's design, as it stands there: it names the gRPC endpoint only.
 */
function firstTemplate(): { readonly command: readonly string[]; readonly args: readonly string[] } {
  const text = readFileSync(join(projectRoot, 'test/fixtures/first-job-template.yaml'), 'utf8');
  const job = parse(text) as { spec: { template: { spec: { containers: [{ command: string[]; args: string[] }] } } } };
  return job.spec.template.spec.containers[0];
}

test('the first Job template is told within a second that REST goes to the default, and what to give', async () => {
  const folder = testFolder();
  const manifest = manifestFile(folder, 'w');
  const result = join(folder, 'result.json');
  const { command, args } = firstTemplate();
  expect(command).toEqual(['maestro-cli', 'apply']);
  const given = args.map((arg) =>
    arg.replace('/config/manifest.yaml', manifest).replace('${target-cluster}', 'cluster-west-1'),
  );
  const run = await startCli([...command.slice(1), ...given], { env: { RESULTS_PATH: result, LOG_FORMAT: 'json' } });
  const line = await until('it says so', () =>
    run
      .stderr()
      .split('\n')
      .find((text) => text.includes('that is the default')),
  );
  run.kill('SIGTERM');
  expect((await run.done).exitCode).toBe(143);
  const { time, msg } = JSON.parse(line) as { time: string; msg: string };
  expect(msg).toMatch(
    /^cannot reach REST at http:\/\/localhost:8000: .*; that is the default, because no --http-endpoint was given; trying again/,
  );
  expect(run.stderr()).toContain(
    '--grpc-endpoint is given and --http-endpoint is not: give --http-endpoint (or MAESTRO_HTTP_ENDPOINT) too.',
  );
  const { startedAt, details } = readResult(result) as { startedAt: string; details: { timings: { start: number } } };
  // On a busy machine the process itself may need long to start.
  expect(Date.parse(time) - Date.parse(startedAt) - details.timings.start).toBeLessThan(1_000);
});

test.each([
  { given: '--grpc-endpoint', forgotten: '--http-endpoint', port: 8000 },
  { given: '--http-endpoint', forgotten: '--grpc-endpoint', port: 8090 },
])(
  'with $given alone the failure, the log and the result say that $forgotten is missing',
  async ({ given, forgotten, port }) => {
    const standIn = await testStandIn();
    const folder = testFolder();
    const result = join(folder, 'result.json');
    const endpoint = given === '--grpc-endpoint' ? `grpc://${standIn.grpcEndpoint}` : standIn.httpEndpoint;
    const run = await cli(
      [
        'apply',
        '-f',
        manifestFile(folder, 'w'),
        '--consumer=c1',
        `${given}=${endpoint}`,
        '--timeout=2s',
        `--results-path=${result}`,
      ],
      { env: { MAESTRO_GRPC_INSECURE: 'true' } },
    );
    expect(run.exitCode, run.stderr).toBe(8);
    expect(run.stderr.match(/^warning: .* that is the default, because no .*/gm)).toHaveLength(1);
    expect(run.stderr).toContain(`localhost:${port}`);
    expect(run.stderr).toContain(`hint: ${given} is given and ${forgotten} is not: give ${forgotten} (or `);
    expect(readResult(result)?.['message']).toContain(`that is the default, because no ${forgotten} was given`);
    expect(standIn.publishes()).toHaveLength(0);
  },
);

test('no flag is called forgotten with both endpoints, nor with neither, and of both none is called the default', async () => {
  const folder = testFolder();
  const closed = await freePort();
  for (const endpoints of [
    [`--grpc-endpoint=grpc://127.0.0.1:${closed}`, `--http-endpoint=http://127.0.0.1:${closed}`],
    [],
  ]) {
    const { stderr } = await cli([
      'apply',
      '-f',
      manifestFile(folder, 'w'),
      '--consumer=c1',
      ...endpoints,
      '--timeout=300ms',
    ]);
    expect(stderr).toContain('cannot reach REST');
    expect(stderr).not.toContain('is given and');
    if (endpoints.length > 0) expect(stderr).not.toContain('default');
  }
});
