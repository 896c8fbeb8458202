import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { workYaml } from '../support/works.ts';

describe('options to effects', () => {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: ['c1', 'offline', 'failing', 'empty'],
      agent: { delayMs: 5 },
      agents: { offline: { online: false }, failing: { failManifests: ['*'] } },
    });
    await apply('ready', 'c1', ['--watch=Available']);
    await apply('idle', 'offline');
    await apply('bad', 'failing');
    // Both are shown, and the agent reports one after the other.
    const reported = '--for=Applied=False AND Available=False';
    await runCli(['wait', '--name=bad', '--consumer=failing', reported], { endpoints: maestro });
  });
  afterAll(() => maestro.close());

  const run = (argv: readonly string[]): Promise<CliRun> => runCli(argv, { endpoints: maestro });
  async function apply(
    name: string,
    consumer: string,
    more: readonly string[] = [],
    yaml = workYaml(name),
  ): Promise<CliRun> {
    const applied = await runCli(['apply', '-f', 'w.yaml', `--consumer=${consumer}`, ...more], {
      endpoints: maestro,
      files: { 'w.yaml': yaml },
    });
    expect(applied.exitCode, applied.stderr).toBe(0);
    return applied;
  }
  const rows = (stdout: string): readonly (readonly string[])[] =>
    stdout
      .trimEnd()
      .split('\n')
      .map((line) => line.split(/ {3,}/));

  it('lists every work with what its status proves', async () => {
    const { stdout, exitCode } = await run(['list']);
    expect(exitCode).toBe(0);
    const [headers, ...works] = rows(stdout);
    expect(headers).toEqual(['NAME', 'CONSUMER', 'STATE', 'VERSION', 'AGE']);
    expect(works.map((row) => row.slice(0, 4)).sort()).toEqual([
      ['bad', 'failing', 'failing', '1/1'],
      ['idle', 'offline', expect.stringMatching(/^(progressing|silent)$/) as string, '-/1'],
      ['ready', 'c1', 'available', '1/1'],
    ]);
  });

  it.each([
    { argv: ['--status=Failed'], names: ['bad'] },
    { argv: ['--status=Applied'], names: ['ready'] },
    { argv: ['--status=Unknown,Failed'], names: ['bad', 'idle'] },
    { argv: ['--status=failing'], names: ['bad'] },
    { argv: ['--status=silent,progressing'], names: ['idle'] },
    { argv: ['-c', 'c1'], names: ['ready'] },
    { argv: ['-c', 'c1', '-c', 'offline'], names: ['idle', 'ready'] },
    { argv: ['-c', 'empty'], names: [] },
    { argv: ['--source=nobody'], names: [] },
  ])('list $argv', async ({ argv, names }) => {
    const listed = await run(['list', '-o', 'name', ...argv]);
    expect(listed.exitCode).toBe(0);
    expect(
      listed.stdout
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => line.split('/').at(-1))
        .sort(),
    ).toEqual(names);
  });

  it('tells an empty consumer from one that is not there', async () => {
    expect(await run(['list', '-c', 'empty', '-o', 'json'])).toMatchObject({
      exitCode: 0,
      stdout: '[]\n',
      stderr: 'no works found\n',
    });
    const missing = await run(['list', '-c', 'nobody']);
    expect(missing).toMatchObject({ exitCode: 3, stdout: '' });
  });

  it('gives one json value for errors too', async () => {
    const missing = await run(['get', '--name=none', '--consumer=c1', '-o', 'json']);
    expect(missing.exitCode).toBe(3);
    expect(JSON.parse(missing.stdout)).toMatchObject({ error: { reason: 'NotFound', exitCode: 3 } });
  });

  it.each(['yaml', 'json', 'manifestwork'])('get -o %s goes back into apply unchanged', async (output) => {
    const got = await run(['get', '--name=ready', '--consumer=c1', '-o', output]);
    expect(got.exitCode).toBe(0);
    const sent = maestro.publishes().length;
    const applied = await apply('ready', 'c1', [], got.stdout);
    expect(applied.stdout).toBe('manifestwork.work.open-cluster-management.io/ready unchanged (version 1)\n');
    expect(maestro.publishes()).toHaveLength(sent);
  });

  it('list -o yaml goes back into apply unchanged, as several works', async () => {
    const listed = await run(['list', '-o', 'yaml']);
    const applied = await runCli(['apply', '-f', '-'], { endpoints: maestro, stdin: listed.stdout });
    expect(applied.exitCode, applied.stderr).toBe(0);
    expect(applied.stdout.match(/unchanged/g)).toHaveLength(3);
  });

  it('shows a work of another source when it is the only one of its name', async () => {
    await apply('theirs', 'offline', ['--source-id=someone']);
    const got = await run(['get', '--name=theirs', '--consumer=offline', '-o', 'name']);
    expect(got).toMatchObject({ exitCode: 0, stdout: 'manifestwork.work.open-cluster-management.io/theirs\n' });
    const wide = await run(['get', '--name=theirs', '--consumer=offline', '-o', 'wide']);
    expect(rows(wide.stdout)[1]).toContain('?');
  });
});
