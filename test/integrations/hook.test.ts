import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { repositoryUrl } from '../../scripts/release/artefacts.ts';
import { startProcess, type Finished } from '../support/process.ts';
import { projectRoot } from '../support/run-cli.ts';
import {
  cloneOfRepository,
  publish,
  realExecutable,
  sha256,
  startReleaseServer,
  thisMachines,
  usersRepository,
  version,
} from './support/release.ts';
import type { ReleaseServer } from './support/release.ts';

interface Hook {
  readonly id: string;
  readonly entry: string;
  readonly language: string;
  readonly files: string;
  readonly types_or: readonly string[];
  readonly require_serial: boolean;
  readonly minimum_pre_commit_version: string;
}

const hooks = parse(readFileSync(join(projectRoot, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[];
const [hook] = hooks as readonly [Hook];

const fault =
  /^deploy dir\/work\.yaml:4:\d+: error: spec\.workload\.manifests\[0\]\.spec\.sise: unknown field \(did you mean "size"\?\)/m;

let server: ReleaseServer;
let executable: Buffer;
let clone: string;
let repository: string;

beforeAll(async () => {
  executable = await realExecutable();
  server = await startReleaseServer();
  publish(server, { [thisMachines]: executable });
  clone = cloneOfRepository();
  repository = usersRepository();
}, 180_000);
afterAll(() => server.close());

/** As pre-commit does: the entry's first word in the clone, then the rest of it, `args`, and the files. */
async function runHook(args: readonly string[], files: readonly string[]): Promise<Finished> {
  const [script = '', ...words] = hook.entry.split(' ');
  return startProcess(join(clone, script), [...words, ...args, ...files], {
    cwd: repository,
    env: { MAESTRO_CLI_RELEASE_URL: server.url },
  }).done;
}

describe('the pre-commit hook', () => {
  it('is a script of the repository, which every version of pre-commit runs without installing anything', () => {
    expect(hooks).toHaveLength(1);
    expect(hook).toMatchObject({ id: 'maestro-cli-validate', language: 'script', require_serial: true });
    expect(hook.minimum_pre_commit_version).toMatch(/^\d+\.\d+\.\d+$/);
    const script = join(projectRoot, hook.entry.split(' ')[0] ?? '');
    expect(statSync(script).mode & 0o111).toBe(0o111);
    expect(execFileSync('git', ['ls-files', '--stage', script], { cwd: projectRoot, encoding: 'utf8' })).toMatch(
      /^100755 /,
    );
  });

  it('takes no file before somebody says which are manifests', () => {
    for (const file of ['a.yaml', 'deploy/b.yml', 'c.json', '.pre-commit-config.yaml', ''])
      expect(new RegExp(hook.files).test(file)).toBe(file === '');
  });

  it('runs the real executable with the names of the files at the end, and downloads it once', async () => {
    const before = server.requests.length;
    for (let commit = 0; commit < 2; commit += 1) {
      const run = await runHook(['--schema=gadgets.yaml'], ['deploy dir/work.yaml']);
      expect(run.stdout, run.stderr).toMatch(fault);
      expect(run).toMatchObject({ exitCode: 4, stderr: '' });
    }
    expect(server.requests.slice(before)).toEqual([`/v${version}/SHA256SUMS`, `/v${version}/${thisMachines}`]);
    expect(await runHook([], ['deploy dir/work.yaml'])).toMatchObject({ exitCode: 0 });
  });

  it('runs what has the checksum of the configuration, and nothing else', async () => {
    const right = await runHook([`--release-sha256=${sha256(executable)}`, '--strict'], ['deploy dir/work.yaml']);
    expect(right.exitCode, right.stderr).toBe(4);
    const wrong = await runHook([`--release-sha256=${'0'.repeat(64)}`], ['deploy dir/work.yaml']);
    expect(wrong).toMatchObject({ exitCode: 9, stdout: '' });
  });
});

function installedVersion(): string | undefined {
  try {
    return execFileSync('pre-commit', ['--version'], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

const installed = installedVersion();
if (installed === undefined)
  console.log('test/integrations: the hook is not tried with pre-commit, because that is not installed');

describe.skipIf(installed === undefined)(`with ${installed ?? 'pre-commit, which is not installed'}`, () => {
  const git = (cwd: string, ...args: readonly string[]): string =>
    execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], { cwd, encoding: 'utf8' });

  function commitAll(cwd: string): void {
    git(cwd, 'init', '--quiet');
    git(cwd, 'add', '--all');
    git(cwd, 'commit', '--quiet', '--message=all');
  }

  /** A commit in a user's repository, with the hook configured so. */
  async function preCommit(
    home: string,
    configured: Readonly<Record<string, unknown>>,
    users = usersRepository(),
  ): Promise<Finished> {
    const hooksOfUser = [{ id: 'maestro-cli-validate', ...configured }];
    const config = { repos: [{ repo: `file://${tagged}`, rev: `v${version}`, hooks: hooksOfUser }] };
    writeFileSync(join(users, '.pre-commit-config.yaml'), JSON.stringify(config));
    commitAll(users);
    return startProcess('pre-commit', ['run', '--all-files', '--color=never'], {
      cwd: users,
      env: { HOME: home, MAESTRO_CLI_RELEASE_URL: server.url, GIT_CONFIG_GLOBAL: '/dev/null' },
    }).done;
  }

  let tagged: string;
  beforeAll(() => {
    tagged = cloneOfRepository();
    commitAll(tagged);
    git(tagged, 'tag', `v${version}`);
  });

  it('checks the files that are named, from one download for all commits', async () => {
    const home = mkdtempSync(join(tmpdir(), 'pre-commit-home-'));
    const before = server.requests.length;
    const failing = await preCommit(home, { files: '^deploy', args: ['--schema=gadgets.yaml'] });
    expect(failing, failing.stdout).toMatchObject({ exitCode: 1 });
    expect(failing.stdout).toMatch(fault);
    const passing = await preCommit(home, { files: '^deploy' });
    expect(passing.exitCode, passing.stdout).toBe(0);
    expect(passing.stdout).toMatch(/maestro-cli validate\.+Passed/);
    expect(server.requests.slice(before)).toEqual([`/v${version}/SHA256SUMS`, `/v${version}/${thisMachines}`]);
  });

  it('says that there was nothing to check, where no files are named', async () => {
    const home = mkdtempSync(join(tmpdir(), 'pre-commit-home-'));
    const { exitCode, stdout } = await preCommit(home, {});
    expect(exitCode, stdout).toBe(0);
    expect(stdout).toMatch(/maestro-cli validate\.+\(no files to check\)Skipped/);
  });

  it('takes the files that the documented configuration takes, and no others', async () => {
    const [documented] = documentedHooks();
    const users = usersRepository();
    for (const [file, from] of [
      ['crds/widgets.yaml', 'gadgets.yaml'],
      ['deploy/work.yaml', 'deploy dir/work.yaml'],
      ['clusters/c1/works/work.yml', 'deploy dir/work.yaml'],
    ] as const) {
      mkdirSync(join(users, dirname(file)), { recursive: true });
      copyFileSync(join(users, from), join(users, file));
    }
    writeFileSync(join(users, 'mkdocs.yaml'), 'site: no manifest');
    const ended = await preCommit(mkdtempSync(join(tmpdir(), 'pre-commit-home-')), documented ?? {}, users);
    const lines = ended.stdout.split('\n').filter((line) => line.includes(': error: '));
    expect(lines.map((line) => line.split(':')[0]).sort(), ended.stdout).toEqual([
      'clusters/c1/works/work.yml',
      'deploy/work.yaml',
    ]);
  });
});

/** The hooks of the first configuration in the documentation. */
function documentedHooks(): readonly Readonly<Record<string, unknown>>[] {
  const page = readFileSync(join(projectRoot, 'docs/validate.md'), 'utf8');
  const [, block = ''] = /\n## pre-commit\n[^]*?```yaml\n([^]*?)```/.exec(page) ?? [];
  const { repos } = parse(block) as {
    repos: readonly { repo: string; rev: string; hooks: readonly Readonly<Record<string, unknown>>[] }[];
  };
  expect(repos.map(({ repo, rev }) => ({ repo, rev }))).toEqual([{ repo: repositoryUrl, rev: `v${version}` }]);
  return repos[0]?.hooks ?? [];
}
