import { forwardedFlags, namesTimeout, type Completed, type CompletionModel } from './model.ts';

/**
 * The completion script for bash; zsh runs it too. Everything but the names of
 * consumers and contexts is written into it, so that pressing Tab starts no process.
 */
export function bashScript(model: CompletionModel): string {
  return `# bash completion for maestro-cli. Load it with:
#   source <(maestro-cli completion bash)

# The words that may follow a command; "help" is followed by what it explains.
_maestro_cli_next() {
  local before=\${1#help}
  case "\${before# }" in
${[...model.next].map(([before, words]) => `    ${quoted(before)}) echo ${quoted(words.join(' '))} ;;`).join('\n')}
  esac
}

_maestro_cli_flags() {
  case "$1" in
${model.commands.map(({ name, flags }) => `    ${quoted(name)}) echo ${quoted(flags.flatMap(({ names }) => names).join(' '))} ;;`).join('\n')}
  esac
  echo ${quoted(model.common.flatMap(({ names }) => names).join(' '))}
}

# Prints what the value of a flag is; fails for a flag that has none.
_maestro_cli_value() {
  case "$1 $2" in
${valueCases(model).join('\n')}
    *) return 1 ;;
  esac
}

_maestro_cli_argument() {
  case "$1" in
${model.commands.map(({ name, argument }) => `    ${quoted(name)}) echo ${quoted(shown(argument))} ;;`).join('\n')}
  esac
}

_maestro_cli_fill() {
  local kind=$1 cur=$2 words='' IFS=$' \\t\\n'
  case "$kind" in
    file) IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return ;;
    directory) IFS=$'\\n'; compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur")); return ;;
    consumer) words=$("$_maestro_cli_program" consumer list -o name --timeout=${namesTimeout} --quiet "\${_maestro_cli_forward[@]}" 2>/dev/null) ;;
    context) words=$("$_maestro_cli_program" config get-contexts -o name "\${_maestro_cli_forward[@]}" 2>/dev/null) ;;
    words:*) words=\${kind#words:} ;;
    *) return ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}

_maestro_cli() {
  COMPREPLY=()
  local _maestro_cli_program=\${COMP_WORDS[0]} cur=\${COMP_WORDS[COMP_CWORD]} command='' flag='' kind='' word next words i arguments=0
  local -a _maestro_cli_forward
  _maestro_cli_forward=()
  local IFS=$' \\t\\n'
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == -* ]]; then
      flag=\${word%%=*}
      if [[ $word == *=* ]]; then
        next=\${word#*=}
      elif [[ \${COMP_WORDS[i+1]} == '=' ]]; then
        next=\${COMP_WORDS[i+2]}
        ((i += 2))
      elif kind=$(_maestro_cli_value "$command" "$flag") && [[ $kind != optional* || \${COMP_WORDS[i+1]} != -* ]]; then
        next=\${COMP_WORDS[i+1]}
        ((i += 1))
      else
        next=''
      fi
      if ((i >= COMP_CWORD)); then
        # The word under the cursor is this flag's value.
        [[ $cur == '=' ]] && cur=''
        kind=$(_maestro_cli_value "$command" "$flag") && _maestro_cli_fill "\${kind#optional }" "$cur"
        return
      fi
      case "$flag" in
        ${forwardedFlags.join('|')}) _maestro_cli_forward+=("$flag=$next") ;;
      esac
    elif [[ " $(_maestro_cli_next "$command") " == *" $word "* ]]; then
      command="\${command:+$command }$word"
    else
      ((arguments += 1))
    fi
  done
  if [[ $cur == --*=* ]]; then
    # A shell that does not break words at "=".
    flag=\${cur%%=*}
    if kind=$(_maestro_cli_value "$command" "$flag"); then
      _maestro_cli_fill "\${kind#optional }" "\${cur#*=}"
      COMPREPLY=("\${COMPREPLY[@]/#/$flag=}")
    fi
  elif [[ $cur == -* ]]; then
    COMPREPLY=($(compgen -W "$(_maestro_cli_flags "$command")" -- "$cur"))
  elif ((arguments == 0)); then
    words=$(_maestro_cli_next "$command")
    if [[ -n $words ]]; then
      COMPREPLY=($(compgen -W "$words" -- "$cur"))
    else
      _maestro_cli_fill "$(_maestro_cli_argument "$command")" "$cur"
    fi
  fi
}

complete -F _maestro_cli maestro-cli
`;
}

/** Commands' own flags first: they may mean something else than a common one. */
function valueCases(model: CompletionModel): string[] {
  const cases: string[] = [];
  const add = (pattern: string, names: readonly string[], value: Completed | undefined, optional: boolean): void => {
    if (value === undefined) return;
    const patterns = names.map((name) => `${pattern}${quoted(` ${name}`)}`).join('|');
    cases.push(`    ${patterns}) echo ${quoted(`${optional ? 'optional ' : ''}${shown(value)}`)} ;;`);
  };
  for (const { name, flags } of model.commands) {
    for (const { names, value, optional } of flags) add(quoted(name), names, value, optional);
  }
  for (const { names, value, optional } of model.common) add('*', names, value, optional);
  return cases;
}

function shown(completed: Completed): string {
  return completed.kind === 'words' ? `words:${completed.words.join(' ')}` : completed.kind;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
