import type { AnyCommandSpec, FlagSpec } from '../../src/command-line/command-spec.ts';
import { commonFlags } from '../../src/command-line/common-flags.ts';
import { flagSyntaxes } from '../../src/command-line/flag-syntax.ts';
import { parseInputOf } from '../../src/command-line/parse-input.ts';
import { readCommandLine } from '../../src/command-line/program.ts';
import { requestedResult } from '../../src/command-line/result-request.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { MaestroError } from '../../src/errors.ts';
import { exampleArguments } from './shell-words.ts';

/**
 * The values that a command takes for a flag when they are a closed list; undefined when they are none. A flag names
 * them when it is given another one, so it is asked, with an example of the command.
 */
export function valuesTaken(
  spec: AnyCommandSpec,
  flag: FlagSpec,
  specs: readonly AnyCommandSpec[],
): readonly string[] | undefined {
  const [{ names, long }] = flagSyntaxes(flag);
  const lists = spec.examples.map(({ command }) => {
    const given = `${long}=no-such-value`;
    const argv = [...without(names, exampleArguments(command)), given];
    return listRefused(argv, spec, specs, long);
  });
  return lists.find((list) => list !== undefined);
}

function listRefused(
  argv: readonly string[],
  spec: AnyCommandSpec,
  specs: readonly AnyCommandSpec[],
  long: string,
): readonly string[] | undefined {
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  try {
    const line = scanArgv(argv, { commands: specs, common: commonFlags });
    const invocation = readCommandLine(line, specs, silent);
    if (invocation?.spec.name !== spec.name) return undefined;
    const request = requestedResult(line, {}, '/');
    if (request?.format === undefined && request !== undefined) throw request.formatError;
    invocation.spec.parse(parseInputOf(invocation, { env: {} }));
  } catch (error) {
    const { message, hint = '' } = MaestroError.from(error);
    if (!message.startsWith(`${long} does not know`)) return undefined;
    return (
      /Use (?:one|some) of: ([^;.]*)/
        .exec(hint)?.[1]
        ?.split(', ')
        // What else it takes, such as a path, is told in words.
        .filter((value) => !value.includes(' '))
    );
  }
  return undefined;
}

function without(names: readonly string[], argv: readonly string[]): readonly string[] {
  const isFlag = (word = ''): boolean => names.includes(word.replace(/=.*/s, ''));
  return argv.filter(
    (word, index) => !isFlag(word) && !(names.includes(argv[index - 1] ?? '') && !word.startsWith('-')),
  );
}
