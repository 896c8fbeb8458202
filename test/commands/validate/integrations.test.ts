import { chmodSync, copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parse } from 'yaml';
import { beforeAll, describe, expect, test } from 'vitest';
import { bundledCommand, startProcess, type Finished } from '../../support/process.ts';
import { projectRoot } from '../../support/run-cli.ts';

interface Step {
  readonly name: string;
  readonly uses?: string;
  readonly shell?: string;
  readonly run?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly 'working-directory'?: string;
}

interface Action {
  readonly inputs: Readonly<
    Record<string, { readonly description: string; readonly required?: boolean; readonly default?: string }>
  >;
  readonly runs: { readonly using: string; readonly steps: readonly Step[] };
}

const work = `apiVersion: work.open-cluster-management.io/v1
kind: ManifestWork
metadata: {name: a, finalizers: [example.com/x]}
spec: {workload: {manifests: [{apiVersion: example.com/v1, kind: Gadget, metadata: {name: a}, spec: {sise: 1}}]}}
`;

let installed = '';
let repository = '';

/** The package as an installation lays it out, and a repository that uses it. */
beforeAll(async () => {
  installed = mkdtempSync(join(tmpdir(), 'maestro-cli-installed-'));
  mkdirSync(join(installed, 'bin'));
  copyFileSync(join(projectRoot, 'bin/maestro-cli'), join(installed, 'bin/maestro-cli'));
  chmodSync(join(installed, 'bin/maestro-cli'), 0o755);
  cpSync(dirname(await bundledCommand()), join(installed, 'dist'), { recursive: true });
  repository = mkdtempSync(join(tmpdir(), 'maestro-cli-repository-'));
  mkdirSync(join(repository, 'deploy dir'));
  writeFileSync(join(repository, 'deploy dir/work.yaml'), work);
  copyFileSync(join(projectRoot, 'test/fixtures/validate/schemas/gadgets.yaml'), join(repository, 'gadgets.yaml'));
});

const path = (): string => [join(installed, 'bin'), dirname(process.execPath), process.env['PATH'] ?? ''].join(':');

async function bash(script: string, env: Readonly<Record<string, string>>): Promise<Finished> {
  // As GitHub starts the steps of a composite action.
  return startProcess('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
    cwd: repository,
    env: { PATH: path(), ...env },
  }).done;
}

describe('the composite action', () => {
  const action = parse(readFileSync(join(projectRoot, 'action.yml'), 'utf8')) as Action;
  const step = (name: string): Step => action.runs.steps.find((one) => one.name === name) ?? { name: '' };

  test('is composite, with a shell for every script', () => {
    expect(action.runs.using).toBe('composite');
    expect(Object.keys(action.inputs)).toEqual(['paths', 'schema', 'strict']);
    for (const one of action.runs.steps) expect(one.uses !== undefined || one.shell === 'bash').toBe(true);
    expect(step('Build maestro-cli').run).toContain('npm run build');
  });

  test('takes inputs through the environment only, so that no input becomes code', () => {
    for (const one of action.runs.steps) expect(one.run ?? '').not.toContain('${{');
    expect(step('Validate').env).toEqual({
      ACTION_PATH: '${{ github.action_path }}',
      INPUT_PATHS: '${{ inputs.paths }}',
      INPUT_SCHEMA: '${{ inputs.schema }}',
      INPUT_STRICT: '${{ inputs.strict }}',
    });
  });

  test.each([
    ['the rules of the server', '', 'false', 0, '::warning file=deploy dir/work.yaml,line=3,col='],
    ['warnings that fail', '', 'true', 4, '::warning file=deploy dir/work.yaml,line=3,col='],
    ['a schema', 'gadgets.yaml\n', 'false', 4, '::error file=deploy dir/work.yaml,line=4,col='],
  ])('runs as written: %s', async (_name, schema, strict, exitCode, line) => {
    const run = await bash(step('Validate').run ?? '', {
      ACTION_PATH: installed,
      INPUT_PATHS: 'deploy dir\n',
      INPUT_SCHEMA: schema,
      INPUT_STRICT: strict,
    });
    expect(run.stderr).toBe('');
    expect(run.stdout).toContain(line);
    expect(run.exitCode).toBe(exitCode);
  });

  test('runs no code of an input', async () => {
    const run = await bash(step('Validate').run ?? '', {
      ACTION_PATH: installed,
      INPUT_PATHS: '$(touch hacked); `touch hacked`',
      INPUT_SCHEMA: '',
      INPUT_STRICT: '',
    });
    expect(run.exitCode).toBe(4);
    expect(run.stdout).toContain('title=unreadable-file');
    expect((await bash('ls', {})).stdout).not.toContain('hacked');
  });
});

describe('the pre-commit hook', () => {
  const hooks = parse(readFileSync(join(projectRoot, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Readonly<
    Record<string, string>
  >[];
  const hook = hooks[0] ?? {};

  test('has what pre-commit asks for', () => {
    expect(hooks).toHaveLength(1);
    expect(hook).toMatchObject({ id: 'maestro-cli-validate', language: 'node' });
    const { bin } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8')) as {
      bin: Record<string, string>;
    };
    expect(Object.keys(bin)).toContain((hook['entry'] ?? '').split(' ')[0]);
  });

  test.each([
    ['a.yaml', true],
    ['a/b.yml', true],
    ['c.json', true],
    ['README.md', false],
    ['yaml', false],
  ])('takes %s: %s', (file, taken) => {
    expect(new RegExp(hook['files'] ?? '$^').test(file)).toBe(taken);
  });

  test('runs as written, with the names of the files at the end', async () => {
    const run = await bash(`${hook['entry']} 'deploy dir/work.yaml' gadgets.yaml`, {});
    expect(run.stdout).toContain(
      'error: spec.workload.manifests[0].spec.sise: unknown field (did you mean "size"?) [unknown-field]',
    );
    expect(run.exitCode).toBe(4);
  });
});
