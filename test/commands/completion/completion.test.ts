import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { commands } from '../../../src/commands/index.ts';
import { completionModel } from '../../../src/commands/completion/model.ts';
import { outputsTaken } from '../../support/outputs-taken.ts';
import { emptyFolder, runCli } from '../../support/run-cli.ts';

const folder = emptyFolder();
const program = join(folder, 'maestro-cli');

async function script(shell: string): Promise<string> {
  const { stdout, exitCode } = await runCli(['completion', shell]);
  expect(exitCode).toBe(0);
  return stdout;
}

beforeAll(async () => {
  for (const shell of ['bash', 'zsh', 'fish']) writeFileSync(join(folder, `script.${shell}`), await script(shell));
  // Stands in for the binary: names for the two commands that are asked for them, and what it was asked with.
  writeFileSync(
    program,
    `#!/bin/sh\necho "$@" >> ${folder}/asked\ncase "$1 $2" in\n"consumer list") echo west-1; echo west-2; echo east-1 ;;\n"config get-contexts") echo prod; echo dev ;;\nesac\n`,
  );
  chmodSync(program, 0o755);
  mkdirSync(join(folder, 'files', 'sub'), { recursive: true });
  writeFileSync(join(folder, 'files', 'work one.yaml'), '');
  writeFileSync(join(folder, 'files', 'work.yaml'), '');
});

/** Words as bash gives them to a completion function: it breaks them at "=". */
function bash(line: string, { breaksAtEquals = true } = {}): readonly string[] {
  const words = [program, ...line.split(' ').slice(1)].flatMap((word) => {
    const match = breaksAtEquals ? /^(--[\w-]+)(=)(.*)$/.exec(word) : null;
    return match === null ? [word] : [match[1] ?? '', '=', ...(match[3] === '' ? [] : [match[3] ?? ''])];
  });
  const array = words.map((word) => `'${word}'`).join(' ');
  const text = `source ${folder}/script.bash; COMP_WORDS=(${array}); COMP_CWORD=${words.length - 1}; _maestro_cli; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const output = execFileSync('bash', ['--norc', '-c', text], { cwd: join(folder, 'files'), encoding: 'utf8' });
  return output.split('\n').filter((entry) => entry !== '');
}

describe('bash', () => {
  test.each([
    ['maestro-cli app', ['apply']],
    ['maestro-cli consumer ', ['list', 'get', 'create', 'update', 'delete']],
    ['maestro-cli --quiet consumer l', ['list']],
    ['maestro-cli --timeout 3s consumer l', ['list']],
    ['maestro-cli --timeout=3s consumer l', ['list']],
    ['maestro-cli apply --manifest-f', ['--manifest-file']],
    ['maestro-cli apply --grpc-pl', ['--grpc-plaintext']],
    ['maestro-cli apply --grpc-insec', ['--grpc-insecure']],
    ['maestro-cli wait --cond', ['--condition']],
    [
      'maestro-cli list -o ',
      ['table', 'wide', 'json', 'yaml', 'name', 'manifestwork', 'jsonpath=', 'custom-columns=', 'custom-columns-file='],
    ],
    ['maestro-cli list --output=wi', ['wide']],
    [
      'maestro-cli list --output=',
      ['table', 'wide', 'json', 'yaml', 'name', 'manifestwork', 'jsonpath=', 'custom-columns=', 'custom-columns-file='],
    ],
    ['maestro-cli get -o manifest', ['manifestwork']],
    ['maestro-cli consumer list --log-format ', ['text', 'json']],
    ['maestro-cli dev --access m', ['mtls']],
    ['maestro-cli completion ', ['bash', 'zsh', 'fish']],
    ['maestro-cli help consumer g', ['get']],
    ['maestro-cli gitops migrate ', ['plan', 'run', 'finish', 'rollback', 'status']],
    ['maestro-cli gitops --quiet migrate p', ['plan']],
    ['maestro-cli help gitops migrate ro', ['rollback']],
    ['maestro-cli gitops migrate run --pause', ['--pause-classic']],
    ['maestro-cli gitops migrate plan --cluster w', ['west-1', 'west-2']],
    ['maestro-cli apply --manifest-file=work.', ['work.yaml']],
    ['maestro-cli dev --access-dir s', ['sub']],
    ['maestro-cli list --consumer west', ['west-1', 'west-2']],
    ['maestro-cli list --consumer=east', ['east-1']],
    ['maestro-cli list -c ', ['west-1', 'west-2', 'east-1']],
    ['maestro-cli consumer get e', ['east-1']],
    ['maestro-cli list --context p', ['prod']],
    ['maestro-cli config use-context ', ['prod', 'dev']],
    ['maestro-cli apply --watch work', []],
    ['maestro-cli apply --watch Applied --manifest-f', ['--manifest-file']],
    ['maestro-cli apply --watch --manifest-f', ['--manifest-file']],
    ['maestro-cli apply --watch -c w', ['west-1', 'west-2']],
    ['maestro-cli nonsense ', []],
    ['maestro-cli list --status ', []],
  ])('%s', (line, expected) => {
    expect(bash(line)).toEqual(expected);
  });

  test('names of files may hold blanks', () => {
    expect([...bash('maestro-cli apply -f w')].sort()).toEqual(['work one.yaml', 'work.yaml']);
  });

  test('where words are not broken at "=", the flag stays before its value', () => {
    expect(bash('maestro-cli list --output=wi', { breaksAtEquals: false })).toEqual(['--output=wide']);
  });

  test('asks the Maestro that the line names, within a second', () => {
    bash('maestro-cli list --http-endpoint=http://m:8000 --context prod --consumer w');
    const asked = execFileSync('tail', ['-n', '1', join(folder, 'asked')], { encoding: 'utf8' });
    expect(asked).toBe('consumer list -o name --timeout=1s --quiet --http-endpoint=http://m:8000 --context=prod\n');
  });

  test('offers every flag of every command', () => {
    for (const { name, flags } of completionModel(commands).commands) {
      const offered = bash(`maestro-cli ${name} -`);
      for (const flag of flags.flatMap(({ names }) => names)) expect(offered, name).toContain(flag);
      expect(offered).toContain('--http-endpoint');
    }
  });
});

const present = (shell: string): boolean => spawnSync(shell, ['--version']).status === 0;

test.skipIf(!present('zsh'))('zsh takes its script and knows the commands', () => {
  expect(execFileSync('zsh', ['-n', join(folder, 'script.zsh')], { encoding: 'utf8' })).toBe('');
  const loaded = execFileSync(
    'zsh',
    ['-f', '-c', `source ${folder}/script.zsh; print $_comps[maestro-cli]; _maestro_cli_next consumer`],
    { encoding: 'utf8' },
  );
  expect(loaded).toMatch(/_bash_complete.*\nlist get create update delete\n/);
});

test.skipIf(!present('fish'))('fish takes its script and completes with it', () => {
  const complete = (line: string): string[] =>
    execFileSync('fish', ['--no-config', '-c', `source ${folder}/script.fish; complete -C '${line}'`], {
      encoding: 'utf8',
      env: { ...process.env, HOME: folder, PATH: `${folder}:${process.env['PATH'] ?? ''}` },
    })
      .split('\n')
      .map((entry) => entry.split('\t')[0] ?? '')
      .filter((entry) => entry !== '');
  expect(complete('maestro-cli app')).toEqual(['apply']);
  expect(complete('maestro-cli --timeout 3s consumer l')).toEqual(['list']);
  expect(complete('maestro-cli list -o js')).toContain('json');
  expect(complete('maestro-cli list --consumer west')).toEqual(['west-1', 'west-2']);
  expect(complete('maestro-cli config use-context p')).toEqual(['prod']);
  expect(complete('maestro-cli apply --watch Applied --consumer west')).toEqual(['west-1', 'west-2']);
  expect(complete('maestro-cli apply --watch --consumer west')).toEqual(['west-1', 'west-2']);
  expect(complete('maestro-cli gitops migrate p')).toEqual(['plan']);
  expect(complete('maestro-cli gitops migrate run --pause')).toEqual(['--pause-classic']);
});

test('an unknown shell is a usage error that names those known', async () => {
  const run = await runCli(['completion', 'tcsh']);
  expect(run.exitCode).toBe(2);
  expect(run.stderr).toContain('bash, zsh, fish');
});

test('output formats are what the commands take', () => {
  const outputs = Object.fromEntries(commands.map((spec) => [spec.name, spec.outputs ?? []]));
  for (const spec of commands)
    expect(outputs[spec.name], spec.name).toEqual(outputsTaken(spec, commands) ?? outputs[spec.name]);
  expect(outputs).toMatchObject({
    apply: ['text', 'json', 'name'],
    doctor: ['text', 'json'],
    'consumer list': ['table', 'json', 'name'],
    dev: [],
    'config path': [],
  });
});
