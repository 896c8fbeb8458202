import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startProcess } from '../support/process.ts';
import { readAction, runAction, type ActionEnd } from './support/composite-action.ts';
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

const noExecutable = '::error title=maestro-cli::no executable of a release; the log of this step says why\n';

type Inputs = Readonly<Record<string, string>>;

let server: ReleaseServer;
let executable: Buffer;
let clone: string;
let workspace: string;
let toolCache: string;

beforeAll(async () => {
  executable = await realExecutable();
  server = await startReleaseServer();
  publish(server, { [thisMachines]: executable });
  clone = cloneOfRepository();
  workspace = usersRepository();
  toolCache = mkdtempSync(join(tmpdir(), 'tool-cache-'));
}, 180_000);
afterAll(() => server.close());

async function act(inputs: Inputs, cache = toolCache): Promise<ActionEnd> {
  return runAction({
    clone,
    workspace,
    inputs,
    env: { RUNNER_TOOL_CACHE: cache, MAESTRO_CLI_RELEASE_URL: server.url },
  });
}

describe('the composite action', () => {
  it('has what the marketplace asks for, and a description of every input and output', () => {
    const action = readAction(clone);
    expect(action.branding).toEqual({ icon: expect.any(String) as string, color: expect.any(String) as string });
    expect(Object.keys(action.inputs)).toEqual(['paths', 'schema', 'strict', 'version', 'sha256']);
    expect(Object.keys(action.outputs)).toEqual(['sarif', 'errors', 'warnings', 'executable']);
    for (const { description } of [...Object.values(action.inputs), ...Object.values(action.outputs)])
      expect(description.length).toBeGreaterThan(20);
  });

  it('uses no other action and sets nothing up, so that the Node of the caller stays as it is', () => {
    for (const { uses, run = '' } of readAction(clone).runs.steps) {
      expect(uses).toBeUndefined();
      expect(run).not.toMatch(/\b(?:node|npm|npx)\b|GITHUB_PATH|GITHUB_ENV/);
    }
  });

  it('takes inputs through the environment only, so that no input becomes code', () => {
    for (const { run } of readAction(clone).runs.steps) expect(run).not.toContain('${{');
  });
});

describe('its steps, with the real executable of a release', () => {
  it.each([
    {
      title: 'the rules of the server',
      inputs: {},
      exitCode: 0,
      line: '::warning file=deploy dir/work.yaml,line=3,col=',
      counts: { errors: '0', warnings: '1' },
    },
    {
      title: 'warnings that fail',
      inputs: { strict: 'true' },
      exitCode: 4,
      line: '::warning file=deploy dir/work.yaml,line=3,col=',
      counts: { errors: '0', warnings: '1' },
    },
    {
      title: 'a schema',
      inputs: { schema: '\ngadgets.yaml\n' },
      exitCode: 4,
      line: '::error file=deploy dir/work.yaml,line=4,col=',
      counts: { errors: '1', warnings: '1' },
    },
  ])('find $title, and hand on counts and SARIF', async ({ inputs, exitCode, line, counts }) => {
    const ended = await act({ paths: 'deploy dir\n\n', ...(inputs as Inputs) });
    expect(ended, ended.stderr).toMatchObject({ exitCode, stderr: '' });
    expect(ended.stdout).toContain(line);
    expect(ended.outputs).toMatchObject(counts);
    const sarif = JSON.parse(readFileSync(ended.outputs['sarif'] ?? '', 'utf8')) as {
      version: string;
      runs: readonly { readonly results: readonly { readonly level: string }[] }[];
    };
    expect(sarif.version).toBe('2.1.0');
    const levels = sarif.runs.flatMap(({ results }) => results.map(({ level }) => level));
    expect(levels.filter((level) => level === 'error')).toHaveLength(Number(counts.errors));
    expect(levels.filter((level) => level === 'warning')).toHaveLength(Number(counts.warnings));
  });

  it('keep the executable in the cache of the runner, and hand on where', async () => {
    const cache = mkdtempSync(join(tmpdir(), 'tool-cache-'));
    const before = server.requests.length;
    const paths = [];
    for (let job = 0; job < 2; job += 1) paths.push((await act({ paths: 'deploy dir' }, cache)).outputs['executable']);
    const path = join(cache, 'maestro-cli', version, thisMachines);
    expect(paths).toEqual([path, path]);
    // The second job asks the list about what is kept, and downloads nothing.
    expect(server.requests.slice(before)).toEqual([
      `/v${version}/SHA256SUMS`,
      `/v${version}/${thisMachines}`,
      `/v${version}/SHA256SUMS`,
    ]);
    const { stdout } = await startProcess(path, ['version'], { env: { PATH: '' } }).done;
    expect(stdout).toMatch(`maestro-cli ${version}`);
  });

  it('run what has the checksum that is given, and nothing else', async () => {
    const given = await act({ paths: 'deploy dir', sha256: `${'0'.repeat(64)},${sha256(executable)}` });
    expect(given).toMatchObject({ exitCode: 0, outputs: { warnings: '1' } });
    const wrong = await act({ paths: 'deploy dir', sha256: '0'.repeat(64) });
    expect(wrong).toMatchObject({
      exitCode: 9,
      stdout: noExecutable,
      outputs: { sarif: '', errors: '', warnings: '', executable: '' },
    });
  });

  it('take the version that is named', async () => {
    publish(server, { [thisMachines]: '#!/bin/sh\nprintf "other %s\\n" "$*"\n' }, '9.9.9');
    const { stdout } = await act({ paths: 'a\nb', schema: 'c', strict: 'true', version: '9.9.9' });
    expect(stdout).toBe('other validate --manifest-file=a --manifest-file=b --schema=c --strict --output=github\n');
  });

  it.each([
    [{ paths: '' }, 'the input paths names nothing'],
    [{ paths: '\n\n' }, 'the input paths names nothing'],
    [{ paths: 'deploy dir', strict: 'yes' }, 'the input strict is true or false'],
  ])('refuse inputs that cannot be meant: %j', async (inputs, text) => {
    const ended = await act(inputs);
    expect(ended).toMatchObject({ exitCode: 2, stdout: `::error title=maestro-cli::${text}\n` });
    expect(ended.outputs).toMatchObject({ sarif: '', errors: '', warnings: '' });
  });

  it.each<Inputs>([{ version: 'latest' }, { sha256: 'abc' }, { version: '$(touch hacked)' }])(
    'refuse a version or checksum that is none: %j',
    async (inputs) => {
      const ended = await act({ paths: 'deploy dir', ...inputs });
      expect(ended).toMatchObject({ exitCode: 2, stdout: noExecutable });
      expect(ended.stderr).toMatch(/^error: [^\n]+\n$/);
    },
  );

  it('run no code of an input', async () => {
    const ended = await act({ paths: '$(touch hacked); `touch hacked`' });
    expect(ended.exitCode).toBe(4);
    expect(ended.stdout).toContain('title=unreadable-file');
    expect(ended.outputs['errors']).toBe('1');
    expect(readdirSync(workspace)).not.toContain('hacked');
  });

  it('count nothing when nothing was checked', async () => {
    publish(server, { [thisMachines]: '#!/bin/sh\nexit 70\n' }, '7.7.7');
    const ended = await act({ paths: 'deploy dir', version: '7.7.7' });
    expect(ended).toMatchObject({ exitCode: 70, outputs: { sarif: '', errors: '', warnings: '' } });
  });
});
