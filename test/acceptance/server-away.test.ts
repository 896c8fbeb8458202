import { writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { commandWords, startProcess } from '../support/process.ts';
import { emptyFolder } from '../support/run-cli.ts';
import { manifestFile } from './support/world.ts';

/** A port that nobody listens on: one that was just given back. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

it.each([
  { title: 'a list', argv: ['list'] },
  { title: 'a wait', argv: ['wait', '--name=w', '--consumer=c1'] },
  { title: 'an apply', argv: ['apply', '-f', 'w.json', '--consumer=c1'] },
  { title: 'a list of consumers, in a log of JSON', argv: ['consumer', 'list', '--log-format=json'], json: true },
])('$title says within a second that nobody listens, where, who said so and what to do', async ({ argv, json }) => {
  const port = await closedPort();
  const folder = emptyFolder();
  writeFileSync(join(folder, 'w.json'), '');
  manifestFile(folder, 'w');
  const [file = '', ...words] = [
    ...(await commandWords()),
    ...argv.map((word) => word.replace('w.json', manifestFile(folder, 'w'))),
    '--timeout=2s',
  ];
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, MAESTRO_HTTP_ENDPOINT: `http://127.0.0.1:${port}` };
  const { exitCode, stderr } = await startProcess(file, words, { cwd: folder, env }).done;
  expect(exitCode, stderr).toBe(8);
  const [first = '', second = ''] = stderr.split('\n');
  const text = json === true ? (JSON.parse(first) as { readonly msg: string }).msg : first;
  expect(text).toContain(`cannot reach REST at http://127.0.0.1:${port}: nothing listens there`);
  expect(text).toContain('; the address is that of MAESTRO_HTTP_ENDPOINT; trying again, 0s of 2s');
  expect(second).toContain('maestro-cli doctor shows where the connection ends');
});

it('nothing is connected to where there are contexts and none is in use', async () => {
  const folder = emptyFolder();
  const config = join(folder, 'config.yaml');
  writeFileSync(config, 'contexts:\n  prod:\n    http-endpoint: http://maestro.prod:8000\n');
  const [file = '', ...words] = await commandWords();
  const env = { PATH: process.env['PATH'] ?? '', HOME: folder, MAESTRO_CONFIG: config };
  const { exitCode, stderr } = await startProcess(file, [...words, 'list'], { cwd: folder, env }).done;
  expect([exitCode, stderr.split('\n')[0]]).toEqual([2, 'error: no context is in use; there is prod']);
  const offline = await startProcess(file, [...words, 'version'], { cwd: folder, env }).done;
  expect(offline.exitCode).toBe(0);
});
