import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import type { Context } from '../../src/context.ts';
import { parseFor } from '../support/parse-for.ts';
import { applyCommand } from '../../src/commands/apply/command.ts';
import { emptyFolder, runCli, type CliOptions, type CliRun } from '../support/run-cli.ts';
import { resultOf } from './support/result.ts';

let maestro: StandIn;
beforeAll(async () => {
  maestro = await startStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 5 } });
});
afterAll(() => maestro.close());

const map = (name: string, data = 'data'): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n  namespace: default\n${data}:\n  k: v\n`;

/** A folder with a kustomization in kust/ and programs in bin/, which is all of the PATH but the shell's own. */
function folder(programs: Readonly<Record<string, string>>): CliOptions & { readonly cwd: string } {
  const cwd = emptyFolder();
  mkdirSync(join(cwd, 'kust'));
  writeFileSync(join(cwd, 'kust', 'kustomization.yaml'), 'resources: [cm.yaml]\n');
  writeFileSync(join(cwd, 'kust', 'cm.yaml'), map('source'));
  mkdirSync(join(cwd, 'bin'));
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(cwd, 'bin', name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(cwd, 'bin', name), 0o755);
  }
  return { cwd, endpoints: maestro, env: { PATH: join(cwd, 'bin') } };
}

const print = (text: string): string => `while IFS= read -r line; do echo "$line"; done <<'END'\n${text}END`;
const built = [map('one'), map('two')].join('---\n');

async function sends(run: () => Promise<CliRun>): Promise<{ readonly run: CliRun; readonly sent: number }> {
  const before = maestro.publishes().length;
  return { run: await run(), sent: maestro.publishes().length - before };
}

describe('argv to options', () => {
  it.each([
    { argv: ['-k', 'kust'], options: { files: [], kustomize: 'kust' } },
    { argv: ['--kustomize=kust'], options: { files: [], kustomize: 'kust' } },
    { argv: ['-R', '-f', 'dir'], options: { files: ['dir'], recursive: true } },
  ])('$argv', ({ argv, options }) => {
    expect(parseFor(applyCommand, ['-c', 'c1', ...argv])).toMatchObject(options);
  });

  it.each([
    { argv: ['-k', 'kust', '-f', 'a.yaml'], message: '-f and -k both say where manifests come from' },
    { argv: ['-k', 'kust', '-R'], message: '-R is about the directories of -f' },
    { argv: ['-k', ''], message: '--kustomize is empty' },
    { argv: [], message: 'nothing to apply' },
  ])('refuses $argv', ({ argv, message }) => {
    expect(() => parseFor(applyCommand, ['-c', 'c1', ...argv])).toThrow(message);
  });
});

describe('-k', () => {
  it('takes what the kubectl that is there makes of the directory, in every command that takes files', async () => {
    const options = folder({ kubectl: `[ "$*" = "kustomize kust" ] || exit 9\n${print(built)}` });
    const applied = await sends(() => runCli(['apply', '-k', 'kust', '--name=k', '-c', 'c1'], options));
    expect(applied.run.exitCode, applied.run.stderr).toBe(0);
    expect(applied.sent).toBe(1);
    const same = await runCli(['diff', '-k', 'kust', '--name=k', '-c', 'c1'], options);
    expect(same.exitCode, same.stderr).toBe(0);
    const fleet = await runCli(['diff', '-k', 'kust', '--name=k', '-c', 'c1', '-c', 'c2'], options);
    expect(fleet.stdout).toContain('# k on c2: would be created');
    expect(await runCli(['validate', '-k', 'kust'], options)).toMatchObject({
      exitCode: 0,
      stdout: '0 errors, 0 warnings in 2 files (1 work)\n',
    });
    const merged = await runCli(['build', '-k', 'kust', '--name=other', '-c', 'c1'], options);
    expect(merged.stdout).toContain('name: two');
  });

  it('takes kustomize where kubectl is not', async () => {
    const options = folder({ kustomize: `[ "$*" = "build kust" ] || exit 9\n${print(built)}` });
    expect(await runCli(['validate', '-k', 'kust'], options)).toMatchObject({ exitCode: 0 });
  });

  it('says what to install where neither is, and sends nothing', async () => {
    const { run, sent } = await sends(() => runCli(['apply', '-k', 'kust', '--name=k', '-c', 'c1'], folder({})));
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('error: -k needs kubectl or kustomize, and neither is on the PATH');
    expect(run.stderr).toContain('hint: Install kubectl (https://kubernetes.io/docs/tasks/tools/)');
    expect(sent).toBe(0);
  });

  it('tells what the program says when it fails, harmlessly, and sends nothing', async () => {
    const said = String.raw`printf 'E1130 02:29:34.989580   20870 run.go:72] "command failed" err="no \\"cm.yaml\\" \033[31mthere"\n' >&2`;
    const options = folder({ kubectl: `${said}\n${print(built)}\nexit 1` });
    const asked = ['apply', '-k', 'kust', '--name=k', '-c', 'c1', '--results-path=r.json'];
    const { run, sent } = await sends(() => runCli(asked, options));
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toBe(
      'error: kubectl kustomize kust failed with exit code 1\n  no "cm.yaml"  [31mthere\nhint: Nothing was sent.\n',
    );
    expect(resultOf(run, 'r.json')).toMatchObject({ status: 'Failed' });
    expect(sent).toBe(0);
    const checked = await runCli(['validate', '-k', 'kust', '-o', 'json'], options);
    expect(checked.exitCode).toBe(4);
    expect(JSON.parse(checked.stdout)).toMatchObject({ findings: [{ file: 'kust', rule: 'unreadable-file' }] });
  });

  it('warns of what the program warns of', async () => {
    const options = folder({ kubectl: `echo "# Warning: 'commonLabels' is deprecated" >&2\n${print(built)}` });
    const run = await runCli(['validate', '-k', 'kust'], options);
    expect(run).toMatchObject({
      exitCode: 0,
      stderr: "warning: kubectl kustomize kust: 'commonLabels' is deprecated\n",
    });
  });

  it('names the document that a problem is in', async () => {
    const options = folder({ kubectl: print([map('one'), map('two', 'dat')].join('---\n')) });
    const run = await runCli(['validate', '-k', 'kust'], options);
    expect(run.exitCode).toBe(4);
    expect(run.stdout).toContain(
      'kustomize of kust, document 2:14:1: error: dat: unknown field (did you mean "data"?)',
    );
    const applied = await runCli(['apply', '-k', 'kust', '--name=k', '-c', 'c1', '--dry-run'], options);
    expect(applied.stderr).toContain('kustomize of kust, document 2:14:1: ');
  });

  it.each([
    { end: { kind: 'timedOut', timeoutMs: 60_000 }, exitCode: 6, text: 'kubectl kustomize kust took longer than 60s' },
    {
      end: { kind: 'tooLong', maxBytes: 8 * 1024 * 1024 },
      exitCode: 4,
      text: 'kubectl kustomize kust makes more than 8 MiB',
    },
    {
      end: { kind: 'notStarted', code: 'EACCES' },
      exitCode: 2,
      text: 'kubectl kustomize kust could not be started: EACCES',
    },
    {
      end: { kind: 'ended', killedBy: 'SIGKILL', stdout: new Uint8Array(), stderr: '' },
      exitCode: 4,
      text: 'kubectl kustomize kust was ended by SIGKILL',
    },
    {
      end: { kind: 'ended', exitCode: 0, stdout: new Uint8Array([0x1f, 0x8b, 0]), stderr: '' },
      exitCode: 4,
      text: 'kubectl kustomize kust makes what cannot be read: it is packed with gzip',
    },
    {
      end: { kind: 'ended', exitCode: 0, stdout: new Uint8Array(), stderr: '' },
      exitCode: 4,
      text: 'kustomize of kust: there is no manifest in it',
    },
  ] as const)('sends nothing when $text', async ({ end, exitCode, text }) => {
    const run: Context['run'] = async () => end;
    const asked = await sends(() => runCli(['apply', '-k', 'kust', '--name=k', '-c', 'c1'], { ...folder({}), run }));
    expect(asked.run).toMatchObject({ exitCode, stdout: '' });
    expect(asked.run.stderr).toContain(`error: ${text}`);
    expect(asked.sent).toBe(0);
  });

  it.each([
    { dir: 'nope', text: '-k: there is no directory nope' },
    { dir: 'bin', text: '-k: the directory bin has no kustomization.yaml' },
    { dir: 'https://example.com/x', text: '-k takes a directory, and https://example.com/x is an address' },
    { dir: 'git@example.com:x', text: '-k takes a directory, and git@example.com:x is an address' },
  ])('refuses $dir before anything is run', async ({ dir, text }) => {
    const run: Context['run'] = async () => {
      throw new Error('it was run');
    };
    const refused = await runCli(['apply', '-k', dir, '--name=k', '-c', 'c1'], { ...folder({}), run });
    expect(refused.exitCode).toBeGreaterThan(0);
    expect(refused.stderr).toContain(`error: ${text}`);
  });

  it('never takes a directory for a flag of the program', async () => {
    const options = folder({ kubectl: `[ "$*" = "kustomize ./-h" ] || exit 9\n${print(built)}` });
    mkdirSync(join(options.cwd, '-h'));
    writeFileSync(join(options.cwd, '-h', 'kustomization.yaml'), '');
    expect(await runCli(['validate', '--kustomize=-h'], options)).toMatchObject({ exitCode: 0 });
  });
});

describe('-f', () => {
  it('of a kustomization names the flag to take', async () => {
    const options = folder({});
    for (const argv of [
      ['apply', '-f', 'kust', '--name=k', '-c', 'c1'],
      ['validate', '-f', 'kust'],
    ]) {
      const run = await runCli(argv, options);
      expect(run.exitCode).toBe(4);
      expect(run.stdout + run.stderr).toContain('take -k kust in the place of -f');
    }
    const file = await runCli(['validate', '-f', 'kust/kustomization.yaml'], options);
    expect(file.stdout).toContain(
      'this is a kustomization, not a manifest (-k kust takes the manifests that it makes)',
    );
  });

  it('of a directory takes those below it with -R only, and says so', async () => {
    const { cwd, ...options } = folder({});
    mkdirSync(join(cwd, 'deep', 'b', 'c'), { recursive: true });
    mkdirSync(join(cwd, 'deep', 'a'));
    for (const file of ['b/c/two.yaml', 'a/one.json', 'b/three.yml'])
      writeFileSync(
        join(cwd, 'deep', file),
        file.endsWith('json')
          ? '{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}}'
          : map(file.slice(-9, -5).replace('/', '')),
      );
    const flat = await runCli(['apply', '-f', 'deep', '--name=k', '-c', 'c1', '--dry-run'], { cwd, ...options });
    expect(flat).toMatchObject({ exitCode: 4 });
    expect(flat.stderr).toContain('the directory deep has no .yaml, .yml or .json file; -R takes those below it, too');
    const all = await runCli(['validate', '-R', '-f', 'deep', '-o', 'json'], { cwd, ...options });
    expect(all.exitCode, all.stdout).toBe(0);
    expect(JSON.parse(all.stdout)).toMatchObject({
      files: ['deep/a/one.json', 'deep/b/three.yml', 'deep/b/c/two.yaml'],
    });
  });

  it('of a URL says how to look at it first', async () => {
    const run = await runCli(['apply', '-f', 'https://example.com/a.yaml?x=1&y=2', '-c', 'c1'], folder({}));
    expect(run.exitCode).toBe(4);
    expect(run.stderr).toContain(
      "it is a URL, and only files are read; look at it first, then: curl -fsSL 'https://example.com/a.yaml?x=1&y=2' | maestro-cli apply -f -",
    );
  });
});
