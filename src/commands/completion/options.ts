import type { CommandData, ParseInput } from '../../command-line/command-spec.ts';
import { MaestroError } from '../../errors.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

export interface CompletionOptions {
  readonly shell: (typeof shells)[number];
  /** What is completed. */
  readonly commands: readonly CommandData[];
}

export function parseCompletion({ args }: ParseInput, commands: readonly CommandData[]): CompletionOptions {
  const shell = shells.find((known) => known === args[0]);
  if (shell !== undefined) return { shell, commands };
  throw new MaestroError('usage', `there is no completion for "${args[0] ?? ''}"`, {
    hint: `Use one of: ${shells.join(', ')}.`,
  });
}
