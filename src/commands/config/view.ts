import { printedJson } from '../../output/json.ts';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { toYaml } from '../../output/yaml.ts';
import type { ConfigViewOptions } from './commands.ts';
import { openConfig, withoutCredentials } from './file.ts';

export async function run(options: ConfigViewOptions, context: Context): Promise<CommandResult> {
  const { contexts, currentContext } = await openConfig(options, context);
  const shown = [...contexts].map(([name, values]) => {
    const entries = Object.entries(values).map(([key, value]) => [key, withoutCredentials(key, value)]);
    return [name, Object.fromEntries(entries)] as const;
  });
  const value = {
    ...(currentContext === undefined ? {} : { 'current-context': currentContext }),
    contexts: Object.fromEntries(shown),
  };
  if (options.output === 'json') {
    context.stdout.write(`${printedJson(value, 2)}\n`);
  } else {
    context.stdout.write(toYaml(value), 'data');
  }
  return { exitCode: ExitCode.Done };
}
