import type { AnyCommandSpec } from '../../command-line/command-spec.ts';
import { readCommandLine } from '../../command-line/program.ts';
import { MaestroError } from '../../errors.ts';
import { exampleArguments } from './shell-words.ts';

/**
 * The output formats of a command; empty when it has none. A command keeps them
 * in its `parse`, which names them when it is given another: so it is asked,
 * with an example of its own, and what help and completion say is what it takes.
 */
export function outputsOf(spec: AnyCommandSpec, specs: readonly AnyCommandSpec[]): readonly string[] {
  const [example] = spec.examples;
  if (example === undefined) return [];
  const silent = { out: (): void => undefined, err: (): void => undefined, columns: 80 };
  const argv = withoutOutput(exampleArguments(example.command));
  try {
    const invocation = readCommandLine([...argv, '--output', '?'], specs, silent);
    if (invocation !== undefined) invocation.spec.parse({ flags: invocation.flags, args: invocation.args, env: {} });
  } catch (error) {
    const { message, hint } = MaestroError.from(error);
    const listed = message.startsWith('--output does not know') ? /^Use one of: (.*)\.$/.exec(hint ?? '')?.[1] : undefined;
    return listed?.split(', ') ?? [];
  }
  return [];
}

function withoutOutput(argv: readonly string[]): readonly string[] {
  return argv.filter((word, index) => !/^(-o.*|--output(=.*)?)$/.test(word) && !['-o', '--output'].includes(argv[index - 1] ?? ''));
}
