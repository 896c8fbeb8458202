import { groupSummaries } from '../../command-line/program.ts';
import { forwardedFlags, namesTimeout, type Completed, type CompletedFlag, type CompletionModel } from './model.ts';

/** The completion script for fish, which shows what each word is for. */
export function fishScript(model: CompletionModel): string {
  const lines = [
    ...[...model.next].flatMap(([before, words]) => words.map((word) => nextLine(model, before, word))),
    ...model.common.flatMap((flag) => flagLine('', flag)),
    ...model.commands.flatMap(({ name, flags }) =>
      flags.flatMap((flag) => flagLine(`__maestro_cli_using ${name}`, flag)),
    ),
    ...model.commands.flatMap(({ name, argument }) => argumentLine(name, argument)),
  ];
  return `# fish completion for maestro-cli. Load it with:
#   maestro-cli completion fish | source

# The words of the line that are neither flags nor their values.
function __maestro_cli_words
    set -l skip 0
    for word in (commandline -opc)[2..-1]
        if test $skip = 1; or begin; test $skip = 2; and not string match -q -- '-*' $word; end
            set skip 0
            continue
        end
        set skip 0
        switch $word
            case ${namesOf(model, { optional: false }).join(' ')}
                set skip 1
            case ${namesOf(model, { optional: true }).join(' ')}
                set skip 2
            case '-*'
            case '*'
                echo $word
        end
    end
end

function __maestro_cli_using
    set -l words (__maestro_cli_words)
    set -l length (count $argv)
    test (count $words) -ge $length; or return 1
    test "$words[1..$length]" = "$argv"
end

function __maestro_cli_at
    set -l words (__maestro_cli_words)
    test "$words" = "$argv"
end

# Flags of the line that say which Maestro to ask.
function __maestro_cli_forward
    set -l name ''
    for word in (commandline -opc)
        if test -n "$name"
            echo $name=$word
            set name ''
            continue
        end
        switch $word
            case ${forwardedFlags.map((flag) => `'${flag}=*'`).join(' ')}
                echo $word
            case ${forwardedFlags.join(' ')}
                set name $word
        end
    end
end

function __maestro_cli_consumers
    set -l program (commandline -opc)[1]
    $program consumer list -o name --timeout=${namesTimeout} --quiet (__maestro_cli_forward) 2>/dev/null
end

function __maestro_cli_contexts
    set -l program (commandline -opc)[1]
    $program config get-contexts -o name (__maestro_cli_forward) 2>/dev/null
end

complete -c maestro-cli -f
${lines.join('\n')}
`;
}

function nextLine(model: CompletionModel, before: string, word: string): string {
  const name = before === '' ? word : `${before} ${word}`;
  const summary = model.commands.find((command) => command.name === name)?.summary ?? groupSummaries[name];
  return `complete -c maestro-cli -n '__maestro_cli_at ${before}' -a ${word}${about(summary)}`;
}

function flagLine(condition: string, { names, value, optional, about: text }: CompletedFlag): string[] {
  const spelled = names
    .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(' ');
  const when = condition === '' ? '' : ` -n '${condition}'`;
  // fish offers the value of an optional flag only after "=" when -r is left out.
  const needs = value === undefined || optional ? '' : ' -r';
  return [
    `complete -c maestro-cli${when} ${spelled}${needs}${value === undefined ? '' : offered(value)}${about(text)}`,
  ];
}

function argumentLine(name: string, argument: Completed): string[] {
  const what = offered(argument);
  return what === '' ? [] : [`complete -c maestro-cli -n '__maestro_cli_at ${name}'${what}`];
}

function offered(completed: Completed): string {
  switch (completed.kind) {
    case 'file':
      return ' -F';
    case 'directory':
      return " -a '(__fish_complete_directories)'";
    case 'consumer':
      return " -a '(__maestro_cli_consumers)'";
    case 'context':
      return " -a '(__maestro_cli_contexts)'";
    case 'words':
      return ` -a '${completed.words.join(' ')}'`;
    case 'any':
      return '';
  }
}

/** Flags behind which the next word is their value, always or unless it looks like a flag. */
function namesOf(model: CompletionModel, { optional }: Pick<CompletedFlag, 'optional'>): readonly string[] {
  const flags = [...model.common, ...model.commands.flatMap((command) => command.flags)];
  const wanted = flags.filter((flag) => flag.value !== undefined && flag.optional === optional);
  return [...new Set(wanted.flatMap(({ names }) => names))];
}

function about(text: string | undefined): string {
  return text === undefined ? '' : ` -d '${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
