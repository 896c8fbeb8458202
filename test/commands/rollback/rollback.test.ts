import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollbackCommand } from '../../../src/commands/rollback/command.ts';
import { ExitCode } from '../../../src/exit-code.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { parseFor } from '../../support/parse-for.ts';
import type { CliOptions, CliRun } from '../../support/run-cli.ts';
import { personWith, secretYaml, type Person } from '../support/kept.ts';
import { resultOf } from '../support/result.ts';
import { workYaml } from '../support/works.ts';

let maestro: StandIn;
let person: Person;
beforeEach(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5 } });
  person = personWith(() => maestro);
});
afterEach(() => maestro.close());

const keep = (value: string, ...argv: readonly string[]): Promise<CliRun> =>
  person.apply(workYaml('w', { value }), '--keep-history', ...argv);
const rollback = (argv: readonly string[], options?: CliOptions): Promise<CliRun> =>
  person.run(['rollback', 'w', '-c', 'c1', ...argv], options);
const stored = async (): Promise<string> => (await person.done(['get', 'w', '-c', 'c1', '-o', 'manifestwork'])).stdout;

describe('argv to options', () => {
  it.each([
    [['w', '-c', 'c1'], { address: { name: 'w', consumer: 'c1' }, yes: false, keepSecretsOfNow: false }],
    [['w', '-c', 'c1', '--to=3', '-y', '--keep-secrets-of-now'], { to: 3, yes: true, keepSecretsOfNow: true }],
    [['w', '-c', 'c1', '--dry-run'], { dryRun: 'server' }],
    [['w', '-c', 'c1', '--dry-run=server'], { dryRun: 'server' }],
    [['w', '-c', 'c1', '--watch=Available', '--keep-history=4'], { await: { text: 'Available' }, keepVersions: 4 }],
  ])('%j', (argv, options) => {
    expect(parseFor(rollbackCommand, argv)).toMatchObject(options);
  });

  it.each([
    [['-c', 'c1'], 'no work was named'],
    [['w', '-c', 'c1', '--to=0'], '--to takes a whole number of at least 1'],
    [['w', '-c', 'c1', '--dry-run=client'], '--dry-run does not know "client"'],
    [['w', '-c', 'c1', '--dry-run', '--watch'], '--dry-run sends nothing'],
    [['w', '-c', 'c1,c2'], 'names several consumers'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFor(rollbackCommand, argv)).toThrow(message);
  });
});

describe('a rollback', () => {
  it('writes what a version held as a new version, shows that first, and is in the history', async () => {
    for (const value of ['one', 'two', 'three']) await keep(value);
    const done = await rollback(['--to=1', '--yes']);
    expect(done).toMatchObject({
      exitCode: ExitCode.Done,
      stdout: 'manifestwork.work.open-cluster-management.io/w updated (version 4)\n',
    });
    expect(done.stderr).toContain('-  key: three\n+  key: one\n');
    expect(await stored()).toContain('key: one');
    const { stdout } = await person.done(['history', 'w', '-c', 'c1', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      storedVersion: 4,
      versions: [{}, {}, {}, { version: 4, command: 'rollback', rolledBackTo: 1, stored: true }],
    });
  });

  it('goes to the version before without --to, and there and back again', async () => {
    for (const value of ['one', 'two']) await keep(value);
    expect((await rollback(['--yes'])).exitCode).toBe(0);
    expect(await stored()).toContain('key: one');
    expect((await rollback(['--yes'])).exitCode).toBe(0);
    expect(await stored()).toContain('key: two');
  });

  it('asks, and does nothing without a yes; without a terminal it needs --yes', async () => {
    for (const value of ['one', 'two']) await keep(value);
    const asked = await rollback([], { interactive: true, stdin: 'n\n' });
    expect(asked).toMatchObject({ exitCode: ExitCode.Usage, stdout: '' });
    expect(asked.stderr).toMatch(/write this to w on c1 at 127\.0\.0\.1:\d+ as source maestro-cli\? \[y\/N\]/);
    expect((await rollback([])).stderr).toContain('Give -y.');
    expect(await stored()).toContain('key: two');
  });

  it('in a dry run shows what would change, and sends and keeps nothing', async () => {
    for (const value of ['one', 'two']) await keep(value);
    const done = await rollback(['--dry-run=server']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout).toContain('would be updated (server dry run');
    expect(done.stderr).toContain('-  key: two\n+  key: one\n');
    expect((await person.done(['history', 'w', '-c', 'c1', '--no-headers'])).stdout.split('\n')).toHaveLength(3);
  });

  it('is not sent where what is awaited could never come true', async () => {
    for (const value of ['one', 'two']) await keep(value);
    const done = await rollback(['--yes', '--watch=Job/typo:Complete']);
    expect(done.exitCode).toBe(ExitCode.Usage);
    expect(done.stderr).toContain('no manifest of w matches Job/typo');
    expect(await stored()).toContain('key: two');
  });

  it('is told in -o json and the result file as by apply, and --watch waits', async () => {
    for (const value of ['one', 'two']) await keep(value);
    const done = await rollback(['--yes', '-o', 'json', '--watch', '--results-path=result.json']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({ works: [{ name: 'w', version: 3, operation: 'updated' }] });
    expect(resultOf(done)).toMatchObject({ manifestWorkName: 'w', status: 'Applied' });
  });

  it('to what is stored already changes nothing', async () => {
    await keep('one');
    const done = await rollback(['--to=1', '--yes']);
    expect(done.stdout).toContain('unchanged (version 1)');
  });

  it('is refused for a version that is not kept, with what there is', async () => {
    for (const value of ['one', 'two']) await keep(value);
    const unknown = await rollback(['--to=7', '--yes']);
    expect(unknown.exitCode).toBe(ExitCode.NotFound);
    expect(unknown.stderr).toContain('version 7 of w on c1 is not kept');
    expect(unknown.stderr).toContain('There are: 1, 2.');
    const other = personWith(() => maestro);
    const none = await other.run(['rollback', 'w', '-c', 'c1', '--yes']);
    expect(none.exitCode).toBe(ExitCode.NotFound);
    expect(none.stderr).toContain('apply --keep-history keeps what it stores');
  });

  it('never takes the version of a work that was deleted and made anew', async () => {
    await keep('one');
    await person.done(['delete', 'w', '-c', 'c1', '--watch']);
    await person.apply(workYaml('w', { value: 'two' }));
    const done = await rollback(['--to=1', '--yes']);
    expect(done.exitCode).toBe(ExitCode.NotFound);
    expect(done.stderr).toContain('1 version of an earlier work of this name');
  });

  it('leaves what another manager owns alone, unless --force is given', async () => {
    await keep('one');
    await person.apply(workYaml('w', { value: 'theirs' }), '--manager=theirs', '--force', '--keep-history');
    const done = await rollback(['--yes']);
    expect(done.exitCode).toBe(ExitCode.Ownership);
    expect(done.stderr).toMatch(/ConfigMap\/default\/settings.*theirs/);
    expect((await rollback(['--yes', '--force'])).exitCode).toBe(0);
  });

  it('overwrites nobody who wrote while it was asked for', async () => {
    for (const value of ['one', 'two']) await keep(value);
    const options: CliOptions = { interactive: true };
    const done = await person.run(['rollback', 'w', '-c', 'c1'], {
      ...options,
      stdin: async () => {
        await person.apply(workYaml('w', { value: 'theirs' }));
        return 'y\n';
      },
    });
    expect(done.exitCode).toBe(ExitCode.Conflict);
    expect(await stored()).toContain('key: theirs');
  });
});

describe('Secrets', () => {
  const keepSecret = (password: string, value: string): Promise<CliRun> =>
    person.apply(secretYaml('w', password, value), '--keep-history');

  it('that are the same now are taken from what is stored', async () => {
    await keepSecret('correct-horse-battery', 'one');
    await keepSecret('correct-horse-battery', 'two');
    const done = await rollback(['--yes']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(await stored()).toContain('password: correct-horse-battery');
    expect(await stored()).toContain('key: one');
    expect(done.stderr).not.toContain('horse');
  });

  it('that are others now are refused by name, and nothing is sent', async () => {
    await keepSecret('correct-horse-battery', 'one');
    await keepSecret('staple-of-another-day', 'two');
    const done = await rollback(['--yes']);
    expect(done.exitCode).toBe(ExitCode.NotFound);
    expect(done.stderr).toContain('Secret/default/db is not known: other values are stored now');
    expect(await stored()).toContain('key: two');
  });

  it('stay as they are now with --keep-secrets-of-now, which is said', async () => {
    await keepSecret('correct-horse-battery', 'one');
    await keepSecret('staple-of-another-day', 'two');
    const done = await rollback(['--yes', '--keep-secrets-of-now']);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain('Secret/default/db stays as it is stored now');
    expect(await stored()).toContain('password: staple-of-another-day');
    expect(await stored()).toContain('key: one');
    expect(await stored()).not.toContain('masked by');
  });

  it('that are not there now cannot be brought back, with --keep-secrets-of-now neither', async () => {
    await keepSecret('correct-horse-battery', 'one');
    await keep('two');
    for (const argv of [['--yes'], ['--yes', '--keep-secrets-of-now']]) {
      const done = await rollback(argv);
      expect(done.exitCode).toBe(ExitCode.NotFound);
      expect(done.stderr).toContain('Secret/default/db is not known, and nothing of it is stored now');
    }
    expect(await stored()).toContain('key: two');
  });
});
