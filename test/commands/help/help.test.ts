import type { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { buildProgram } from '../../../src/command-line/program.ts';
import { commands } from '../../../src/commands/index.ts';
import { shellWords } from '../../support/shell-words.ts';
import { topics } from '../../../src/commands/help/topics.ts';
import { runCli } from '../../support/run-cli.ts';

function helps(): readonly (readonly [name: string, text: string])[] {
  const found: [string, string][] = [];
  const visit = (command: Command, name: string): void => {
    let text = '';
    command.configureOutput({ writeOut: (part) => (text += part) });
    command.outputHelp();
    found.push([name, text]);
    for (const child of command.commands) visit(child, `${name} ${child.name()}`.trim());
  };
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  visit(
    buildProgram(commands, silent, () => undefined),
    '',
  );
  return found;
}

const texts = new Map(helps());

describe('help', () => {
  test.each([...texts])('of "%s" fits 80 columns', (_name, text) => {
    expect(text.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test('shows formats, and the exit codes that any run can end with', () => {
    const text = texts.get('get') ?? '';
    expect(text).toContain(
      '\nOutput formats (-o), the default first:\n  yaml, json, manifestwork, table, wide, name, jsonpath=TEMPLATE,\n  custom-',
    );
    for (const code of ['6 ', '70 ', '130 ', '143 ']) expect(text).toContain(`\n  ${code}`);
    expect(texts.get('version')).not.toContain('timed out');
  });

  test('names groups as it names commands, whether asked by help or by --help', () => {
    expect(texts.get('consumer')).toMatch(
      /^Usage: maestro-cli consumer <command> \[flags\]\n\nTarget clusters and their labels\.\n/,
    );
    expect(texts.get('config')).toMatch(/^Usage: maestro-cli config \[command\] \[flags\]\n/);
    expect(texts.get('')).toMatch(/\n {2}validate +check manifests offline/);
  });

  test('--version alone is version; beside a command it is a mistake', async () => {
    const [flag, command] = await Promise.all([runCli(['--version']), runCli(['version'])]);
    expect(flag).toMatchObject({ exitCode: 0, stdout: command.stdout });
    expect((await runCli(['get', '--version'])).exitCode).toBe(2);
  });

  test.each(commands.map((spec) => [spec.name, spec] as const))(
    'of %s shows two examples and its exit codes',
    (name, spec) => {
      const text = texts.get(name) ?? '';
      // A group by itself only points to its commands.
      const group = commands.some((other) => other.name.startsWith(`${name} `));
      const fewer = 'give it two examples: the usual call, and one for a script or with the flag that matters most';
      expect(spec.examples.length, fewer).toBeGreaterThanOrEqual(group ? 1 : 2);
      for (const { command } of spec.examples) expect(text).toContain(command);
      expect(text).toMatch(/Exit codes:\n {2}\d/);
    },
  );

  test.each(Object.keys(topics))('help %s fits 80 columns and says something', async (topic) => {
    const run = await runCli(['help', topic]);
    expect(run.exitCode).toBe(0);
    expect(run.stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(run.stdout.split('\n').length).toBeGreaterThan(8);
  });

  test('help COMMAND is what --help prints', async () => {
    for (const words of [['apply'], ['consumer', 'list'], ['consumer']]) {
      const help = await runCli(['help', ...words]);
      expect(help).toMatchObject({ exitCode: 0, stderr: '' });
      expect(help.stdout).toBe((await runCli([...words, '--help'])).stdout);
    }
    expect((await runCli(['help'])).stdout).toContain('Topics of help:\n  flags');
  });

  test('an unknown topic names the one that was meant', async () => {
    const run = await runCli(['help', 'consumer', 'lst']);
    expect(run.exitCode).toBe(2);
    expect(run.stderr).toContain('Did you mean "consumer list"?');
    expect((await runCli(['help', 'exit-code'])).stderr).toContain('Did you mean "exit-codes"?');
  });

  test('never shows a token of the environment', async () => {
    const run = await runCli(['--help'], { env: { MAESTRO_GRPC_TOKEN: 'hush', MAESTRO_HTTP_TOKEN: 'hush' } });
    expect(run.stdout + run.stderr).not.toContain('hush');
  });
});

test.each([
  ['a b', ['a', 'b']],
  ["a 'b c' d", ['a', 'b c', 'd']],
  ['a "b \\" c"', ['a', 'b " c']],
  ["--for='Job:Complete OR x'", ['--for=Job:Complete OR x']],
  ['a \\\n    b', ['a', 'b']],
  ['a > b && c | d', ['a', '>', 'b', '&&', 'c', '|', 'd']],
  ["jq '.a | .b'", ['jq', '.a | .b']],
  ['a\\ b', ['a b']],
  ["a''b", ['ab']],
])('%j is split as a shell does', (line, words) => {
  expect(shellWords(line)).toEqual(words);
});
