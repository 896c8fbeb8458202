import { describe, expect, it } from 'vitest';
import { parseInputOf } from '../../src/command-line/parse-input.ts';
import { readCommandLine } from '../../src/command-line/program.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { commands, grammar } from '../../src/commands/index.ts';
import { ExitCode, exitCodeMeaning } from '../../src/exit-code.ts';
import { runCli } from '../support/run-cli.ts';
import { exampleArguments } from '../support/shell-words.ts';
import { usageErrorOf } from './support.ts';

interface Read {
  readonly invocation: ReturnType<typeof readCommandLine>;
  readonly out: string;
}

function read(...argv: readonly string[]): Read {
  let out = '';
  const invocation = readCommandLine(scanArgv(argv, grammar), commands, {
    out: (text) => (out += text),
    err: () => undefined,
    columns: 200,
  });
  return { invocation, out };
}

describe('help', () => {
  it.each([
    ['--help'],
    ['-h'],
    ['apply', '--help'],
    ['consumer', '--help'],
    ['consumer', 'list', '-h'],
    ['gitops', 'migrate', '--help'],
    ['gitops', 'migrate', 'plan', '-h'],
  ])('%s is an answer', (...argv) => {
    const { invocation, out } = read(...argv);
    expect(invocation).toBeUndefined();
    expect(out).toContain(`Usage: maestro-cli ${argv.slice(0, -1).join(' ')}`.trim());
  });

  it('of a group within a group says what it is for, and lists its commands', () => {
    const { out } = read('gitops', 'migrate', '--help');
    expect(out).toContain('Hand applications over from one pull model to the other');
    for (const name of ['plan', 'run', 'finish', 'rollback', 'status'])
      expect(out).toMatch(new RegExp(`^  ${name} `, 'm'));
    expect(read('gitops', '--help').out).toMatch(/^ {2}migrate +hand applications over/m);
  });

  it.each([
    { argv: [] },
    { argv: ['--quiet'] },
    { argv: ['consumer'] },
    { argv: ['gitops', 'migrate'] },
    { argv: ['--results-format=status-result'] },
  ])('$argv names no command: exit 2, not 0', async ({ argv }) => {
    const run = await runCli(argv);
    expect(run).toMatchObject({ exitCode: 2, stdout: '' });
    expect(run.stderr).toContain('error: no command was given');
    expect(run.stderr).toContain('Usage: maestro-cli');
  });

  it.each(commands.map((spec) => ({ name: spec.name, spec })))(
    'of $name has its examples, its exit codes and every flag',
    ({ name, spec }) => {
      const { out } = read(...name.split(' '), '--help');
      for (const { command } of spec.examples) expect(out).toContain(command);
      for (const code of spec.exitCodes) expect(out).toContain(`  ${String(code).padEnd(5)}${exitCodeMeaning[code]}`);
      for (const { flags } of spec.flags) expect(out).toContain(flags);
      const misused = 'any command line can be wrong: take one of the lists of src/command-line/exit-codes.ts';
      expect(spec.exitCodes, misused).toContain(ExitCode.Usage);
    },
  );

  it('of the program lists every command and common flag, with the names of variables and never their values', async () => {
    const run = await runCli(['--help'], { env: { MAESTRO_GRPC_TOKEN: 'hunter2', MAESTRO_HTTP_TOKEN: 'hunter2' } });
    expect(run.exitCode).toBe(0);
    for (const spec of commands) expect(run.stdout).toContain(spec.name.split(' ')[0]);
    expect(run.stdout).toContain('MAESTRO_GRPC_TOKEN');
    expect(run.stdout).not.toContain('hunter2');
  });
});

describe('examples', () => {
  const lines = commands.flatMap((spec) => spec.examples.map(({ command }) => ({ spec, command })));
  it.each(lines)('$command parses', ({ spec, command }) => {
    const { invocation } = read(...exampleArguments(command));
    // The examples of a group's own entry are those of its commands.
    expect(invocation?.spec.name.startsWith(spec.name)).toBe(true);
    if (invocation === undefined) return;
    expect(() => invocation.spec.parse(parseInputOf(invocation, { env: {} }))).not.toThrow();
  });
});

describe('mistakes', () => {
  it.each([
    { argv: ['aply'], message: /unknown command 'aply'/ },
    { argv: ['apply', '--wach'], message: /unknown option '--wach'/ },
    { argv: ['consumer', 'lst'], message: /unknown command 'lst'/ },
    { argv: ['aply', '--help'], message: /unknown command 'aply'/ },
    { argv: ['consumer', 'lst', '-h'], message: /unknown command 'lst'/ },
    { argv: ['gitops', 'migrat', '--to=x'], message: /unknown command 'migrat'/ },
    { argv: ['gitops', 'migrate', 'pln', '--to=x'], message: /unknown command 'pln'/ },
    { argv: ['gitops', 'migrate', 'plan', 'x'], message: /too many arguments/ },
    { argv: ['consumer', 'get'], message: /missing required argument 'name'/ },
    { argv: ['version', 'please'], message: /too many arguments/ },
    { argv: ['get', '--name'], message: /argument missing/ },
  ])('$argv', ({ argv, message }) => {
    const { message: text } = usageErrorOf(() => read(...argv));
    expect(text).toMatch(message);
    expect(text).not.toMatch(/^error:/);
  });
});

it.each([
  [['apply', '--wach'], 'Did you mean --watch?'],
  [['get', 'w', '--contxt=prod'], 'Did you mean --context?'],
  [['-c', 'c1', 'get', 'w'], 'Write -c behind "maestro-cli get".'],
  [['list', '--orphan'], '--orphan is a flag of delete. maestro-cli list --help shows what it takes.'],
  [['list', '--bogus'], 'maestro-cli list --help shows what it takes.'],
  [['list', 'w'], /^list takes no arguments: get NAME shows one work, /],
  [['get', 'a', 'b'], /^Give: maestro-cli get \[name\]\. /],
  [['consumer', 'get'], /^Give: maestro-cli consumer get <name>\. /],
  [['destroy', 'w'], 'Did you mean "maestro-cli delete"?'],
  [['destory', 'w'], 'Did you mean "maestro-cli delete"?'],
  [['desc', 'w'], 'Did you mean "maestro-cli describe"?'],
  [['config', 'list'], 'Did you mean "maestro-cli config get-contexts"?'],
  [['config', 'delete'], 'Did you mean "maestro-cli config delete-context"?'],
  [['zebra'], 'maestro-cli --help shows what there is.'],
])('%j tells what was probably meant', (argv, hint) => {
  expect(usageErrorOf(() => read(...argv)).hint).toEqual(hint instanceof RegExp ? expect.stringMatching(hint) : hint);
});

it('suggests a command for one, and never one of another kind', () => {
  for (const word of ['edti', 'wiat', 'top'])
    expect(commands.map(({ name }) => `Did you mean "maestro-cli ${name}"?`)).toContain(
      usageErrorOf(() => read(word)).hint,
    );
  expect(usageErrorOf(() => read('edti')).hint).toBe('Did you mean "maestro-cli edit"?');
});

it('a word of three that is misspelt is told with the whole command that was meant', () => {
  expect(usageErrorOf(() => read('gitops', 'migrate', 'pln')).hint).toBe(
    'Did you mean "maestro-cli gitops migrate plan"?',
  );
  expect(usageErrorOf(() => read('gitops', 'migrte', 'plan')).hint).toBe('Did you mean "maestro-cli gitops migrate"?');
});

describe('flags before the command and after it', () => {
  it('mean the same', () => {
    expect(read('--timeout=5s', 'list').invocation?.flags).toMatchObject({ timeout: '5s' });
    expect(read('list', '--timeout=5s').invocation?.flags).toMatchObject({ timeout: '5s' });
    expect(read('--grpc-insecure', 'list').invocation?.flags).toMatchObject({ grpcPlaintext: true });
  });
});
