import { existsSync, readFileSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandWords, startProcess, type Finished } from '../support/process.ts';
import { endpoints, manifestFile, testFolder, testStandIn } from './support/world.ts';

/**
 * A run whose files cannot grow beyond so many blocks of 512 bytes: the system
 * takes the first part of a longer write, as a disk that is nearly full does,
 * and refuses the rest.
 */
async function withRoomFor(
  blocks: number,
  argv: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Finished> {
  const words = await commandWords();
  return startProcess('/bin/sh', ['-c', `ulimit -f ${blocks} && exec "$@"`, 'sh', ...words, ...argv], { env }).done;
}

function bigConfig(folder: string): string {
  const file = join(folder, 'config.yaml');
  const contexts = Array.from(
    { length: 120 },
    (_, index) => `  context-${index}:\n    grpc-endpoint: maestro-grpc-${index}.example.svc:8090\n`,
  );
  writeFileSync(file, `current-context: context-0\ncontexts:\n${contexts.join('')}`);
  return file;
}

test.each([
  ['set-context', 'new', '--source-id=s'],
  ['use-context', 'context-3'],
  ['delete-context', 'context-3'],
])('config %s on a disk that is nearly full is an error, and the file is as it was', async (...words) => {
  const folder = testFolder();
  const file = bigConfig(folder);
  const before = readFileSync(file, 'utf8');
  const { exitCode, stdout, stderr } = await withRoomFor(8, ['config', ...words, `--config=${file}`]);
  expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 8, stdout: '' });
  expect(stderr).toContain(`error: the configuration file ${file} cannot be written: file too large\n`);
  expect(readFileSync(file, 'utf8')).toBe(before);
  expect(readdirSync(folder)).toEqual(['config.yaml']);
});

test('build --output-file on a disk that is nearly full is an error, and the file is as it was', async () => {
  const standIn = await testStandIn();
  const folder = testFolder();
  const target = join(folder, 'out.yaml');
  writeFileSync(target, 'old');
  const input = manifestFile(folder, 'w', { key: 'x'.repeat(9_000) });
  const { exitCode, stderr } = await withRoomFor(
    8,
    ['build', '-f', input, '--name=w', '--consumer=c1', `--output-file=${target}`],
    endpoints(standIn),
  );
  expect(exitCode, stderr).toBe(8);
  expect(stderr).not.toContain('written to');
  expect(readFileSync(target, 'utf8')).toBe('old');
  expect(readdirSync(folder).sort()).toEqual(['out.yaml', 'w.yaml']);
});

test('build --output-file writes through no link that somebody planted, and only for its owner', async () => {
  const standIn = await testStandIn();
  const folder = testFolder();
  const victim = join(folder, 'victim');
  writeFileSync(victim, 'precious');
  for (const name of ['out.yaml', 'out.yaml.tmp']) symlinkSync(victim, join(folder, name));
  const words = await commandWords();
  const run = await startProcess(
    words[0],
    [
      ...words.slice(1),
      'build',
      '-f',
      manifestFile(folder, 'w'),
      '--name=w',
      '--consumer=c1',
      `--output-file=${join(folder, 'out.yaml')}`,
    ],
    { env: endpoints(standIn) },
  ).done;
  expect(run, run.stderr).toMatchObject({ exitCode: 0 });
  expect(readFileSync(victim, 'utf8')).toBe('precious');
  expect(readFileSync(join(folder, 'out.yaml'), 'utf8')).toContain('kind: ManifestWork');
  expect(statSync(join(folder, 'out.yaml')).mode & 0o777).toBe(0o600);
});

test('a disk without room for a result is told at the start, before anything is sent', async () => {
  const standIn = await testStandIn();
  const folder = testFolder();
  const result = join(folder, 'result.json');
  const { exitCode, stderr } = await withRoomFor(
    0,
    ['apply', '-f', manifestFile(folder, 'w'), '--consumer=c1', `--results-path=${result}`],
    endpoints(standIn),
  );
  expect(exitCode, stderr).toBe(2);
  expect(stderr).toContain('Nothing was sent.');
  expect(standIn.publishes()).toHaveLength(0);
  expect(existsSync(result)).toBe(false);
});

test('a roll-out goes on without a journal that has no room and says so, and the next run takes up its last whole line', async () => {
  const standIn = await testStandIn({ consumers: Array.from({ length: 60 }, (_, index) => `c${index}`) });
  const folder = testFolder();
  const journal = join(folder, 'journal');
  const argv = ['apply', '-f', manifestFile(folder, 'w'), '--all-consumers', `--journal=${journal}`];
  const first = await withRoomFor(8, argv, endpoints(standIn));
  expect(first.exitCode, first.stderr).toBe(8);
  expect(first.stderr).toContain('cannot be written any more');
  expect(standIn.publishes()).toHaveLength(60);
  expect(readFileSync(journal, 'utf8')).toMatch(/\n$/);
  expect(existsSync(`${journal}.lock`)).toBe(false);
  const second = await withRoomFor(1_000, argv, endpoints(standIn));
  expect(second.exitCode, second.stderr).toBe(0);
  expect(standIn.publishes()).toHaveLength(60);
});

test('what dev keeps and issues is only for its owner', async () => {
  const folder = testFolder();
  const data = join(folder, 'dev.db');
  writeFileSync(data, '', { mode: 0o644 });
  const standIn = await testStandIn({ dataFile: data, access: { mode: 'mtls', directory: join(folder, 'certs') } });
  expect(statSync(data).mode & 0o777).toBe(0o600);
  expect(statSync(standIn.certificates?.clientKeyFile ?? '').mode & 0o777).toBe(0o600);
});
