export interface HelpOptions {
  /** Words of a command, or one topic; empty for the whole program. */
  readonly words: readonly string[];
}
