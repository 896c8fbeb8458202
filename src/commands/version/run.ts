import { buildInfo } from '../../build-info.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { VersionOptions } from './options.ts';
import { printVersion } from './output.ts';

export async function run(
  options: VersionOptions,
  context: Pick<Context, 'stdout' | 'runtime'>,
): Promise<CommandResult> {
  const { node, platform } = context.runtime;
  printVersion({ ...buildInfo, node, platform }, options.output, context.stdout);
  return { exitCode: ExitCode.Done };
}
