import { appendFileSync, copyFileSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { historyCommand } from '../../../src/commands/history/command.ts';
import { ExitCode } from '../../../src/exit-code.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { parseFor } from '../../support/parse-for.ts';
import { filesBelow, personWith, secretYaml, versionFiles, type Person } from '../support/kept.ts';
import { workYaml } from '../support/works.ts';

let maestro: StandIn;
beforeEach(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 5, deleteDelayMs: 5 } });
});
afterEach(() => maestro.close());

let person: Person;
const someone = (): Person => personWith(() => maestro);
beforeEach(() => {
  person = someone();
});

/** Cells of the table, without the age. */
async function tableOf(name: string, of: Person = person): Promise<readonly string[]> {
  const { stdout } = await of.done(['history', name, '-c', 'c1', '--no-headers']);
  return stdout
    .trimEnd()
    .split('\n')
    .map((line) => {
      const [version = '', , ...rest] = line.split(/ {3,}/);
      return [version, ...rest].join(' | ');
    });
}

describe('argv to options', () => {
  it.each([
    [['w', '-c', 'c1'], { address: { name: 'w', consumer: 'c1' }, show: { what: 'versions' }, output: 'table' }],
    [['w', '-c', 'c1', '--version=3', '-o', 'yaml'], { show: { what: 'version', version: 3 }, output: 'yaml' }],
    [['w', '-c', 'c1', '--diff=3'], { show: { what: 'diff', version: 3 } }],
    [['w', '-c', 'c1', '--no-headers'], { headers: false }],
  ])('%j', (argv, options) => {
    expect(parseFor(historyCommand, argv)).toMatchObject(options);
  });

  it.each([
    [[], 'no work was named'],
    [['w', '-c', 'c1', '--version=0'], '--version takes a whole number of at least 1'],
    [['w', '-c', 'c1', '--version=1', '--diff=2'], '--version and --diff show two things'],
    [['w', '-c', 'c1', '--diff=2', '-o', 'json'], '--diff prints text'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFor(historyCommand, argv)).toThrow(message);
  });
});

describe('what apply --keep-history keeps', () => {
  it('is what was stored, by whom, and what it changed', async () => {
    await person.apply(workYaml('kept'), '--keep-history');
    await person.apply(workYaml('kept', { value: 'two' }), '--keep-history');
    expect(await tableOf('kept')).toEqual([
      '1 | maestro-cli | apply created | creates it with 1 manifest',
      '2 * | maestro-cli | apply updated | changes ConfigMap/default/settings',
    ]);
    const { stdout } = await person.done(['history', 'kept', '-c', 'c1', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      name: 'kept',
      consumer: 'c1',
      source: 'maestro-cli',
      server: maestro.grpcEndpoint,
      storedVersion: 2,
      versions: [
        { version: 1, stored: false, kept: true, manager: 'maestro-cli', operation: 'created', command: 'apply' },
        { version: 2, stored: true, kept: true, changes: ['changes ConfigMap/default/settings'] },
      ],
    });
  });

  it('is what was found stored too, before it is written over', async () => {
    await person.apply(workYaml('before'));
    await person.apply(workYaml('before', { value: 'two' }), '--keep-history');
    expect(await tableOf('before')).toEqual([
      '1 | - | found',
      '2 * | maestro-cli | apply updated | changes ConfigMap/default/settings',
    ]);
    await person.apply(workYaml('same'));
    await person.apply(workYaml('same'), '--keep-history');
    expect(await tableOf('same')).toEqual(['1 * | - | found']);
  });

  it('is nothing of what was written elsewhere, which is said', async () => {
    await person.apply(workYaml('gaps'), '--keep-history');
    for (const value of ['two', 'three', 'four']) await person.apply(workYaml('gaps', { value }));
    expect(await tableOf('gaps')).toEqual([
      '1 | maestro-cli | apply created | creates it with 1 manifest',
      '2-3 | - | not kept here',
      '4 * | - | not kept here',
    ]);
  });

  it.each([
    ['a dry run of the client', ['--dry-run'], 0],
    ['a dry run of the server', ['--dry-run=server'], 0],
    ['a write that is refused', ['--if-version=7'], 5],
    ['no flag', [], 0],
  ])('is nothing of %s', async (_what, argv, exitCode) => {
    const other = someone();
    await other.apply(workYaml('unkept'));
    const flag = argv.length === 0 ? [] : ['--keep-history'];
    const files = { 'w.yaml': workYaml('unkept', { value: `other-${argv.join()}` }) };
    const done = await other.run(['apply', '-f', 'w.yaml', '-c', 'c1', ...flag, ...argv], { files });
    expect(done.exitCode, done.stderr).toBe(exitCode);
    expect(filesBelow(other.state)).toEqual([]);
  });

  it('is as many versions as it says, and it says which it drops', async () => {
    for (const value of ['one', 'two', 'three']) await person.apply(workYaml('few', { value }), '--keep-history=2');
    const done = await person.apply(workYaml('few', { value: 'four' }), '--keep-history=2');
    expect(done.stderr).toContain('few on c1: dropped version 2 from the history');
    expect(await tableOf('few')).toEqual([
      '1-2 | - | not kept here',
      '3 | maestro-cli | apply updated | changes ConfigMap/default/settings',
      '4 * | maestro-cli | apply updated | changes ConfigMap/default/settings',
    ]);
  });

  it('can be asked for by MAESTRO_KEEP_HISTORY, and goes to every consumer of a fleet', async () => {
    const other = someone();
    const files = { 'w.yaml': workYaml('fleet') };
    await other.done(['apply', '-f', 'w.yaml', '-c', 'c1', '-c', 'c2'], { files, env: { MAESTRO_KEEP_HISTORY: '3' } });
    expect(versionFiles(other.state)).toHaveLength(2);
    expect(await tableOf('fleet', other)).toEqual(['1 * | maestro-cli | apply created | creates it with 1 manifest']);
  });

  it.each([
    ['a context', {}, ['--context=a'], 1],
    ['the current context', {}, [], 1],
    ['a context, unless the environment says no', { MAESTRO_KEEP_HISTORY: 'no' }, [], 0],
    ['a context that is named, whatever the environment says', { MAESTRO_KEEP_HISTORY: 'no' }, ['--context=a'], 1],
  ])('can be asked for by %s', async (_what, env, argv, count) => {
    const files = {
      'w.yaml': workYaml('w'),
      'config.yaml': 'current-context: a\ncontexts: {a: {keep-history: true}}\n',
    };
    const line = ['apply', '-f', 'w.yaml', '-c', 'c1', ...argv];
    await person.done(line, { files, env: { ...env, MAESTRO_CONFIG: 'config.yaml' } });
    expect(versionFiles(person.state)).toHaveLength(count);
  });

  it('begins anew with a work that is made anew', async () => {
    await person.apply(workYaml('anew'), '--keep-history');
    await person.done(['delete', 'anew', '-c', 'c1', '--watch']);
    const gone = await person.done(['history', 'anew', '-c', 'c1']);
    expect(gone.stderr).toContain('there is no such work now');
    await person.apply(workYaml('anew', { value: 'two' }), '--keep-history');
    const done = await person.done(['history', 'anew', '-c', 'c1']);
    expect(done.stdout.trimEnd().split('\n')).toHaveLength(2);
    expect(done.stderr).toContain('1 kept version of earlier works of this name');
    const { stdout } = await person.done(['history', 'anew', '-c', 'c1', '--version=1']);
    expect(stdout).toContain('key: two');
  });

  it('lies in private files, of which none holds a value of a Secret', async () => {
    const other = someone();
    await other.apply(secretYaml('secret', 'correct-horse-battery'), '--keep-history');
    await other.apply(secretYaml('secret', 'staple-of-another-day', 'two'), '--keep-history');
    const files = filesBelow(other.state);
    expect(files.length).toBeGreaterThan(2);
    for (const { path, text, mode } of files) {
      expect(mode, path).toBe(0o600);
      for (const secret of ['correct-horse-battery', 'staple-of-another-day'])
        for (const form of [secret, Buffer.from(secret).toString('base64'), Buffer.from(secret).toString('hex')])
          expect(text, path).not.toContain(form);
    }
    expect(statSync(join(other.state, 'maestro-cli', 'history')).mode & 0o777).toBe(0o700);
    const { stdout } = await other.done(['history', 'secret', '-c', 'c1', '-o', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({
      versions: [
        {},
        {
          changes: ['changes Secret/default/db', 'changes ConfigMap/default/settings'],
          secretsLeftOut: ['Secret/default/db'],
        },
      ],
    });
  });
});

describe('what cannot be kept', () => {
  it('is a warning, and the exit code is that of the write', async () => {
    const other = someone();
    writeFileSync(join(other.state, 'maestro-cli'), 'a file');
    const done = await other.apply(workYaml('warned'), '--keep-history');
    expect(done.stdout).toContain('created (version 1)');
    expect(done.stderr).toMatch(
      /warning: warned on c1: version 1 is not in the history: .*; the work itself is stored/,
    );
  });

  it('is said when nobody knows where to keep it', async () => {
    const other = someone();
    const files = { 'w.yaml': workYaml('homeless') };
    const env = { XDG_STATE_HOME: '', HOME: '' };
    const done = await other.done(['apply', '-f', 'w.yaml', '-c', 'c1', '--keep-history'], { files, env });
    expect(done.stderr).toContain('no history is kept');
  });
});

describe('the version that is stored', () => {
  it('is not said to be the kept one of its number when a restored server has given the number again', async () => {
    const dataFile = join(mkdtempSync(join(tmpdir(), 'maestro-cli-data-')), 'data.json');
    let server = await startStandIn({ consumers: ['c1'], dataFile });
    const grpcPort = Number(server.grpcEndpoint.split(':').at(-1));
    const restart = async (): Promise<void> => {
      await server.close();
      server = await startStandIn({ consumers: ['c1'], dataFile, grpcPort });
    };
    const other = personWith(() => server);
    await other.apply(secretYaml('restored', 'correct-horse-battery'), '--keep-history');
    await restart();
    copyFileSync(dataFile, `${dataFile}.backup`);
    await other.apply(secretYaml('restored', 'correct-horse-battery', 'two'), '--keep-history');
    const before = await other.done(['history', 'restored', '-c', 'c1', '--no-headers']);
    expect(before.stdout).toMatch(/^2 \*.*apply updated/m);
    expect(before.stderr).not.toContain('restore');
    await server.close();
    copyFileSync(`${dataFile}.backup`, dataFile);
    server = await startStandIn({ consumers: ['c1'], dataFile, grpcPort });
    await other.apply(secretYaml('restored', 'correct-horse-battery', 'three'));
    const after = await other.done(['history', 'restored', '-c', 'c1', '--no-headers']);
    await server.close();
    expect(after.stderr).toContain('what is stored as version 2 is not the version 2 that is kept here');
    expect(after.stdout).not.toContain('*');
  });
});

describe('files that somebody has damaged', () => {
  it.each([
    ['cut off', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').slice(0, 100))],
    ['emptied', (path: string) => writeFileSync(path, '')],
    ['changed', (path: string) => writeFileSync(path, readFileSync(path, 'utf8').replace('one', 'two'))],
    ['added to', (path: string) => appendFileSync(path, 'more')],
    ['of another form', (path: string) => writeFileSync(path, '{"history":"maestro-cli/history/9"}')],
  ])('are told and left out: %s', async (_how, damage) => {
    const other = someone();
    await other.apply(workYaml('damaged'), '--keep-history');
    await other.apply(workYaml('damaged', { value: 'later' }), '--keep-history');
    const [first = ''] = versionFiles(other.state);
    damage(first);
    const done = await other.done(['history', 'damaged', '-c', 'c1', '--no-headers']);
    expect(done.stderr).toContain(`${first} says nothing of the history`);
    expect(done.stdout).toMatch(/^1 .*not kept here\n2 \*/);
  });
});

describe('one version', () => {
  it('is printed as a ManifestWork, with Secrets masked', async () => {
    await person.apply(secretYaml('shown', 'correct-horse-battery'), '--keep-history');
    await person.apply(secretYaml('shown', 'correct-horse-battery', 'two'), '--keep-history');
    const yaml = await person.done(['history', 'shown', '-c', 'c1', '--version=1', '-o', 'yaml']);
    expect(yaml.stdout).toContain('password: (masked by maestro-cli)');
    expect(yaml.stdout).toContain('key: one');
    const json = await person.done(['history', 'shown', '-c', 'c1', '--version=1', '-o', 'json']);
    expect(JSON.parse(json.stdout)).toMatchObject({ kind: 'ManifestWork', metadata: { name: 'shown' } });
    expect(`${yaml.stdout}${json.stdout}`).not.toContain('horse');
  });

  it('is compared with the one that is kept before it', async () => {
    await person.apply(secretYaml('compared', 'correct-horse-battery'), '--keep-history');
    await person.apply(secretYaml('compared', 'staple-of-another-day', 'two'), '--keep-history');
    const { stdout } = await person.done(['history', 'compared', '-c', 'c1', '--diff=2']);
    expect(stdout).toContain('# compared on c1: version 2 against version 1');
    expect(stdout).toContain('# Secret/default/db: its values were changed, and are not kept');
    expect(stdout).toContain('-  key: one\n+  key: two');
    expect(stdout).toContain('--- version-1/ConfigMap/default/settings\n+++ version-2/ConfigMap/default/settings\n');
    const first = await person.done(['history', 'compared', '-c', 'c1', '--diff=1']);
    expect(first.stdout).toContain('against nothing: no version before it is kept');
  });

  it('that is not kept is not found, and what there is is said', async () => {
    await person.apply(workYaml('asked'), '--keep-history');
    const done = await person.run(['history', 'asked', '-c', 'c1', '--version=9']);
    expect(done.exitCode).toBe(ExitCode.NotFound);
    expect(done.stderr).toContain('version 9 of asked on c1 is not kept');
    expect(done.stderr).toContain('There is: 1.');
  });
});

it('a work without a history shows the version that is stored, and how to keep one; no work is exit code 3', async () => {
  await person.apply(workYaml('plain'));
  const done = await person.done(['history', 'plain', '-c', 'c1', '--no-headers']);
  expect(done.stdout).toMatch(/^1 \* .*not kept here\n$/);
  expect(done.stderr).toContain('apply --keep-history keeps what it stores');
  expect((await person.run(['history', 'nothing', '-c', 'c1'])).exitCode).toBe(ExitCode.NotFound);
});
