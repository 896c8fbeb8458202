import type { CommandData, ParseInput } from '../../command-line/command-spec.ts';

/** What is explained beside commands. */
export const topicNames = ['flags', 'names', 'exit-codes', 'expressions', 'results'] as const;

export interface HelpOptions {
  /** Words of a command, or one topic; empty for the whole program. */
  readonly words: readonly string[];
  /** What may be explained beside topics. */
  readonly commands: readonly CommandData[];
}

export function parseHelp({ args }: ParseInput, commands: readonly CommandData[]): HelpOptions {
  return { words: args, commands };
}
