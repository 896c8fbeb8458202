import { MaestroError } from '../errors.ts';
import { ExitCode } from '../exit-code.ts';
import type { AnyCommandSpec, CommandData, CommandSpec } from './command-spec.ts';

/** A group that is no command itself: it has one, and tells of it whoever leaves it out. */
export function commandGroup(
  data: Pick<CommandData, 'name' | 'summary' | 'examples'>,
  only: AnyCommandSpec,
): CommandSpec<never> {
  return {
    ...data,
    exitCodes: [ExitCode.Usage],
    flags: [],
    args: '[command]',
    argKind: 'command',
    hasOutcome: false,
    offline: true,
    parse: ({ args: [word] }) => {
      const what = word === undefined ? 'needs a command' : `has no command "${word}"`;
      throw new MaestroError('usage', `${data.name} ${what}`, { hint: `There is one: maestro-cli ${only.name}.` });
    },
    load: async () => only.load(),
  };
}
