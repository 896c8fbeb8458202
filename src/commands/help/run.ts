import type { Command } from 'commander';
import type { CommandResult } from '../../command-line/command-spec.ts';
import { buildProgram } from '../../command-line/program.ts';
import type { Context } from '../../context.ts';
import { nearest } from '../../core/works/did-you-mean.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { commands } from '../index.ts';
import type { HelpOptions } from './options.ts';
import { topicText } from './render.ts';
import { topics } from './topics.ts';

export async function run({ words }: HelpOptions, { stdout }: Context): Promise<CommandResult> {
  const columns = stdout.columns ?? 80;
  const [first = ''] = words;
  const topic = words.length === 1 && Object.hasOwn(topics, first) ? topics[first] : undefined;
  if (topic !== undefined) {
    stdout.write(topicText(topic, Math.min(80, columns)));
    return { exitCode: ExitCode.Done };
  }
  const program = buildProgram(
    commands,
    { out: (text) => stdout.write(text), err: () => undefined, columns },
    () => undefined,
  );
  commandAt(program, words).outputHelp();
  if (words.length === 0) {
    const rows = Object.entries(topics).map(([name, { summary }]) => `  ${name.padEnd(13)}${summary}`);
    stdout.write(['', 'Topics of help:', ...rows, ''].join('\n'));
  }
  return { exitCode: ExitCode.Done };
}

function commandAt(program: Command, words: readonly string[]): Command {
  return words.reduce((parent, word, index) => {
    const found = parent.commands.find((command) => command.name() === word);
    if (found !== undefined) return found;
    const known = [...parent.commands.map((command) => command.name()), ...(index === 0 ? Object.keys(topics) : [])];
    const meant = nearest(word, known);
    throw new MaestroError('usage', `there is no command or topic "${words.join(' ')}"`, {
      hint:
        meant === undefined
          ? `There are: ${known.join(', ')}.`
          : `Did you mean "${[...words.slice(0, index), meant].join(' ')}"?`,
    });
  }, program);
}
