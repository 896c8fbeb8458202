import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { commands } from '../index.ts';
import { bashScript } from './bash.ts';
import type { CompletionOptions } from './options.ts';
import { fishScript } from './fish.ts';
import { completionModel } from './model.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export async function run({ shell }: CompletionOptions, context: Context): Promise<CommandResult> {
  context.stdout.write(scripts[shell](completionModel(commands)), 'data');
  return { exitCode: ExitCode.Done };
}
