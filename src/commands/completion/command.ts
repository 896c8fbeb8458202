import type { CommandSpec } from '../../command-line/command-spec.ts';
import { localExitCodes } from '../../command-line/exit-codes.ts';
import { parseCompletion, shells, type CompletionOptions } from './options.ts';

export const completionCommand: CommandSpec<CompletionOptions> = {
  name: 'completion',
  summary: 'print a completion script for bash, zsh, fish or PowerShell',
  description:
    'Prints a script that completes commands, flags, their values, and names: of works, consumers, contexts, templates, topics. On every Tab it asks the program what may stand there; that asks the Maestro of the line, or of the context in use, for a second at most, and stays silent when that fails.',
  examples: [
    {
      about: 'For bash; or, in ~/.bashrc: source <(maestro-cli completion bash)',
      command: 'maestro-cli completion bash > maestro-cli.bash',
    },
    {
      about: 'For zsh, in $fpath; or, in ~/.zshrc: source <(maestro-cli completion zsh)',
      command: 'maestro-cli completion zsh > _maestro-cli',
    },
    {
      about: 'For fish, in ~/.config/fish/completions',
      command: 'maestro-cli completion fish > maestro-cli.fish',
    },
    {
      about: 'For PowerShell, to be read by $PROFILE',
      command: 'maestro-cli completion powershell > maestro-cli.ps1',
    },
  ],
  exitCodes: localExitCodes,
  flags: [],
  args: '<shell>',
  argKind: 'shell',
  argValues: shells,
  hasOutcome: false,
  offline: true,
  parse: parseCompletion,
  load: () => import('./run.ts'),
};
