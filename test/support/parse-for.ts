import { MaestroError } from '../../src/errors.ts';
import type { CommandSpec } from '../../src/command-line/command-spec.ts';
import { commonFlags } from '../../src/command-line/common-flags.ts';
import { parseInputOf } from '../../src/command-line/parse-input.ts';
import { readCommandLine } from '../../src/command-line/program.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';

/**
 * What a command would make of flags, as if they were given to it: for checking a command line that will run
 * elsewhere, as tests do.
 *
 * @throws MaestroError usage as the command itself would
 */
export function parseFor<Options>(
  spec: CommandSpec<Options>,
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>> = {},
): Options {
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  const line = scanArgv([...spec.name.split(' '), ...argv], { commands: [spec], common: commonFlags });
  const invocation = readCommandLine(line, [spec], silent);
  if (invocation === undefined) throw new MaestroError('usage', 'help was asked for');
  return spec.parse(parseInputOf(invocation, { env }));
}
