import { describe, expect, it } from 'vitest';
import type { AnyCommandSpec, FlagSpec } from '../../src/command-line/command-spec.ts';
import { commonFlags } from '../../src/command-line/common-flags.ts';
import { flagSyntaxes } from '../../src/command-line/flag-syntax.ts';
import { parseInputOf } from '../../src/command-line/parse-input.ts';
import { readCommandLine } from '../../src/command-line/program.ts';
import { requestedResult } from '../../src/command-line/result-request.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { applyCommand } from '../../src/commands/apply/command.ts';
import { commands, grammar } from '../../src/commands/index.ts';
import { MaestroError } from '../../src/errors.ts';
import { exampleArguments } from '../support/shell-words.ts';

/*
 * What the data of all commands have in common, so that one command does not come to take what another refuses.
 */

const flagOf = ({ flags }: AnyCommandSpec, attribute: string): FlagSpec | undefined =>
  flags.find((flag) => flagSyntaxes(flag)[0].attribute === attribute);

const withFlag = (attribute: string): readonly (readonly [string, AnyCommandSpec, FlagSpec])[] =>
  commands.flatMap((spec) => {
    const flag = flagOf(spec, attribute);
    return flag === undefined ? [] : [[spec.name, spec, flag] as const];
  });

describe('every command', () => {
  it.each(commands.map((spec) => [spec.name, spec] as const))('%s says what its arguments are', (_name, spec) => {
    expect(spec.argKind === undefined, 'args and argKind go together').toBe(spec.args === undefined);
    if (spec.argsMean === undefined) return;
    const flag = flagOf(spec, spec.argsMean);
    expect(flag, `no flag for ${spec.argsMean}`).toBeDefined();
    expect(spec.args?.includes('...'), 'several arguments where the flag repeats, and only there').toBe(
      flag?.repeat === true,
    );
    expect(spec.args?.startsWith('['), 'the flag can be given instead').toBe(true);
    expect(flag?.about).toMatch(/or (NAME|FILE) without the flag/);
  });

  it.each(
    commands.flatMap((spec) =>
      [...spec.flags, ...commonFlags].map((flag) => [`${spec.name} ${flag.flags}`, flag] as const),
    ),
  )('%s is called repeatable when it is', (_name, { about, repeat }) => {
    expect(/\brepeatable\b/.test(about)).toBe(repeat === true);
  });

  it.each(withFlag('name').filter(([, , flag]) => flag.flags.includes('<name>')))(
    '%s takes -n for the name',
    (_name, _spec, flag) => expect(flag.flags).toMatch(/^-n, --name /),
  );

  it.each(withFlag('id'))('%s is about works that exist, and takes their names without a flag', (_name, spec) => {
    expect(spec).toMatchObject({ argKind: 'work', argsMean: 'name' });
    expect(flagOf(spec, 'name')?.repeat).toBe(flagOf(spec, 'id')?.repeat);
  });

  it.each(commands.filter(({ argKind }) => argKind === 'work').map((spec) => [spec.name, spec] as const))(
    '%s, which takes names, takes --name, --adapter, --consumer and --id too',
    (_name, spec) => {
      for (const attribute of ['name', 'adapter', 'consumer', 'id']) expect(flagOf(spec, attribute)).toBeDefined();
    },
  );

  it.each(
    [...withFlag('manifestFile'), ...withFlag('sourceFile')].filter(([, , flag]) => flag.flags.startsWith('-f,')),
  )('%s takes files without a flag, unless it is about something else', (_name, spec) => {
    if (spec.argKind !== 'job template') expect(spec.argKind).toBe('file');
  });
});

describe('another name of a command', () => {
  const aliases = commands.flatMap((spec) => (spec.aliases ?? []).map((alias) => [alias, spec] as const));

  it.each(aliases)('%s is no word of another, and has as many words', (alias, spec) => {
    expect(alias.split(' ')).toHaveLength(spec.name.split(' ').length);
    const others = commands.flatMap(({ name, aliases: more = [] }) => [name, ...more]).filter((one) => one === alias);
    expect(others).toEqual([alias]);
  });

  it.each(aliases)('%s is read as the command, with its flags', (alias, spec) => {
    const argv = ['--quiet', ...alias.split(' '), '-o', 'json', 'x'];
    const line = scanArgv(argv, grammar);
    expect(line.command).toBe(spec);
    expect(line.path).toEqual(spec.name.split(' '));
    expect(line.words).toEqual(['--quiet', ...spec.name.split(' '), '-o', 'json', 'x']);
    expect(line.positionals).toEqual(['x']);
  });
});

describe('a flag with a closed list of values', () => {
  const own = commands.flatMap((spec) => spec.flags.map((flag) => [spec, flag] as const));
  const common = commonFlags.map((flag) => [applyCommand, flag] as const);
  const closed = [...own, ...common].flatMap(([spec, flag]) =>
    flag.values === undefined ? [] : [[`${spec.name} ${flag.flags}`, spec, flag, flag.values] as const],
  );

  it.each(closed)('%s refuses another value, and lists exactly those', (_name, spec, flag, values) => {
    const [{ long }] = flagSyntaxes(flag);
    const lines = spec.examples
      .map(({ command }) => withoutFlag(exampleArguments(command), long))
      // --via is for lines that wait.
      .flatMap((argv) => [argv, [...argv, '--watch']]);
    const refused = lines.flatMap((argv) => refusalOf([...argv, `${long}=?`], spec) ?? []);
    const told = refused.filter(({ message }) => message === `${long} does not know "?"`);
    expect(told[0]?.hint).toBe(`Use one of: ${values.join(', ')}.`);
  });
});

function withoutFlag(argv: readonly string[], long: string): readonly string[] {
  return argv.filter((word, index) => word !== long && !word.startsWith(`${long}=`) && argv[index - 1] !== long);
}

function refusalOf(argv: readonly string[], spec: AnyCommandSpec): MaestroError | undefined {
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  try {
    const line = scanArgv(argv, grammar);
    const request = requestedResult(line, { RESULTS_PATH: '/nowhere/result.json' }, '/');
    if (request !== undefined && request.format === undefined) throw request.formatError;
    const invocation = readCommandLine(line, commands, silent);
    if (invocation?.spec === spec) spec.parse(parseInputOf(invocation, { env: {} }));
    return undefined;
  } catch (error) {
    return MaestroError.from(error);
  }
}
