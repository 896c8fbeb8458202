import type { OutputStream } from '../../context.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { CompletionModel } from './model.ts';
import type { CompletionOptions } from './options.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export function printScript(shell: CompletionOptions['shell'], model: CompletionModel, stdout: OutputStream): void {
  stdout.write(scripts[shell](model), 'data');
}
