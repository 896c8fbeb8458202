/**
 * What has to be known of the commands to find the result file on a command line. Plain data, because the start of the
 * program has it built in.
 */
export interface CommandFacts {
  /** First words of all commands. */
  readonly names: readonly string[];
  /** Those with an outcome, which RESULTS_PATH is for. */
  readonly withOutcome: readonly string[];
  /** Flags of every command that take a value, which is no command's name then. */
  readonly valueFlags: readonly string[];
}

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The path as the user gave it: by the flag, or by RESULTS_PATH for a command with an outcome. Empty when the flag has
 * no value.
 */
export function givenResultPath(argv: readonly string[], env: Environment, facts: CommandFacts): string | undefined {
  if (argv.includes('--help') || argv.includes('-h') || argv[0] === 'help') return undefined;
  const byFlag = flagValue(argv, '--results-path');
  if (byFlag !== undefined) return byFlag;
  const name = commandName(argv, facts);
  const inherited = name !== undefined && facts.withOutcome.includes(name) ? env['RESULTS_PATH'] : undefined;
  return inherited === '' ? undefined : inherited;
}

/** The first word that names a command and is no flag's value: `list -c apply` is a list. */
export function commandName(argv: readonly string[], { names, valueFlags }: CommandFacts): string | undefined {
  return argv.find((word, index) => names.includes(word) && !valueFlags.includes(argv[index - 1] ?? ''));
}

/** The last value of a flag, in both spellings. */
export function flagValue(argv: readonly string[], flag: string): string | undefined {
  const values = flagValues(argv, flag);
  return values[values.length - 1];
}

/** All values of a flag, in both spellings. */
export function flagValues(argv: readonly string[], flag: string): readonly string[] {
  const values: string[] = [];
  for (const [index, word] of argv.entries()) {
    if (word.startsWith(`${flag}=`)) values.push(word.slice(flag.length + 1));
    else if (word === flag && argv[index + 1] !== undefined) values.push(argv[index + 1] ?? '');
  }
  return values;
}
