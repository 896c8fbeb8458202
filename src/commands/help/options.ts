import type { AnyCommandSpec, ParseInput } from '../../command-line/command-spec.ts';

export interface HelpOptions {
  /** Words of a command, or one topic; empty for the whole program. */
  readonly words: readonly string[];
  /** What may be explained beside topics. */
  readonly commands: readonly AnyCommandSpec[];
}

export function parseHelp({ args }: ParseInput, commands: readonly AnyCommandSpec[]): HelpOptions {
  return { words: args, commands };
}
