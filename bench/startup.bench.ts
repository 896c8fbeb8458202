/**
 * What a whole process costs: processor time, wall time and peak memory of
 * commands against the stand-in over loopback, each in turn with an empty Node
 * script. Give an executable to measure it in place of bin/maestro-cli.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { header, machine, measure, row, type Pair, type Run } from './measure.ts';
import { manifest, startStandIn } from './stand-in.ts';

const runs = Number(process.env['RUNS'] ?? 11);
const command = resolve(process.argv[2] ?? join(import.meta.dirname, '../bin/maestro-cli'));
const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-bench-'));
const empty = join(folder, 'empty.cjs');
writeFileSync(empty, '');
const standIn = await startStandIn(command, '--consumers=c1,many', '--agent-delay=50ms');

async function pair(name: string, argv: readonly string[], before: () => void = () => undefined): Promise<Pair> {
  const env = { ...standIn.env, PATH: process.env['PATH'] ?? '' };
  const own: Run[] = [];
  const yardstick: Run[] = [];
  // The first of each is a warm-up.
  for (let run = 0; run <= runs; run += 1) {
    before();
    own.push(await measure([command, ...argv], env, folder));
    yardstick.push(await measure([process.execPath, empty], env, folder));
  }
  return { name, own: own.slice(1), yardstick: yardstick.slice(1) };
}

let value = 0;
const changeWork = (): void => writeFileSync(join(folder, 'work.yaml'), manifest('bench', String((value += 1))));
const writeMany = (): void =>
  writeFileSync(
    join(folder, 'many.yaml'),
    Array.from({ length: 1000 }, (_, index) => manifest(`many-${index}`, 'x')).join('---\n'),
  );

try {
  console.log(`${machine()}; ${runs} runs each\n\n${header}`);
  console.log(row(await pair('`version`', ['version'])));
  console.log(
    row(await pair('`apply`, an update, no wait', ['apply', '-f', 'work.yaml', '--consumer=c1'], changeWork)),
  );
  console.log(
    row(await pair('`apply --watch`, an update', ['apply', '-f', 'work.yaml', '--consumer=c1', '--watch'], changeWork)),
  );
  console.log(row(await pair('`get`', ['get', '--name=bench', '--consumer=c1'])));
  writeMany();
  await measure(
    [command, 'apply', '-f', 'many.yaml', '--consumer=many', '--timeout=5m'],
    { ...standIn.env, PATH: process.env['PATH'] ?? '' },
    folder,
  );
  console.log(row(await pair('`list` of 1,000', ['list', '--consumer=many'])));
} finally {
  await standIn.stop();
  rmSync(folder, { recursive: true, force: true });
}
