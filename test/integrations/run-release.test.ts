import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { architectures, executableName, type Architecture } from '../../scripts/artefacts/names.ts';
import { checksumsFile, downloadUrl } from '../../scripts/release/artefacts.ts';
import { startProcess, type Finished } from '../support/process.ts';
import { cloneOfRepository, publish, sha256, startReleaseServer, thisMachines, version } from './support/release.ts';
import type { ReleaseServer } from './support/release.ts';

/** Says what it is and what it is given; ends as STUB_EXIT says. */
const stub = (name: string): string =>
  `#!/bin/sh\nprintf '%s' '${name}'\nprintf ' [%s]' "$@"\nexit "\${STUB_EXIT:-0}"\n`;
const genuine = stub('genuine');
const other = stub('other');

let server: ReleaseServer;
let clone: string;
let cache: string;

beforeEach(async () => {
  server = await startReleaseServer();
  clone = cloneOfRepository();
  cache = join(mkdtempSync(join(tmpdir(), 'release-cache-')), 'cache');
  publish(server, { [thisMachines]: genuine });
});
afterEach(() => server.close());

async function run(argv: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return startProcess(join(clone, 'integrations/run-release.sh'), argv, {
    env: { MAESTRO_CLI_RELEASE_URL: server.url, MAESTRO_CLI_RELEASE_CACHE: cache, ...env },
  }).done;
}

const kept = (of = version): string => join(cache, of, thisMachines);
const files = (folder: string): readonly string[] => (existsSync(folder) ? readdirSync(folder).sort() : []);
const onlyTheExecutable = [thisMachines, `${thisMachines}.sha256`];

describe('the executable of a release', () => {
  it('is downloaded once, checked, kept, and run with the words and the exit code as they are', async () => {
    const words = ['validate', '--schema=a b', '--', '$(touch hacked)', '--release-sha256=x', ''];
    const first = await run(words, { STUB_EXIT: '4' });
    expect(first, first.stderr).toMatchObject({
      exitCode: 4,
      stdout: 'genuine [validate] [--schema=a b] [--] [$(touch hacked)] [--release-sha256=x] []',
      stderr: '',
    });
    expect(server.requests).toEqual([`/v${version}/SHA256SUMS`, `/v${version}/${thisMachines}`]);
    expect(files(join(cache, version))).toEqual(onlyTheExecutable);
    // Without a network from now on.
    await server.close();
    expect(await run(['version'])).toMatchObject({ exitCode: 0, stdout: 'genuine [version]', stderr: '' });
  });

  it('is kept in the clone when no other place is named, so that it goes with the clone', async () => {
    expect(await run(['version'], { MAESTRO_CLI_RELEASE_CACHE: '' })).toMatchObject({ exitCode: 0 });
    expect(files(join(clone, '.release', version))).toEqual(onlyTheExecutable);
  });

  it('is of the version of the commit, or of the one that is named', async () => {
    publish(server, { [thisMachines]: other }, '9.8.7-rc.1');
    for (const named of ['9.8.7-rc.1', 'v9.8.7-rc.1']) {
      const { stdout, stderr } = await run(['version', `--release-version=${named}`]);
      expect(stdout, stderr).toBe('other [version]');
    }
    expect((await run(['version'])).stdout).toBe('genuine [version]');
    expect(files(cache)).toEqual([version, '9.8.7-rc.1'].sort());
  });

  it('is run from the clone too, by a relative path', async () => {
    const { stdout } = await startProcess('sh', ['integrations/run-release.sh', 'version'], {
      cwd: clone,
      env: { MAESTRO_CLI_RELEASE_URL: server.url, MAESTRO_CLI_RELEASE_CACHE: cache },
    }).done;
    expect(stdout).toBe('genuine [version]');
  });

  it('is downloaded by several at once, and each runs a whole one', async () => {
    const both = await Promise.all([run(['version']), run(['version']), run(['version'])]);
    for (const one of both) expect(one).toMatchObject({ exitCode: 0, stdout: 'genuine [version]', stderr: '' });
    expect(files(join(cache, version))).toEqual(onlyTheExecutable);
  });
});

it('is looked for where the release script puts it, under the names that it gives', () => {
  const script = readFileSync(join(clone, 'integrations/run-release.sh'), 'utf8');
  expect(script).toContain(`:-${downloadUrl('', '').replace(/v\/$/, '').replace(/\/$/, '')}}`);
  for (const arch of Object.keys(architectures))
    expect(script).toContain(`name=${executableName(arch as Architecture)} `);
  expect(script).toContain(`download ${checksumsFile}`);
});

describe('a download that is not the release', () => {
  it.each([
    ['another file than the list says', () => server.files.set(`v${version}/${thisMachines}`, Buffer.from(other)), 9],
    ['a list without the file', () => server.files.set(`v${version}/SHA256SUMS`, Buffer.from('')), 9],
    [
      'a list that names the file twice',
      () => {
        const line = `${sha256(genuine)}  ${thisMachines}\n`;
        server.files.set(`v${version}/SHA256SUMS`, Buffer.from(line + line));
      },
      9,
    ],
    ['a page in the place of the list', () => server.files.set(`v${version}/SHA256SUMS`, Buffer.from('<html>')), 9],
    ['no release', () => server.files.clear(), 8],
    ['no file', () => server.files.delete(`v${version}/${thisMachines}`), 8],
    ['a part of the file', () => server.answers.set(thisMachines, { cutAfterBytes: 20 }), 8],
    ['an error of the server', () => server.answers.set('SHA256SUMS', { status: 403 }), 8],
  ] as const)('is not run and not kept: %s', async (_title, change, exitCode) => {
    change();
    const ended = await run(['version']);
    expect(ended, ended.stderr).toMatchObject({ exitCode, stdout: '' });
    expect(ended.stderr).toMatch(/^error: http:\/\/127\.0\.0\.1:\d+\/v[^ ]+ .+$/m);
    expect(files(join(cache, version))).toEqual([]);
  });

  it('a server that nobody is at is told with its address', async () => {
    await server.close();
    const { exitCode, stderr } = await run(['version'], { MAESTRO_CLI_RELEASE_URL: 'http://me:secret@127.0.0.1:9' });
    expect(exitCode).toBe(8);
    expect(stderr).toContain(`http://***@127.0.0.1:9/v${version}/SHA256SUMS could not be downloaded`);
    expect(stderr).not.toContain('secret');
  });

  it('the next run gets the whole file', async () => {
    server.answers.set(thisMachines, { cutAfterBytes: 20 });
    expect((await run(['version'])).exitCode).toBe(8);
    server.answers.clear();
    expect(await run(['version'])).toMatchObject({ exitCode: 0, stdout: 'genuine [version]' });
  });
});

describe('a checksum that is given', () => {
  const pin = `--release-sha256=${sha256(genuine)}`;

  it('is all that is trusted: the list of the release is not asked', async () => {
    server.files.set(`v${version}/SHA256SUMS`, Buffer.from(`${sha256(other)}  ${thisMachines}\n`));
    expect(await run(['version', pin])).toMatchObject({ exitCode: 0, stdout: 'genuine [version]' });
    expect(server.requests).toEqual([`/v${version}/${thisMachines}`]);
  });

  it('refuses a release that was replaced as a whole', async () => {
    publish(server, { [thisMachines]: other });
    expect((await run(['version'])).stdout).toBe('other [version]');
    const ended = await run(['version', pin]);
    expect(ended).toMatchObject({ exitCode: 9, stdout: '' });
    expect(ended.stderr).toContain(`has the checksum ${sha256(other)}, and ${sha256(genuine)} is allowed`);
  });

  it('is looked at again each time, so that a kept file that was changed is replaced', async () => {
    expect((await run(['version', pin])).exitCode).toBe(0);
    writeFileSync(kept(), other);
    expect(await run(['version', pin])).toMatchObject({ exitCode: 0, stdout: 'genuine [version]' });
  });

  it('may be one of several, in capitals too', async () => {
    const several = `--release-sha256=${sha256(other)},${sha256(genuine).toUpperCase()}`;
    expect(await run(['version', several])).toMatchObject({ exitCode: 0, stdout: 'genuine [version]' });
  });

  it.each([
    [['--release-sha256=']],
    [['--release-sha256=,']],
    [['--release-sha256=abc']],
    [[`--release-sha256=${sha256(genuine)},`]],
    [[`--release-sha256=${sha256(genuine)}0`]],
    [[`--release-sha256=${'g'.repeat(64)}`]],
    [[pin, pin]],
    [['--release-version=']],
    [['--release-version=../../x']],
    [['--release-version=1.2.3/../x']],
    [['--release-version=latest']],
    [['--release-version=1.2.3', '--release-version=1.2.3']],
  ])('is refused when it is none, as a version is: %j', async (options) => {
    const ended = await run(['version', ...options]);
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
    expect(server.requests).toEqual([]);
  });
});

describe('--release-path', () => {
  it('prints where the executable lies, and runs nothing', async () => {
    expect(await run(['--release-path'])).toMatchObject({ exitCode: 0, stdout: `${kept()}\n`, stderr: '' });
    expect(readFileSync(kept(), 'utf8')).toBe(genuine);
  });

  it('is none of a command, which is run then', async () => {
    expect((await run(['validate', '--release-path'])).stdout).toBe('genuine [validate] [--release-path]');
  });

  it('asks the list of the release about the kept file each time, and replaces one that was changed', async () => {
    await run(['--release-path']);
    writeFileSync(kept(), other);
    expect(await run(['--release-path'])).toMatchObject({ exitCode: 0 });
    expect(readFileSync(kept(), 'utf8')).toBe(genuine);
    expect(server.requests.filter((path) => path.endsWith(thisMachines))).toHaveLength(2);
    await run(['--release-path']);
    expect(server.requests.filter((path) => path.endsWith(thisMachines))).toHaveLength(2);
  });

  it('needs no network for a kept file whose checksum is given', async () => {
    await run(['--release-path']);
    await server.close();
    const ended = await run(['--release-path', `--release-sha256=${sha256(genuine)}`]);
    expect(ended).toMatchObject({ exitCode: 0, stdout: `${kept()}\n` });
    expect((await run(['--release-path'])).exitCode).toBe(8);
  });
});

describe('a folder that cannot be written', () => {
  /** A file in the way, which stops the root user too. */
  function blocked(): string {
    const file = join(mkdtempSync(join(tmpdir(), 'release-blocked-')), 'file');
    writeFileSync(file, '');
    return join(file, 'cache');
  }

  it('costs a download each time, and leaves nothing', async () => {
    const temporary = mkdtempSync(join(tmpdir(), 'release-temporary-'));
    const env = { MAESTRO_CLI_RELEASE_CACHE: blocked(), TMPDIR: temporary, STUB_EXIT: '4' };
    for (let round = 0; round < 2; round += 1)
      expect(await run(['version'], env)).toMatchObject({ exitCode: 4, stdout: 'genuine [version]' });
    expect(server.requests).toHaveLength(4);
    expect(readdirSync(temporary)).toEqual([]);
  });

  it('is told to whoever asks for the path, which would be gone', async () => {
    const ended = await run(['--release-path'], { MAESTRO_CLI_RELEASE_CACHE: blocked() });
    expect(ended).toMatchObject({ exitCode: 8, stdout: '' });
    expect(ended.stderr).toContain('cannot be written');
  });

  it('is no matter when the executable is in it', async () => {
    await run(['version']);
    for (const folder of [join(cache, version), cache, dirname(cache)]) chmodSync(folder, 0o555);
    expect(await run(['version'])).toMatchObject({ exitCode: 0, stdout: 'genuine [version]' });
  });
});

describe('a machine', () => {
  /** What `uname -s` and `uname -m` print. */
  function machine(system: string, processor: string): string {
    const folder = mkdtempSync(join(tmpdir(), 'release-uname-'));
    writeFileSync(join(folder, 'uname'), `#!/bin/sh\ncase $1 in -s) echo ${system} ;; *) echo ${processor} ;; esac\n`);
    chmodSync(join(folder, 'uname'), 0o755);
    return `${folder}:${process.env['PATH'] ?? ''}`;
  }

  it.runIf(process.arch === 'x64').each(['x86_64', 'amd64'])(
    'of x64 that says %s gets its executable',
    async (says) => {
      publish(server, { 'maestro-cli-linux-x64': stub('x64'), 'maestro-cli-linux-arm64': stub('arm64') });
      expect((await run(['version'], { PATH: machine('Linux', says) })).stdout).toBe('x64 [version]');
    },
  );

  it.skipIf(existsSync('/lib/ld-linux-aarch64.so.1'))('without the C library of its processor is told so', async () => {
    const ended = await run(['version'], { PATH: machine('Linux', 'aarch64') });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^error: the executable needs glibc, and this system has no \/lib\/ld-linux-aarch64/);
  });

  it.each([
    ['Darwin', 'arm64'],
    ['Linux', 'riscv64'],
    ['MINGW64_NT-10.0', 'x86_64'],
  ])('that there is no executable for is told in one line: %s on %s', async (system, processor) => {
    const ended = await run(['version'], { PATH: machine(system, processor) });
    expect(ended).toMatchObject({ exitCode: 2, stdout: '' });
    expect(ended.stderr).toMatch(/^error: .*Linux on x64 and arm64, and this is .*npm package.*\n$/);
    expect(server.requests).toEqual([]);
  });

  it('without curl is told so', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'release-tools-'));
    mkdirSync(join(folder, 'bin'));
    for (const tool of ['sh', 'dirname', 'sed', 'tr', 'sha256sum', 'uname']) {
      const { stdout } = await startProcess('sh', ['-c', `command -v ${tool}`]).done;
      symlinkSync(stdout.trim(), join(folder, 'bin', tool));
    }
    const ended = await run(['version'], { PATH: join(folder, 'bin') });
    expect(ended).toMatchObject({ exitCode: 2, stderr: expect.stringContaining('there is no curl') as string });
  });
});
