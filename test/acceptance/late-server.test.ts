import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { freePort, startCli, until } from '../support/process.ts';
import { endpoints, manifestFile, readResult, storedRow, testFolder, testStandIn } from './support/world.ts';

test.each([1, 5])('a server that starts %i s late: apply --timeout=30s succeeds', async (seconds) => {
  const folder = testFolder();
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const env = {
    MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${httpPort}`,
    MAESTRO_GRPC_ENDPOINT: `grpc://127.0.0.1:${grpcPort}`,
  };
  const result = join(folder, 'result.json');
  const argv = [
    'apply',
    '-f',
    manifestFile(folder, 'w'),
    '--consumer=c1',
    '--watch',
    '--timeout=30s',
    `--results-path=${result}`,
  ];
  const apply = await startCli(argv, { env });
  await new Promise((resolve) => setTimeout(resolve, seconds * 1_000));
  const server = await startCli(['dev', `--http-port=${httpPort}`, `--grpc-port=${grpcPort}`, '--consumers=c1']);
  onTestFinished(async () => {
    server.kill('SIGTERM');
    await server.done;
  });
  const run = await apply.done;
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stdout).toContain('/w created (version 1)');
  expect(run.elapsedMs).toBeGreaterThan(seconds * 1_000);
  expect(run.elapsedMs, 'it came back soon after the server').toBeLessThan(seconds * 1_000 + 8_000);
  expect(readResult(result)).toMatchObject({ status: 'Applied' });
});

test('a gRPC side that opens late, with REST up: apply tries again and succeeds', async () => {
  const standIn = await testStandIn();
  standIn.setFault({ kind: 'refuse', channel: 'grpc' });
  const folder = testFolder();
  const apply = await startCli(['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', '--timeout=30s'], {
    env: endpoints(standIn),
  });
  await until('it says that it tries again', () => apply.stderr().includes('trying again'));
  expect(standIn.publishes()).toHaveLength(0);
  standIn.clearFaults();
  const run = await apply.done;
  expect(run.exitCode, run.stderr).toBe(0);
  expect((await storedRow(standIn, 'w'))?.version).toBe(1);
});

test('a server that restarts while a wait runs is waited out', async () => {
  const folder = testFolder();
  const data = join(folder, 'standin.db');
  const [httpPort, grpcPort] = [await freePort(), await freePort()];
  const dev = ['dev', `--http-port=${httpPort}`, `--grpc-port=${grpcPort}`, '--consumers=c1', `--data=${data}`];
  const env = {
    MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${httpPort}`,
    MAESTRO_GRPC_ENDPOINT: `grpc://127.0.0.1:${grpcPort}`,
  };
  const first = await startCli([...dev, '--offline=c1']);
  await until('the stand-in serves', () => first.stdout().includes('To use it'));
  const apply = await startCli(
    ['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', '--watch', '--timeout=30s'],
    { env },
  );
  await until('the work is accepted', () => apply.stdout().includes('/w created'));
  first.kill('SIGTERM');
  await first.done;
  const second = await startCli(dev);
  onTestFinished(async () => {
    second.kill('SIGTERM');
    await second.done;
  });
  const run = await apply.done;
  expect(run.exitCode, run.stderr).toBe(0);
  expect(run.stdout).toContain('/w condition met: Applied (version 1)');
});
