import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { cli } from '../support/process.ts';
import { configMapWork, endpoints, manifestFile, storedRow, storedRows, testFolder } from './support/world.ts';

/** More than two pages of a server that pages by 100. */
const works = 250;
const consumers = 150;

const workName = (number: number): string => `work-${String(number).padStart(3, '0')}`;

describe('250 works on one consumer and 150 consumers: every command reaches any of them', () => {
  let standIn: StandIn;
  let env: Record<string, string>;

  beforeAll(async () => {
    const names = Array.from({ length: consumers - 1 }, (_, index) => `cluster-${index + 1}`);
    standIn = await startStandIn({ consumers: ['c1', ...names] });
    env = endpoints(standIn);
    const manifests = Array.from({ length: works }, (_, index) => configMapWork(workName(index))).join('\n---\n');
    const run = await cli(['apply', '-f', '-', '--consumer=c1'], { env, stdin: manifests });
    expect(run).toMatchObject({ exitCode: 0 });
    expect(run.stdout.match(/ created \(version 1\)$/gm)).toHaveLength(works);
  });

  afterAll(() => standIn.close());

  /** First, middle and last by id, which is the order that pages come in; names are in another order. */
  async function someRows(): Promise<{ readonly name: string; readonly id: string }[]> {
    const rows = [...(await storedRows(standIn))].map((row) => ({ name: row.metadata.name, id: row.id }));
    rows.sort((a, b) => (a.id < b.id ? -1 : 1));
    return [0, rows.length / 2, rows.length - 1]
      .map((index) => rows[Math.floor(index)])
      .filter((row) => row !== undefined);
  }

  test('list shows 250 as table, -o json and -o name; consumer list shows 150', async () => {
    const [table, json, names, clusters, clusterJson] = await Promise.all([
      cli(['list', '--consumer=c1'], { env }),
      cli(['list', '--consumer=c1', '-o', 'json'], { env }),
      cli(['list', '-o', 'name'], { env }),
      cli(['consumer', 'list'], { env }),
      cli(['consumer', 'list', '-o', 'json'], { env }),
    ]);
    const expected = new Set(Array.from({ length: works }, (_, index) => workName(index)));
    const rows = table.stdout.trimEnd().split('\n').slice(1);
    expect(rows).toHaveLength(works);
    expect(new Set(rows.map((row) => row.split(' ')[0]))).toEqual(expected);
    const values = JSON.parse(json.stdout) as { metadata: { name: string } }[];
    expect(values).toHaveLength(works);
    expect(new Set(values.map(({ metadata }) => metadata.name))).toEqual(expected);
    expect(new Set(names.stdout.trimEnd().split('\n'))).toEqual(
      new Set([...expected].map((name) => `manifestwork.work.open-cluster-management.io/c1/${name}`)),
    );
    expect(clusters.stdout.trimEnd().split('\n')).toHaveLength(consumers + 1);
    expect(JSON.parse(clusterJson.stdout)).toHaveLength(consumers);
  });

  test('get finds the first, the last and one in the middle, by name and by id', async () => {
    for (const { name, id } of await someRows()) {
      const [byName, byId] = await Promise.all([
        cli(['get', `--name=${name}`, '--consumer=c1', '-o', 'json'], { env }),
        cli(['get', `--id=${id}`, '-o', 'json'], { env }),
      ]);
      expect(byName).toMatchObject({ exitCode: 0, stderr: '' });
      expect(byId.stdout).toBe(byName.stdout);
      expect(JSON.parse(byName.stdout)).toMatchObject({ metadata: { name, uid: id, namespace: 'c1' } });
    }
  });

  test('wait holds for all of them in one run, by name and by id', async () => {
    const rows = await someRows();
    const [byName, byId] = await Promise.all([
      cli(['wait', '--consumer=c1', ...rows.map(({ name }) => `--name=${name}`), '--timeout=20s'], { env }),
      cli(['wait', ...rows.map(({ id }) => `--id=${id}`), '--timeout=20s'], { env }),
    ]);
    for (const run of [byName, byId]) {
      expect(run.exitCode, run.stderr).toBe(0);
      for (const { name } of rows) expect(run.stdout).toContain(`/${name} condition met: Available (version 1)`);
    }
  });

  test('apply finds them stored: unchanged for the same content, an update for other content', async () => {
    const folder = testFolder();
    for (const { name } of await someRows()) {
      const same = await cli(['apply', '-f', manifestFile(folder, name), '--consumer=c1'], { env });
      expect(same.stdout).toContain(`/${name} unchanged (version 1)`);
      const other = await cli(['apply', '-f', manifestFile(folder, name, { key: 'two' }), '--consumer=c1'], { env });
      expect(other.stdout).toContain(`/${name} updated (version 2)`);
    }
  });

  test('the last consumer of 150 is found by name', async () => {
    const folder = testFolder();
    const last = `cluster-${consumers - 1}`;
    const applied = await cli(['apply', '-f', manifestFile(folder, 'far'), `--consumer=${last}`], { env });
    expect(applied.stdout).toContain('/far created (version 1)');
    const found = await cli(['consumer', 'get', last, '-o', 'name'], { env });
    expect(found).toMatchObject({ exitCode: 0, stdout: `${last}\n` });
    await cli(['delete', '--name=far', `--consumer=${last}`, '--watch', '--timeout=20s'], { env });
    expect(await storedRow(standIn, 'far')).toBeUndefined();
  });

  test('delete of an existing work never says "absent" or "not found"', async () => {
    const folder = testFolder();
    for (const [index, { name, id }] of (await someRows()).entries()) {
      const result = join(folder, `${index}.json`);
      writeFileSync(result, 'stale');
      const address = index % 2 === 0 ? [`--name=${name}`, '--consumer=c1'] : [`--id=${id}`];
      const run = await cli(['delete', ...address, '--watch', '--timeout=20s', `--results-path=${result}`, '-v'], {
        env,
      });
      expect(run.exitCode, run.stderr).toBe(0);
      expect(run.stdout).toContain(`/${name} deletion requested`);
      expect(run.stdout).toContain(`/${name} removed from Maestro`);
      expect(run.stdout + run.stderr).not.toMatch(/absent|not found|nothing to delete/i);
    }
    expect((await storedRows(standIn)).length).toBe(works - 3);
  });
});
