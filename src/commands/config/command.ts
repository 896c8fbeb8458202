import type { AnyCommandSpec, CommandSpec } from '../../command-line/command-spec.ts';
import { localExitCodes } from '../../command-line/exit-codes.ts';
import { unknownCommand } from '../../command-line/unknown-command.ts';
import { configViewCommand } from './view/command.ts';
import { configGetContextsCommand } from './get-contexts/command.ts';
import { configCurrentContextCommand } from './current-context/command.ts';
import { configUseContextCommand } from './use-context/command.ts';
import { configSetContextCommand } from './set-context/command.ts';
import { configDeleteContextCommand } from './delete-context/command.ts';
import { configPathCommand } from './path/command.ts';
import { configDescription } from './shared/texts.ts';
import { parseConfigView, viewOutputs, type ConfigViewOptions } from './view/options.ts';

const subcommands = [
  configViewCommand,
  configGetContextsCommand,
  configCurrentContextCommand,
  configUseContextCommand,
  configSetContextCommand,
  configDeleteContextCommand,
  configPathCommand,
];

const group: CommandSpec<ConfigViewOptions> = {
  name: 'config',
  summary: 'named contexts: endpoints, credentials, source id, consumer',
  description: configDescription,
  examples: [
    {
      about: 'Name a Maestro and use it from now on',
      command: 'maestro-cli config set-context dev --grpc-endpoint=grpc://localhost:8090 --use',
    },
    { about: 'What is in the file', command: 'maestro-cli config view' },
  ],
  exitCodes: localExitCodes,
  flags: [],
  args: '[command]',
  argKind: 'command',
  outputs: viewOutputs,
  hasOutcome: false,
  offline: true,
  parse: (input) => {
    const [word] = input.args;
    const known = subcommands.map(({ name }) => name.slice('config '.length));
    if (word !== undefined) throw unknownCommand(word, known, 'config ');
    return parseConfigView(input);
  },
  load: () => import('./view/run.ts'),
};

export const configCommands: readonly AnyCommandSpec[] = [group, ...subcommands];
