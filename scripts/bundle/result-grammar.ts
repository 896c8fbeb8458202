import { commonFlags } from '../../src/command-line/common-flags.ts';
import { flagSyntaxes, type WrittenFlag } from '../../src/command-line/flag-syntax.ts';
import type { ResultCommand } from '../../src/command-line/result-path.ts';
import type { Grammar } from '../../src/command-line/scan-argv.ts';
import { grammar } from '../../src/commands/index.ts';

/** What the loader has to know of the commands to find where a result goes, and no more: every run reads it. */
export function resultGrammar(): Grammar<ResultCommand> {
  const written = ({ flags, aliases = [] }: WrittenFlag): WrittenFlag => ({ flags, aliases });
  return {
    commands: grammar.commands.map(({ name, aliases = [], hasOutcome, flags }) => ({
      name,
      aliases,
      hasOutcome,
      flags: flags.filter((flag) => flagSyntaxes(flag)[0].attribute === hasOutcome).map((flag) => written(flag)),
    })),
    common: commonFlags.map((flag) => written(flag)),
  };
}
