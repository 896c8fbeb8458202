import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { eventsCommand } from '../../../src/commands/events/command.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { usageErrorOf } from '../../command-line/support.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';

const workYaml = (value: string): string =>
  JSON.stringify({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name: 'w' },
    spec: {
      workload: {
        manifests: [
          { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'm', namespace: 'default' }, data: { value } },
        ],
      },
    },
  });

describe('argv to options', () => {
  const address = { by: 'name', name: 'w', consumer: 'c1' };
  it.each([
    { argv: ['w', '-c', 'c1'], options: { address, follow: false, via: 'stream', output: 'table', timeoutMs: 30_000 } },
    { argv: ['-n', 'w', '-c', 'c1', '--since=1h'], options: { address, sinceMs: 3_600_000 } },
    { argv: ['w', '-c', 'c1', '-w'], options: { follow: true, timeoutMs: Number.POSITIVE_INFINITY } },
    { argv: ['w', '-c', 'c1', '--follow', '--via=poll', '--timeout=5s'], options: { via: 'poll', timeoutMs: 5_000 } },
    { argv: ['w', '-c', 'c1', '-o', 'json'], options: { output: 'json' } },
  ])('$argv', ({ argv, options }) => {
    expect(parseFor(eventsCommand, argv)).toMatchObject(options);
  });

  it.each([
    { argv: ['-c', 'c1'], says: 'name' },
    { argv: ['w', '-c', 'c1', '--since=yesterday'], says: '--since' },
    { argv: ['w', '-c', 'c1', '-o', 'yaml'], says: 'yaml' },
  ])('$argv is refused', ({ argv, says }) => {
    expect(usageErrorOf(() => parseFor(eventsCommand, argv)).message).toContain(says);
  });
});

describe('options to effects', () => {
  let standIn: StandIn;
  beforeAll(async () => {
    standIn = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
    expect(await apply('1')).toMatchObject({ exitCode: 0 });
  });
  afterAll(() => standIn.close());

  async function cli(...argv: readonly string[]): Promise<CliRun> {
    return runCli(argv, { endpoints: standIn });
  }
  async function apply(value: string): Promise<CliRun> {
    const argv = ['apply', '-f', 'w.yaml', '-c', 'c1', '--watch'];
    return runCli(argv, { endpoints: standIn, files: { 'w.yaml': workYaml(value) } });
  }

  it('tells when it was created and when each condition changed last, and that this is all there is', async () => {
    const run = await cli('events', 'w', '-c', 'c1');
    expect(run.exitCode, run.stderr).toBe(0);
    const [header = '', ...rows] = run.stdout.trimEnd().split('\n');
    expect(header).toMatch(/^TIME +FROM +OBJECT +EVENT +REASON +MESSAGE$/);
    expect(rows[0]).toMatch(/^\S+Z +maestro +work +Created +version 1$/);
    expect(rows.some((row) => /agent +work +Applied=True/.test(row))).toBe(true);
    expect(rows.some((row) => /agent +ConfigMap\/default\/m +Applied=True/.test(row))).toBe(true);
    const times = rows.map((row) => Date.parse(row.split(' ', 1)[0] ?? ''));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
    expect(run.stderr).toBe(
      'Maestro keeps no history: of each condition this is the last change, and nothing before it\n',
    );
  });

  it('leaves out what is older than --since', async () => {
    const run = await cli('events', 'w', '-c', 'c1', '--since=0s', '-o', 'json');
    expect([run.exitCode, run.stdout]).toEqual([0, '']);
    expect(run.stderr).toContain('nothing is known to have happened to w in that time');
  });

  it('ends with 3 when there is no such work', async () => {
    expect(await cli('events', 'none', '-c', 'c1')).toMatchObject({ exitCode: 3, stdout: '' });
  });

  it.each(['stream', 'poll'])(
    'with --follow goes on with what happens, until the work is gone, via %s',
    async (via) => {
      expect(await apply(`before ${via}`)).toMatchObject({ exitCode: 0 });
      let shown = '';
      const following = runCli(['events', 'w', '-c', 'c1', '-w', `--via=${via}`, '-o', 'json', '--timeout=30s'], {
        endpoints: standIn,
        onStdout: (text) => (shown += text),
      });
      await expect.poll(() => shown, { timeout: 10_000 }).toContain('"Created"');
      expect(await apply(`after ${via}`)).toMatchObject({ exitCode: 0 });
      await expect.poll(() => shown, { timeout: 10_000 }).toContain('"Stored"');
      expect(await cli('delete', 'w', '-c', 'c1', '--watch')).toMatchObject({ exitCode: 0 });
      const { exitCode, stdout, stderr } = await following;
      expect(exitCode, stderr).toBe(0);
      const events = stdout
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { readonly what: string; readonly from: string; readonly message: string });
      const whats = events.map(({ what }) => what);
      expect(whats[0]).toBe('Created');
      expect(whats).toContain('Stored');
      expect(whats).toContain('Reported');
      expect(whats.at(-1)).toBe('Removed');
      // Nothing is told twice.
      expect(new Set(events.map((event) => JSON.stringify(event))).size).toBe(events.length);
    },
  );
});
