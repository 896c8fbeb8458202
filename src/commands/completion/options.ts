import type { ParseInput } from '../../command-line/command-spec.ts';
import { unknownValue } from '../../core/works/did-you-mean.ts';

export const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;

export interface CompletionOptions {
  readonly shell: (typeof shells)[number];
}

export function parseCompletion({ args }: ParseInput): CompletionOptions {
  const shell = shells.find((known) => known === args[0]);
  if (shell !== undefined) return { shell };
  throw unknownValue('completion', args[0] ?? '', shells);
}
