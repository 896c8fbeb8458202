/**
 * For bash 3.2, which macOS has, and later. bash breaks words at the characters of COMP_WORDBREAKS, `=` and `:` among
 * them, and replaces only what stands behind the last one; the program gets whole words, and its candidates are cut
 * where bash has cut.
 */
export const bashScript = `# bash completion for maestro-cli. Load it with:
#   source <(maestro-cli completion bash)
# On macOS, whose bash 3.2 cannot do that:
#   source /dev/stdin <<<"$(maestro-cli completion bash)"

_maestro_cli() {
  COMPREPLY=()
  local IFS=$' \\t\\n' line=\${COMP_LINE:0:COMP_POINT} word rest i answer directive cur cut program=\${COMP_WORDS[0]}
  local -a words
  words=()
  # Pieces that no blank stands between are one word.
  rest=$line
  for ((i = 0; i <= COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    local blanks=\${rest%%[![:space:]]*}
    rest=\${rest#"$blanks"}
    if ((i == COMP_CWORD)); then word=$rest; fi
    rest=\${rest#"$word"}
    # The program gets words without the quotes around them.
    word=\${word//[\\"\\'\\\\]/}
    if ((i == 0)) || [[ -n $blanks ]]; then words+=("$word"); else words[\${#words[@]}-1]+=$word; fi
  done
  cur=\${words[\${#words[@]}-1]}
  [[ $program == '~'/* ]] && program=$HOME/\${program#??}
  answer=$("$program" __complete -- "\${words[@]:1}" 2>/dev/null) || return 0
  directive=\${answer##*:}
  # What bash does not replace.
  cut=\${COMP_WORDBREAKS//[^=:]/}
  [[ -n $cut && $cur == *[$cut]* ]] && cut=\${cur%"\${cur##*[$cut]}"} || cut=''
  if ((directive == 0 || directive == 16)); then
    IFS=$'\\n'
    compopt -o filenames 2>/dev/null
    # A flag that stays before the name of a file, where bash does not cut.
    [[ $cur == -*=* ]] && rest=\${cur%%=*}= || rest=''
    ((directive == 16)) && i=-d || i=-f
    COMPREPLY=($(compgen "$i" -- "\${cur#"$rest"}"))
    [[ -z $cut && -n $rest ]] && COMPREPLY=("\${COMPREPLY[@]/#/$rest}")
    return 0
  fi
  ((directive & 2)) && compopt -o nospace 2>/dev/null
  while IFS= read -r word; do
    word=\${word%%$'\\t'*}
    [[ $word == :* ]] || COMPREPLY+=("\${word#"$cut"}")
  done <<<"$answer"
}

complete -F _maestro_cli maestro-cli
`;
