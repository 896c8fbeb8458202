import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { ConnectionSettings } from '../../../src/clients/connection.ts';
import { systemClock } from '../../../src/clock.ts';
import type { Maestro } from '../../../src/context.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

interface Told {
  readonly name: string;
  readonly works?: Readonly<Record<string, number>>;
  readonly lastReport?: string;
}

describe('consumer list with works', () => {
  let maestro: StandIn;
  const run = (...argv: readonly string[]): Promise<CliRun> =>
    runCli(['consumer', 'list', ...argv], { endpoints: maestro });
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: [
        { name: 'c10', labels: { env: 'prod' } },
        { name: 'c9', labels: { env: 'prod' } },
        { name: 'c2', labels: { env: 'stage', 'example.com/tier': 'gold' } },
        'offline',
      ],
      agent: { delayMs: 5, availableDelayMs: 5 },
      agents: { c9: { failManifests: ['ConfigMap/*'] }, offline: { online: false } },
    });
    const apply = async (name: string, consumer: string, ...more: readonly string[]): Promise<void> => {
      const applied = await runCli(['apply', '-f', 'w.yaml', `--consumer=${consumer}`, ...more], {
        endpoints: maestro,
        files: { 'w.yaml': workYaml(name) },
      });
      expect(applied.exitCode, applied.stderr).toBe(more.length > 1 ? 7 : 0);
    };
    await apply('one', 'c10', '--watch=Available');
    await apply('two', 'c10', '--watch=Available');
    await apply('one', 'c9', '--watch', '--failure-grace=0s');
    await apply('one', 'offline');
  });
  afterAll(() => maestro.close());

  const told = async (...argv: readonly string[]): Promise<readonly Told[]> => {
    const { stdout, exitCode, stderr } = await run(...argv, '-o', 'json');
    expect(exitCode, stderr).toBe(0);
    return JSON.parse(stdout) as readonly Told[];
  };

  it('counts the works of each consumer by state, in the order of names as people read them', async () => {
    const consumers = await told();
    expect(consumers.map(({ name, works }) => [name, works?.['total']])).toEqual([
      ['c2', 0],
      ['c9', 1],
      ['c10', 2],
      ['offline', 1],
    ]);
    const [c2, c9, c10, offline] = consumers;
    expect(c10?.works).toMatchObject({ available: 2, failing: 0, silent: 0 });
    expect(c9?.works).toMatchObject({ failing: 1, available: 0 });
    expect((offline?.works?.['progressing'] ?? 0) + (offline?.works?.['silent'] ?? 0)).toBe(1);
    expect(Date.now() - Date.parse(c10?.lastReport ?? '')).toBeLessThan(60_000);
    expect([c2, offline].map((one) => one?.lastReport)).toEqual([undefined, undefined]);
  });

  it('leaves works out where they are not wanted, and asks for none', async () => {
    const connect = async (settings: ConnectionSettings): Promise<Maestro> => {
      const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
      const listBundles = (): never => {
        throw new Error('works were read');
      };
      return { ...opened, reader: { ...opened.reader, listBundles }, close: () => opened.close() };
    };
    for (const argv of [['--no-works'], ['-o', 'name'], ['--columns=name,labels'], ['--no-works', '-o', 'json']]) {
      const listed = await runCli(['consumer', 'list', ...argv], { endpoints: maestro, connect });
      expect(listed.exitCode, listed.stderr).toBe(0);
      expect(listed.stdout).toContain('c10');
    }
    expect((await runCli(['consumer', 'list'], { endpoints: maestro, connect })).exitCode).toBe(70);
    expect((await told('--no-works')).map((one) => one.works)).toEqual([undefined, undefined, undefined, undefined]);
  });

  it('shows tables, yaml, custom columns and columns of the user, sorted as asked', async () => {
    const table = await run('--sort-by=state');
    expect(table.stdout.split('\n').map((line) => line.split(/ {3,}/).slice(0, 3))).toEqual([
      ['NAME', 'WORKS', 'STATES'],
      ['c9', '1', '1 failing'],
      ['offline', '1', expect.stringMatching(/^1 (silent|progressing)$/)],
      ['c10', '2', '2 available'],
      ['c2', '0', '-'],
      [''],
    ]);
    expect((parse((await run('-o', 'yaml')).stdout) as readonly Told[]).map(({ name }) => name)).toEqual([
      'c2',
      'c9',
      'c10',
      'offline',
    ]);
    expect((await run('-l', 'env=prod', '-o', 'custom-columns=N:.name,W:.works.total')).stdout).toBe(
      'N     W\nc9    1\nc10   2\n',
    );
    expect((await run('--columns=name,available', '-L', 'example.com/tier', '--no-headers')).stdout).toBe(
      'c2        0   gold\nc9        0   <none>\nc10       2   <none>\noffline   0   <none>\n',
    );
    expect((await run('-o', 'name', '--sort-by=works')).stdout).toBe('c10\nc9\noffline\nc2\n');
  });
});
