import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { buildLibrary } from '../../scripts/build.ts';
import { bundledCommand, startProcess, type Finished } from '../support/process.ts';
import { projectRoot } from '../support/run-cli.ts';

/** Where the package lies as npm installs it, with its link in .bin, and no Node beside it. */
let user: string;
let installed: string;

beforeAll(async () => {
  user = mkdtempSync(join(tmpdir(), 'maestro-cli-old-node-'));
  const source = join(user, 'source');
  mkdirSync(source);
  for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'job-templates', 'bin'])
    cpSync(join(projectRoot, file), join(source, file), { recursive: true });
  cpSync(dirname(await bundledCommand()), join(source, 'dist'), { recursive: true });
  await buildLibrary(join(source, 'dist/lib'));
  execFileSync('npm', ['pack', '--ignore-scripts', `--pack-destination=${user}`], { cwd: source, stdio: 'ignore' });
  const { name } = JSON.parse(readFileSync(join(source, 'package.json'), 'utf8')) as { name: string };
  const tarball = readdirSync(user).find((file) => file.endsWith('.tgz')) ?? '';
  installed = join(user, 'node_modules', name);
  mkdirSync(installed, { recursive: true });
  execFileSync('tar', ['-xzf', join(user, tarball), '-C', installed, '--strip-components=1']);
  linkDependencies();
  mkdirSync(join(user, 'node_modules/.bin'));
  symlinkSync(`../${name}/bin/maestro-cli`, join(user, 'node_modules/.bin/maestro-cli'));
}, 120_000);

afterAll(() => rmSync(user, { recursive: true, force: true }));

function linkDependencies(): void {
  const { dependencies } = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8')) as {
    dependencies: Record<string, string>;
  };
  for (const dependency of Object.keys(dependencies)) {
    const link = join(user, 'node_modules', dependency);
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(join(projectRoot, 'node_modules', dependency), link);
  }
}

/**
 * A `node` in a folder of its own that says it is version 20, and refuses options that it does not know as that does.
 */
function fakeNode(): string {
  const folder = mkdtempSync(join(user, 'fake-'));
  const pretend = join(folder, 'pretend.cjs');
  writeFileSync(
    pretend,
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } }); Object.defineProperty(process, 'version', { value: 'v20.20.2' });\n",
  );
  const node = join(folder, 'node');
  writeFileSync(
    node,
    `#!/bin/sh\ncase $1 in -v | --version) echo v20.20.2; exit ;; -e | --input-type*) ;; -*) echo "$0: bad option: $1" >&2; exit 9 ;; esac\nexec ${process.execPath} --require ${pretend} "$@"\n`,
  );
  chmodSync(node, 0o755);
  return node;
}

/** A really old one of this machine, if it has one. */
function realOldNode(): string | undefined {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/bin', '/usr/local/bin'];
  return folders
    .map((folder) => join(folder, 'node'))
    .find(
      (file) =>
        existsSync(file) && Number(/^v(\d+)/.exec(execFileSync(file, ['-v'], { encoding: 'utf8' }))?.[1] ?? 24) < 24,
    );
}

const real = realOldNode();
const nodes = [
  { title: 'one that says it is old', node: () => fakeNode(), skip: false },
  { title: `the machine's own (${real ?? 'it has none'})`, node: () => real ?? '', skip: real === undefined },
];

for (const { title, node, skip } of nodes) {
  describe.skipIf(skip)(`an old Node: ${title}`, () => {
    const starts: readonly { readonly how: string; readonly words: (old: string) => readonly [string, ...string[]] }[] =
      [
        { how: 'the launcher', words: () => [join(installed, 'bin/maestro-cli')] },
        { how: 'the link in node_modules/.bin', words: () => [join(user, 'node_modules/.bin/maestro-cli')] },
        { how: 'node dist/maestro-cli.cjs', words: (old) => [old, join(installed, 'dist/maestro-cli.cjs')] },
        { how: 'the script itself', words: () => [join(installed, 'dist/maestro-cli.cjs')] },
      ];

    async function start(
      how: (typeof starts)[number],
      argv: readonly string[],
      env: Readonly<Record<string, string>> = {},
    ): Promise<Finished> {
      const old = node();
      const [file, ...words] = how.words(old);
      return startProcess(file, [...words, ...argv], {
        cwd: user,
        env: { PATH: `${dirname(old)}:/usr/bin:/bin`, ...env },
      }).done;
    }

    const stale =
      '{"manifestWorkName":"w","consumer":"c1","status":"Applied","message":"applied","timestamp":"2026-11-01T00:00:00Z"}';
    function staleResult(): string {
      const file = join(mkdtempSync(join(user, 'results-')), 'r.json');
      writeFileSync(file, stale);
      return file;
    }

    it.each(starts)(
      'started by $how, it is told in one line, ends with 70, and the stale result is gone',
      async (how) => {
        const result = staleResult();
        const { exitCode, stdout, stderr } = await start(how, [
          'apply',
          '-f',
          'w.yaml',
          '--consumer=c1',
          `--results-path=${result}`,
        ]);
        expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 70, stdout: '' });
        expect(stderr).toMatch(/^error: maestro-cli needs Node 24 or later, and \/.* is Node v\d+\.\d+\.\d+\n$/);
        expect(existsSync(result)).toBe(false);
      },
    );

    const first = starts[0] as (typeof starts)[number];
    it.each([
      {
        title: 'named with a blank',
        argv: (file: string) => ['delete', '--name=w', '--consumer=c1', '--results-path', file],
        gone: true,
      },
      {
        title: 'named by the environment, of a command with an outcome',
        argv: () => ['wait', '--name=w', '--consumer=c1'],
        env: true,
        gone: true,
      },
      {
        title: 'named by the environment, of a command without one',
        argv: () => ['list', '--consumer=c1'],
        env: true,
        gone: false,
      },
      {
        title: 'that another flag names too',
        argv: (file: string) => ['apply', '-f', file, `--results-path=${file}`],
        gone: false,
      },
      {
        title: 'that is named behind --, where there are no flags',
        argv: (file: string) => ['version', '--', `--results-path=${file}`],
        gone: false,
      },
      {
        title: 'that is the value of another flag',
        argv: (file: string) => ['list', '--grpc-endpoint', `--results-path=${file}`],
        gone: false,
      },
      {
        title: 'named on a line with a flag that nobody knows',
        argv: (file: string) => ['--bogus', 'apply', `--results-path=${file}`],
        gone: true,
      },
    ])('a result $title: taken away is $gone', async ({ argv, env = false, gone }) => {
      const result = staleResult();
      const { exitCode } = await start(first, argv(result), env ? { RESULTS_PATH: result } : {});
      expect(exitCode).toBe(70);
      expect(existsSync(result)).toBe(!gone);
    });

    it('never takes a manifest away, nor a directory, nor a device', async () => {
      const manifest = staleResult();
      writeFileSync(manifest, 'apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n');
      for (const path of [manifest, dirname(manifest), '/dev/null', '/dev/stdout']) {
        expect((await start(first, ['apply', '-f', 'w.yaml', `--results-path=${path}`])).exitCode).toBe(70);
        expect(existsSync(path), path).toBe(true);
      }
    });

    it.each(['index.js', 'core/index.js', 'parts.js', 'standin/index.js'])(
      'that imports the library (%s) gets the reason',
      async (entry) => {
        const old = node();
        const { exitCode, stdout, stderr } = await startProcess(
          old,
          [
            '-e',
            `import('${join(installed, 'dist/lib', entry)}').then(() => console.log('imported'), (error) => { console.error(String(error)); process.exit(3); })`,
          ],
          { cwd: user },
        ).done;
        expect({ exitCode, stdout }, stderr).toEqual({ exitCode: 3, stdout: '' });
        expect(stderr).toMatch(/^Error: maestro-cli needs Node 24 or later, and \/.* is Node v\d+\.\d+\.\d+\n$/);
      },
    );
  });
}

describe('what ends Node before the first statement', () => {
  async function launch(
    argv: readonly string[],
    { env = {}, node }: { readonly env?: Readonly<Record<string, string>>; readonly node?: string } = {},
  ): Promise<Finished> {
    const path = node === undefined ? dirname(process.execPath) : dirname(node);
    return startProcess(join(installed, 'bin/maestro-cli'), argv, {
      cwd: user,
      env: { PATH: `${path}:/usr/bin:/bin`, ...env },
    }).done;
  }

  it.each(['--no-such-option', '--require=/no/such/file.cjs'])(
    'an option of NODE_OPTIONS that it refuses (%s) ends with 70, not 9 or 1',
    async (option) => {
      const result = join(mkdtempSync(join(user, 'results-')), 'r.json');
      writeFileSync(result, '{"status":"Applied","timestamp":"2026-11-01T00:00:00Z"}');
      const { exitCode, stderr } = await launch(['apply', '-f', 'w.yaml', '--consumer=c1', '--results-path', result], {
        env: { NODE_OPTIONS: option },
      });
      expect(exitCode, stderr).toBe(70);
      expect(stderr).toMatch(/^error: maestro-cli cannot start: Node refuses NODE_OPTIONS \(.*\)\n$/);
      expect(existsSync(result)).toBe(false);
    },
  );

  it('leaves a file alone that is named behind --, where there are no flags', async () => {
    const file = join(mkdtempSync(join(user, 'results-')), 'r.json');
    writeFileSync(file, '{"status":"Applied","timestamp":"2026-11-01T00:00:00Z"}');
    const { exitCode } = await launch(['version', '--', `--results-path=${file}`], {
      env: { NODE_OPTIONS: '--no-such-option' },
    });
    expect(exitCode).toBe(70);
    expect(existsSync(file)).toBe(true);
  });

  it('options that it takes are given to it', async () => {
    expect(await launch(['version'], { env: { NODE_OPTIONS: '--max-old-space-size=200' } })).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
  });

  it('no Node at all ends with 70', async () => {
    const nothing = mkdtempSync(join(user, 'empty-'));
    for (const tool of ['readlink', 'grep', 'rm'])
      symlinkSync(
        execFileSync('/bin/sh', ['-c', `command -v ${tool}`], { encoding: 'utf8' }).trim(),
        join(nothing, tool),
      );
    const { exitCode, stderr } = await startProcess(join(installed, 'bin/maestro-cli'), ['version'], {
      env: { PATH: nothing },
    }).done;
    expect({ exitCode, stderr }).toEqual({
      exitCode: 70,
      stderr: 'error: maestro-cli cannot start: there is no Node on the PATH; it needs Node 24 or later\n',
    });
  });

  it('a program of which a file is not there, or not whole, ends with 70', async () => {
    const copy = mkdtempSync(join(user, 'damaged-'));
    for (const folder of ['bin', 'dist']) cpSync(join(installed, folder), join(copy, folder), { recursive: true });
    for (const name of ['maestro-cli.cjs', 'maestro-cli/loader.cjs', 'maestro-cli/start.cjs']) {
      const file = join(copy, 'dist', name);
      const whole = readFileSync(file, 'utf8');
      for (const damage of ['missing', '', whole.slice(0, whole.length / 2), whole.slice(0, -8)]) {
        if (damage === 'missing') rmSync(file);
        else writeFileSync(file, damage);
        const { exitCode, stdout, stderr } = await startProcess(join(copy, 'bin/maestro-cli'), ['version'], {
          env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin` },
        }).done;
        expect({ exitCode, stdout }, `${name} ${damage.length}: ${stderr}`).toEqual({ exitCode: 70, stdout: '' });
        expect(stderr).toMatch(/^error: maestro-cli cannot start: .+\n/);
      }
      writeFileSync(file, whole);
    }
  });

  it('the stale result of a program that is not there is gone', async () => {
    const copy = mkdtempSync(join(user, 'gone-'));
    cpSync(join(installed, 'bin'), join(copy, 'bin'), { recursive: true });
    const result = join(copy, 'r.json');
    writeFileSync(result, '{"status":"Applied","timestamp":"2026-11-01T00:00:00Z"}');
    const { exitCode } = await startProcess(join(copy, 'bin/maestro-cli'), ['wait', '--name=w', '--consumer=c1'], {
      env: { PATH: `${dirname(process.execPath)}:/usr/bin:/bin`, RESULTS_PATH: result },
    }).done;
    expect(exitCode).toBe(70);
    expect(existsSync(result)).toBe(false);
  });
});
