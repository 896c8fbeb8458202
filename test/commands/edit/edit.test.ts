import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { editCommand } from '../../../src/commands/edit/command.ts';
import type { ProgramEnd } from '../../../src/io/run-program.ts';
import { ExitCode } from '../../../src/exit-code.ts';
import { MaestroError } from '../../../src/errors.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { parseFor } from '../../support/parse-for.ts';
import { runCli, type CliOptions, type CliRun } from '../../support/run-cli.ts';
import { resultOf } from '../support/result.ts';
import { runWithEditor, type EditorRun, type Keystrokes } from '../support/scripted-editor.ts';
import { workYaml } from '../support/works.ts';

let maestro: StandIn;
beforeEach(async () => {
  maestro = await startStandIn({ consumers: ['c1'], agent: { delayMs: 5, deleteDelayMs: 60_000 } });
});
afterEach(() => maestro.close());

const edit = (argv: readonly string[], keys: readonly Keystrokes[], options: CliOptions = {}): Promise<EditorRun> =>
  runWithEditor(['edit', ...argv], keys, { endpoints: maestro, ...options });

async function run(argv: readonly string[], text?: string): Promise<CliRun> {
  const done = await runCli(argv, { endpoints: maestro, ...(text === undefined ? {} : { files: { 'w.yaml': text } }) });
  expect(done.exitCode, done.stderr).toBe(0);
  return done;
}

const apply = (name: string, text = workYaml(name), ...argv: readonly string[]): Promise<CliRun> =>
  run(['apply', '-f', 'w.yaml', '-c', 'c1', ...argv], text);
const stored = async (name: string): Promise<string> =>
  (await run(['get', name, '-c', 'c1', '-o', 'manifestwork'])).stdout;
const versionOf = async (name: string): Promise<string> =>
  (await run(['get', name, '-c', 'c1', '-o', 'jsonpath={.metadata.generation}'])).stdout;

const oneToTwo: Keystrokes = (text) => text.replace('key: one', 'key: two');
const asItIs: Keystrokes = () => undefined;

const secretYaml = (name: string): string => `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: ${name}}
spec:
  workload:
    manifests:
    - apiVersion: v1
      kind: Secret
      metadata: {name: db, namespace: default}
      stringData: {user: hunter-of-old, password: correct-horse-battery}
    - apiVersion: v1
      kind: ConfigMap
      metadata: {name: settings, namespace: default}
      data: {key: one}
`;

describe('argv to options', () => {
  it.each([
    [['w', '-c', 'c1'], { address: { by: 'name', name: 'w', consumer: 'c1' }, yes: false, force: false }],
    [['w', '-c', 'c1', '-y', '--force', '--manager=m'], { yes: true, force: true, manager: 'm' }],
    [['w', '-c', 'c1', '--keep-history'], { keepVersions: 10 }],
    [['w', '-c', 'c1', '--keep-history=3', '-o', 'json'], { keepVersions: 3, output: 'json' }],
    [['w', '-c', 'c1', '--watch', '--timeout=9s'], { await: { text: 'Applied' }, timeoutMs: 9_000 }],
    [['w', '-c', 'c1'], { overwrite: false, merge: false, conflictRetries: 0 }],
  ])('%j', (argv, options) => {
    expect(parseFor(editCommand, argv)).toMatchObject(options);
  });

  it.each([
    [['-c', 'c1'], 'no work was named'],
    [['w'], '--consumer is missing for w'],
    [['w', '-c', 'c1,c2'], 'names several consumers'],
    [['w', 'v', '-c', 'c1'], 'too many arguments'],
    [['w', '-c', 'c1', '--via=stream'], '--via is for --watch and --wait: nothing else is waited for'],
    [['w', '-c', 'c1', '--keep-history=many'], '--keep-history takes a number of versions'],
  ])('refuses %j', (argv, message) => {
    expect(() => parseFor(editCommand, argv)).toThrow(message);
  });
});

describe('what the editor is shown', () => {
  it('is what get -o manifestwork prints, under a head that says which work, where and at which version', async () => {
    await apply('head');
    const done = await edit(['head', '-c', 'c1', '-y'], [asItIs]);
    expect(done.shown[0]).toMatch(
      /^# work: {5}head\n# consumer: c1\n# version: {2}1;.*\n# server: {3}127\.0\.0\.1:\d+ as source maestro-cli$/m,
    );
    const body = (done.shown[0] ?? '')
      .split('\n')
      .filter((line) => !line.startsWith('#'))
      .join('\n');
    expect(body).toBe(await stored('head'));
  });

  it('lies in a private file of a private folder, of which nothing is left, copies of the editor included', async () => {
    await apply('private');
    const modes: number[] = [];
    const done = await edit(
      ['private', '-c', 'c1', '-y'],
      [
        (text, path) => {
          modes.push(statSync(path).mode & 0o777, statSync(dirname(path)).mode & 0o777);
          writeFileSync(join(dirname(path), '.work.yaml.swp'), text);
          mkdirSync(join(dirname(path), 'backup'));
          return oneToTwo(text, path);
        },
      ],
    );
    expect(modes).toEqual([0o600, 0o700]);
    expect(readdirSync(done.temp)).toEqual([]);
  });

  it.each([
    [{ MAESTRO_EDITOR: 'a', KUBE_EDITOR: 'b', VISUAL: 'c', EDITOR: 'd' }, ['a']],
    [{ MAESTRO_EDITOR: '', KUBE_EDITOR: 'b', VISUAL: 'c', EDITOR: 'd' }, ['b']],
    [{ MAESTRO_EDITOR: '', VISUAL: 'c', EDITOR: 'd' }, ['c']],
    [{ MAESTRO_EDITOR: '', EDITOR: 'code --wait' }, ['sh', '-c', 'code --wait "$@"', 'maestro-cli']],
    [{ MAESTRO_EDITOR: '' }, ['vi']],
  ])('is opened by the editor that is wanted: %j', async (env, argv) => {
    await apply('wanted');
    const done = await edit(['wanted', '-c', 'c1', '-y'], [asItIs], { env, interactive: true });
    expect(done.argv.map((one) => one.slice(0, -1))).toEqual([argv]);
  });
});

describe('what is sent', () => {
  it('is the change, shown as a diff on stderr first, for the version that was opened', async () => {
    await apply('send');
    const done = await edit(['send', '-c', 'c1', '-y'], [oneToTwo]);
    expect(done).toMatchObject({
      exitCode: ExitCode.Done,
      stdout: 'manifestwork.work.open-cluster-management.io/send updated (version 2)\n',
    });
    expect(done.stderr).toContain('-  key: one\n+  key: two\n');
    expect(await stored('send')).toContain('key: two');
  });

  it.each([
    ['left as it was', asItIs],
    ['saved as it was', (text: string) => text],
    ['emptied', () => ''],
    ['left with nothing but comments', () => '# no\n\n# thing\n'],
    ['written another way with the same meaning', (text: string) => text.replace('key: one', '"key":   "one" # one')],
  ])('is nothing for a text that is %s', async (_how, keys: Keystrokes) => {
    await apply('nothing');
    const done = await edit(['nothing', '-c', 'c1', '-y', '--results-path=result.json'], [keys]);
    expect(done).toMatchObject({
      exitCode: ExitCode.Done,
      stdout: 'manifestwork.work.open-cluster-management.io/nothing unchanged (version 1)\n',
    });
    expect(done.stderr).toContain('nothing was sent');
    expect(resultOf(done)).toMatchObject({ manifestWorkName: 'nothing', consumer: 'c1' });
    expect(await versionOf('nothing')).toBe('1');
    expect(readdirSync(done.temp)).toEqual([]);
  });

  it('is nothing without a yes, and the text is kept', async () => {
    await apply('asked');
    const no = await edit(['asked', '-c', 'c1'], [oneToTwo], { interactive: true, isTTY: true, stdin: 'n\n' });
    expect(no).toMatchObject({ exitCode: ExitCode.Usage, stdout: '' });
    expect(no.stderr).toMatch(
      /writing to \S+ as source maestro-cli\n[^]*write this to asked on c1 at 127\.0\.0\.1:\d+ as source maestro-cli\? \[y\/N\]/,
    );
    expect(no.stderr).toContain('not confirmed, nothing was done');
    expect(readFileSync(keptIn(no), 'utf8')).toContain('key: two');
    expect(await versionOf('asked')).toBe('1');
    const yes = await edit(['asked', '-c', 'c1'], [oneToTwo], { interactive: true, stdin: 'y\n' });
    expect(yes.exitCode).toBe(0);
    expect(await versionOf('asked')).toBe('2');
  });

  it('is not sent where what is awaited could never come true, and is kept', async () => {
    await apply('awaited');
    const done = await edit(['awaited', '-c', 'c1', '-y', '--watch=Job/typo:Complete'], [oneToTwo]);
    expect(done.exitCode).toBe(ExitCode.Usage);
    expect(done.stderr).toContain('no manifest of awaited matches Job/typo');
    expect(readFileSync(keptIn(done), 'utf8')).toContain('key: two');
    expect(await versionOf('awaited')).toBe('1');
  });

  it('is told in -o json and in the result file as by apply, and --watch waits', async () => {
    await apply('told');
    const done = await edit(
      ['told', '-c', 'c1', '-y', '-o', 'json', '--watch', '--results-path=result.json'],
      [oneToTwo],
    );
    expect(done.exitCode, done.stderr).toBe(0);
    expect(JSON.parse(done.stdout)).toMatchObject({
      works: [{ name: 'told', version: 2, operation: 'updated' }],
    });
    expect(resultOf(done)).toMatchObject({ manifestWorkName: 'told', status: 'Applied' });
  });
});

/** The file that a run said it kept. */
function keptIn(done: EditorRun): string {
  const path = /Your text is kept in (\S+?)(?:, without|\.\s|\.$)/m.exec(done.stderr)?.[1];
  if (path === undefined) throw new Error(`no text was kept: ${done.stderr}`);
  expect(path.startsWith(done.temp)).toBe(true);
  expect(statSync(path).mode & 0o777).toBe(0o600);
  return path;
}

describe('mistakes', () => {
  it('stand at the top with their lines, and the editor opens again with the text as it was left', async () => {
    await apply('mended');
    const done = await edit(
      ['mended', '-c', 'c1', '-y'],
      [
        (text) => text.replace('key: one', 'key: [two'),
        (text) => text.replace('key: [two', 'key: two').replace('kind: ConfigMap', 'kind: configmap!'),
        (text) => text.replace('kind: configmap!', 'kind: ConfigMap'),
      ],
    );
    expect(done.shown[1]).toMatch(/^# The text was refused, and nothing was sent:\n# \* line \d+, column \d+: /);
    expect(done.shown[1]).toContain('key: [two');
    const line = Number(/\* line (\d+)/.exec(done.shown[1] ?? '')?.[1]);
    expect(
      done.shown[1]
        ?.split('\n')
        .slice(line - 2, line)
        .join('\n'),
    ).toContain('key: [two');
    expect(done.shown[2]?.match(/The text was refused/g)).toHaveLength(1);
    expect(done.shown[2]).toContain('spec.workload.manifests[0].kind');
    expect(done.exitCode, done.stderr).toBe(0);
    expect(await stored('mended')).toContain('key: two');
  });

  it('that are left in end the edit with exit code 4, and the text is kept and named', async () => {
    await apply('given-up');
    const done = await edit(['given-up', '-c', 'c1', '-y'], [(text) => text.replace('key: one', 'key: [two'), asItIs]);
    expect(done).toMatchObject({ exitCode: ExitCode.InvalidInput, stdout: '' });
    expect(done.stderr).toContain('the edit was given up with mistakes in it');
    expect(readFileSync(keptIn(done), 'utf8')).toContain('key: [two');
    expect(await versionOf('given-up')).toBe('1');
  });

  it('are a name or a consumer that is changed, and a second work', async () => {
    await apply('moved');
    const done = await edit(
      ['moved', '-c', 'c1', '-y'],
      [
        (text) => text.replace('name: moved', 'name: elsewhere').replace('namespace: c1', 'namespace: c9'),
        (text) => `${text}---\n${workYaml('second')}`,
        asItIs,
      ],
    );
    expect(done.shown[1]).toContain('metadata.name: it is stored as "moved"');
    expect(done.shown[1]).toContain('metadata.namespace: it is stored as "c1"');
    expect(done.shown[2]).toContain('there has to be one work in it, and there are 2');
    expect(done.exitCode).toBe(ExitCode.InvalidInput);
  });

  it('of what is stored already do not keep another change from being sent', async () => {
    await apply(
      'old-mistake',
      workYaml('old-mistake').replace('data: {key: "one"}', 'data: {key: one}\n      immutable: "no"'),
    );
    const done = await edit(['old-mistake', '-c', 'c1', '-y'], [oneToTwo]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(await versionOf('old-mistake')).toBe('2');
  });
});

describe('what others do meanwhile', () => {
  it('is never overwritten: exit code 5, and the text is kept', async () => {
    await apply('raced');
    const done = await edit(
      ['raced', '-c', 'c1', '-y', '-o', 'json'],
      [
        async (text, path) => {
          await apply('raced', workYaml('raced', { value: 'theirs' }));
          return oneToTwo(text, path);
        },
      ],
    );
    expect(done.exitCode).toBe(ExitCode.Conflict);
    expect(done.stderr).toContain('raced on c1: you edited version 1, and version 2 is stored by now');
    expect(readFileSync(keptIn(done), 'utf8')).toContain('key: two');
    expect(await stored('raced')).toContain('key: theirs');
  });

  it('may be a delete, which is no reason to make the work anew', async () => {
    await apply('gone');
    const done = await edit(
      ['gone', '-c', 'c1', '-y'],
      [
        async (text, path) => {
          await run(['delete', 'gone', '-c', 'c1']);
          return oneToTwo(text, path);
        },
      ],
    );
    expect(done.exitCode).toBe(ExitCode.Conflict);
    expect(done.stderr).toContain('gone on c1 is being deleted');
    expect(readFileSync(keptIn(done), 'utf8')).toContain('key: two');
    const again = await edit(['gone', '-c', 'c1', '-y'], []);
    expect(again).toMatchObject({ exitCode: ExitCode.Conflict, shown: [] });
  });

  it('may be another work of the name, whose versions begin again at the one that was opened', async () => {
    maestro.setAgent('c1', { deleteDelayMs: 5 });
    await apply('anew');
    const done = await edit(
      ['anew', '-c', 'c1', '-y'],
      [
        async (text, path) => {
          await run(['delete', 'anew', '-c', 'c1', '--wait']);
          await apply('anew', workYaml('anew', { value: 'theirs' }));
          return oneToTwo(text, path);
        },
      ],
    );
    expect(done.exitCode).toBe(ExitCode.Conflict);
    expect(done.stderr).toContain('anew on c1 was deleted and made anew since it was read');
    expect(readFileSync(keptIn(done), 'utf8')).toContain('key: two');
    expect(await stored('anew')).toContain('key: theirs');
  });

  it('leaves what another manager owns alone, by name, unless --force is given', async () => {
    await apply('owned', workYaml('owned'), '--manager=theirs');
    const done = await edit(['owned', '-c', 'c1', '-y'], [oneToTwo]);
    expect(done.exitCode).toBe(ExitCode.Ownership);
    expect(done.stderr).toMatch(/ConfigMap\/default\/settings.*theirs/);
    expect(readFileSync(keptIn(done), 'utf8')).toContain('key: two');
    const forced = await edit(['owned', '-c', 'c1', '-y', '--force'], [oneToTwo]);
    expect(forced.exitCode, forced.stderr).toBe(0);
    expect(forced.stderr.match(/theirs/g)).toHaveLength(1);
  });

  it('keeps their record when something else is changed', async () => {
    await apply('labelled', workYaml('labelled'), '--manager=theirs');
    const done = await edit(
      ['labelled', '-c', 'c1', '-y'],
      [(text) => text.replace('  name: labelled', '  labels: {a: b}\n  name: labelled')],
    );
    expect(done.exitCode, done.stderr).toBe(0);
    const { stdout } = await run(['get', 'labelled', '-c', 'c1', '-o', 'json']);
    expect(stdout).toContain('theirs');
  });

  it("is another source's work, which is refused before the editor opens", async () => {
    await apply('foreign', workYaml('foreign'), '--source-id=other');
    const done = await edit(['foreign', '-c', 'c1', '-y'], []);
    expect(done).toMatchObject({ exitCode: ExitCode.Ownership, shown: [] });
    expect(done.stderr).toContain('belongs to another source than maestro-cli');
  });
});

describe('Secrets', () => {
  it('are masked, and stay as they are stored when their masks stay', async () => {
    await apply('s1', secretYaml('s1'));
    const done = await edit(['s1', '-c', 'c1', '-y'], [oneToTwo]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.shown[0]).toContain('password: (masked by maestro-cli)');
    expect(`${done.shown[0]}${done.stderr}${done.stdout}`).not.toMatch(/correct-horse|hunter/);
    const after = await stored('s1');
    expect(after).toContain('password: correct-horse-battery');
    expect(after).toContain('key: two');
  });

  it('change where a value is typed over a mask, which the diff says without saying it', async () => {
    await apply('s2', secretYaml('s2'));
    const done = await edit(
      ['s2', '-c', 'c1', '-y'],
      [(text) => text.replace('password: (masked by maestro-cli)', 'password: staple-of-new')],
    );
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain('(masked by maestro-cli: changed)');
    expect(done.stderr).not.toMatch(/staple|horse|hunter/);
    expect(await stored('s2')).toContain('password: staple-of-new');
    expect(await stored('s2')).toContain('user: hunter-of-old');
  });

  it.each([
    ['a key that was not there', (text: string) => text.replace('password: (masked', 'pass: (masked')],
    ['an object of another kind', (text: string) => text.replace('kind: Secret', 'kind: ConfigMap')],
    ['an object of another name', (text: string) => text.replace('name: db', 'name: other')],
  ])('are not made up for %s', async (_what, keys) => {
    await apply('s3', secretYaml('s3'));
    const done = await edit(['s3', '-c', 'c1', '-y'], [keys, asItIs]);
    expect(done.exitCode).toBe(ExitCode.InvalidInput);
    expect(done.shown[1]).toContain('this stands for a value that is stored, and none is stored at this place');
    expect(await versionOf('s3')).toBe('1');
  });

  it('that were typed are in no file that is kept, whether or not the text can be read', async () => {
    await apply('s4', secretYaml('s4'));
    const typed: Keystrokes = (text) =>
      text.replace('password: (masked by maestro-cli)', 'password: staple-of-new').replace('key: one', 'key: two');
    const refused = await edit(['s4', '-c', 'c1'], [typed], { interactive: true, stdin: 'n\n' });
    const kept = readFileSync(keptIn(refused), 'utf8');
    expect(kept).not.toContain('staple');
    expect(kept).toContain('key: two');
    expect(refused.stderr).toContain('without the values that you typed for Secrets');
    const broken = await edit(
      ['s4', '-c', 'c1', '-y'],
      [async (text, path) => `${await typed(text, path)}\n  - : [staple-of-new\n`, asItIs],
    );
    expect(broken.exitCode).toBe(ExitCode.InvalidInput);
    const keptBroken = readFileSync(keptIn(broken), 'utf8');
    expect(keptBroken).not.toContain('staple');
    expect(keptBroken).toContain('kind: ConfigMap');
    expect(`${refused.stderr}${broken.stderr}`).not.toContain('staple');
  });
});

describe('an editor', () => {
  it.each([
    [{ kind: 'absent' }, 'was not found'],
    [{ kind: 'notStarted', code: 'EACCES' }, 'could not be started (EACCES)'],
    [{ kind: 'ended', exitCode: 1, stdout: new Uint8Array(), stderr: '' }, 'ended with exit code 1'],
    [{ kind: 'ended', killedBy: 'SIGKILL', stdout: new Uint8Array(), stderr: '' }, 'was ended by SIGKILL'],
  ] as const)('that failed sends nothing: %j', async (end: ProgramEnd, text) => {
    await apply('failed-editor');
    const done = await edit(['failed-editor', '-c', 'c1', '-y'], [], { run: () => Promise.resolve(end) });
    expect(done).toMatchObject({ exitCode: ExitCode.Usage, stdout: '' });
    expect(done.stderr).toContain(`the editor scripted ${text}`);
    expect(readdirSync(done.temp)).toEqual([]);
    expect(await versionOf('failed-editor')).toBe('1');
  });

  it.each(['', 'vim', '/usr/bin/nano -w'])(
    '"%s" is refused without a terminal, before anything is read',
    async (EDITOR) => {
      const done = await edit(['any', '-c', 'c1', '-y'], [], { env: { MAESTRO_EDITOR: '', EDITOR } });
      expect(done).toMatchObject({ exitCode: ExitCode.Usage, shown: [] });
      expect(done.stderr).toContain('needs a terminal, and there is none');
    },
  );

  it('that needs no terminal still needs --yes where nobody can answer', async () => {
    const done = await edit(['any', '-c', 'c1'], []);
    expect(done).toMatchObject({ exitCode: ExitCode.Usage, shown: [] });
    expect(done.stderr).toContain('Give -y.');
  });

  it('that a signal ends leaves no file', async () => {
    await apply('signalled');
    const stop = new AbortController();
    const done = await edit(['signalled', '-c', 'c1', '-y'], [], {
      signal: stop.signal,
      run: () => {
        stop.abort(new MaestroError('terminated', 'terminated by SIGTERM'));
        stop.signal.throwIfAborted();
        return Promise.reject(new Error('not reached'));
      },
    });
    expect(done.exitCode).toBe(ExitCode.Terminated);
    expect(readdirSync(done.temp)).toEqual([]);
  });
});
