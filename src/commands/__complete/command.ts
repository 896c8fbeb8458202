import type { AnyCommandSpec, CommandSpec } from '../../command-line/command-spec.ts';
import { ExitCode } from '../../exit-code.ts';
import { parseComplete, type CompleteOptions } from './options.ts';

/**
 * What the scripts of `completion` ask on every Tab, so that the grammar is written down once.
 *
 * @param all every command that a person may call
 */
export const completeCommand = (all: () => readonly AnyCommandSpec[]): CommandSpec<CompleteOptions> => ({
  name: '__complete',
  summary: 'what may stand at the end of a command line, for shells',
  description:
    'Prints one candidate a line, a tab and what it means, and at last a colon and a number, as programs made with cobra do: 4 is added when names of files are no candidates, 2 when no space follows the word, 16 when directories alone may stand there. It asks Maestro for names for a second at most, and says nothing when that fails.',
  examples: [{ about: 'What begins with li', command: 'maestro-cli __complete -- li' }],
  exitCodes: [ExitCode.Done],
  flags: [{ flags: '--new-word', about: 'an empty word comes behind the others, for shells that cannot hand one on' }],
  args: '[words...]',
  argKind: 'word',
  hasOutcome: false,
  offline: true,
  hidden: true,
  parse: (input) => parseComplete(input, all()),
  load: () => import('./run.ts'),
});
