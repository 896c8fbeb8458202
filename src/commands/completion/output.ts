import type { OutputStream } from '../../context.ts';
import { bashScript } from './bash.ts';
import { fishScript } from './fish.ts';
import type { CompletionOptions } from './options.ts';
import { powershellScript } from './powershell.ts';
import { zshScript } from './zsh.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript, powershell: powershellScript } as const;

export function printScript(shell: CompletionOptions['shell'], stdout: OutputStream): void {
  stdout.write(scripts[shell], 'data');
}
