import type { AnyCommandSpec } from '../../src/command-line/command-spec.ts';
import { commonFlags } from '../../src/command-line/common-flags.ts';
import { parseInputOf } from '../../src/command-line/parse-input.ts';
import { readCommandLine } from '../../src/command-line/program.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { MaestroError } from '../../src/errors.ts';
import { exampleArguments } from './shell-words.ts';

/**
 * The output formats that the `parse` of a command takes; empty when it has
 * none, undefined when its first example is of another command. It names them
 * when it is given another, so it is asked, with an example of its own.
 */
export function outputsTaken(spec: AnyCommandSpec, specs: readonly AnyCommandSpec[]): readonly string[] | undefined {
  const [example] = spec.examples;
  if (example === undefined) return [];
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  const argv = withoutOutput(exampleArguments(example.command));
  try {
    const invocation = readCommandLine(
      scanArgv([...argv, '--output', '?'], { commands: specs, common: commonFlags }),
      specs,
      silent,
    );
    if (invocation?.spec.name !== spec.name) return undefined;
    invocation.spec.parse(parseInputOf(invocation, { env: {} }));
  } catch (error) {
    const { message, hint } = MaestroError.from(error);
    const listed = message.startsWith('--output does not know')
      ? /^Use one of: (.*)\.$/.exec(hint ?? '')?.[1]
      : undefined;
    return listed?.split(', ') ?? [];
  }
  return [];
}

function withoutOutput(argv: readonly string[]): readonly string[] {
  return argv.filter(
    (word, index) => !/^(-o.*|--output(=.*)?)$/.test(word) && !['-o', '--output'].includes(argv[index - 1] ?? ''),
  );
}
