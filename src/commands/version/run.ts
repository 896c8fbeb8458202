import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import { buildInfo } from '../../build-info.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import type { VersionOptions } from './options.ts';

export async function run(options: VersionOptions, context: Context): Promise<CommandResult> {
  const value = { ...buildInfo, node: context.runtime.node, platform: context.runtime.platform };
  context.stdout.write(
    options.output === 'json'
      ? `${printedJson(value, 2)}\n`
      : `maestro-cli ${value.version} (commit ${value.commit}, built ${value.date}, Node ${value.node}, ${value.platform})\n`,
  );
  return { exitCode: ExitCode.Done };
}
