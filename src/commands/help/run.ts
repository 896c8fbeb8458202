import type { CommandResult } from '../../command-line/command-spec.ts';
import { buildProgram } from '../../command-line/program.ts';
import { commandMeant } from '../../command-line/unknown-command.ts';
import type { Context } from '../../context.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { topicNames, type HelpOptions } from './options.ts';
import { openHelpOutput } from './output.ts';
import { topics } from './topics.ts';

type Program = ReturnType<typeof buildProgram>;

export async function run(
  { words, commands }: HelpOptions,
  context: Pick<Context, 'stdout' | 'invokedAs'>,
): Promise<CommandResult> {
  const output = openHelpOutput(context);
  const [first = ''] = words;
  const name = topicNames.find((known) => known === first);
  const topic = words.length === 1 && name !== undefined ? topics[name] : undefined;
  if (topic !== undefined) output.topic(topic);
  else
    commandAt(
      buildProgram(commands, output.program, () => undefined),
      words,
    ).outputHelp();
  if (words.length === 0) output.topics(topics);
  return { exitCode: ExitCode.Done };
}

function commandAt(program: Program, words: readonly string[]): Program {
  return words.reduce((parent, word, index) => {
    const found = parent.commands.find((command) => [command.name(), ...command.aliases()].includes(word));
    if (found !== undefined) return found;
    const known = [...parent.commands.map((command) => command.name()), ...(index === 0 ? topicNames : [])];
    const meant = commandMeant(word, known);
    throw new MaestroError('usage', `there is no command or topic "${words.join(' ')}"`, {
      hint:
        meant === undefined
          ? `There are: ${known.join(', ')}.`
          : `Did you mean "${[...words.slice(0, index), meant].join(' ')}"?`,
    });
  }, program);
}
