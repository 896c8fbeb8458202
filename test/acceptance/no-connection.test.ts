import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { cli } from '../support/process.ts';
import { manifestFile, readResult, testFolder } from './support/world.ts';

/** Counts whoever comes by and answers nothing. */
async function countingListener(): Promise<{ readonly port: number; connections(): number }> {
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return { port: (server.address() as AddressInfo).port, connections: () => connections };
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;
}

test('a bad expression exits 2 within the time of a start, with no connection tried', async () => {
  const http = await countingListener();
  const grpc = await countingListener();
  const folder = testFolder();
  const file = manifestFile(folder, 'w');
  const result = join(folder, 'result.json');
  const env = {
    MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${http.port}`,
    MAESTRO_GRPC_ENDPOINT: `grpc://127.0.0.1:${grpc.port}`,
  };
  const starts: number[] = [];
  const refusals: number[] = [];
  for (const argv of [
    ['apply', '-f', file, '--consumer=c1', '--watch=Available AND', '--timeout=60s'],
    ['wait', '--name=w', '--consumer=c1', '--for=(Applied', '--timeout=60s'],
    ['wait', '--name=w', '--consumer=c1', '--for=Applied', '--fail-on=Job:', '--timeout=60s'],
    ['apply', '-f', file, '--consumer=c1', '--watch=Deployment/nope:Available', '--timeout=60s'],
    ['list', '-o', 'nonsense'],
  ]) {
    starts.push((await cli(['version'], { env })).elapsedMs);
    const run = await cli([...argv, `--results-path=${result}`], { env });
    expect(run.exitCode, argv.join(' ')).toBe(2);
    expect(run.stdout).toBe('');
    expect(run.stderr).toMatch(/^error: /m);
    expect(readResult(result)).toMatchObject({ status: 'Failed' });
    refusals.push(run.elapsedMs);
  }
  expect(http.connections() + grpc.connections()).toBe(0);
  expect(median(refusals) / median(starts), `${refusals.join()} against ${starts.join()}`).toBeLessThan(3);
  // The endpoints do count: a command that is right does connect.
  await cli(['list', '--timeout=300ms'], { env });
  expect(http.connections()).toBeGreaterThan(0);
});
