import type { CommandData, ParseInput } from '../../command-line/command-spec.ts';
import { unknownValue } from '../../core/works/did-you-mean.ts';

export const shells = ['bash', 'zsh', 'fish'] as const;

export interface CompletionOptions {
  readonly shell: (typeof shells)[number];
  /** What is completed. */
  readonly commands: readonly CommandData[];
}

export function parseCompletion({ args }: ParseInput, commands: readonly CommandData[]): CompletionOptions {
  const shell = shells.find((known) => known === args[0]);
  if (shell !== undefined) return { shell, commands };
  throw unknownValue('completion', args[0] ?? '', shells);
}
