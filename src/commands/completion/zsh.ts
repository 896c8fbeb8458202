/** For zsh 5, as a file of `fpath` and sourced. */
export const zshScript = `#compdef maestro-cli
# zsh completion for maestro-cli. Load it with:
#   source <(maestro-cli completion zsh)
# or, for every zsh, as the file _maestro-cli in a folder of $fpath.

_maestro-cli() {
  local program=\${(Q)words[1]} line directive
  local -a before answer described
  (( $+commands[$program] )) || [[ -x \${~program} ]] || program=maestro-cli
  # The word under the cursor up to the cursor.
  before=("\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}")
  answer=("\${(@f)$(\${~program} __complete -- "\${before[@]}" 2>/dev/null)}")
  directive=\${answer[-1]#:}
  [[ $directive == <-> ]] || return 1
  if (( directive == 0 || directive == 16 )); then
    [[ $PREFIX == -*=* ]] && compset -P '*='
    if (( directive == 16 )); then _files -/; else _files; fi
    return
  fi
  (( $#answer > 1 )) || return 1
  for line in "\${(@)answer[1,-2]}"; do
    # _describe takes what stands behind a colon for the description.
    described+=("\${\${line%%$'\\t'*}//:/\\\\:}\${\${(M)line%%$'\\t'*}:+}\${\${(M)line:#*$'\\t'*}:+:\${line#*$'\\t'}}")
  done
  local -a space
  (( directive & 2 )) && space=(-S '')
  _describe -V candidates described "\${space[@]}"
}

# As a file of fpath it is loaded by the first Tab, which is to have its effect.
if [[ \${funcstack[1]} == _maestro-cli ]]; then
  _maestro-cli "$@"
else
  (( $+functions[compdef] )) || { autoload -Uz compinit && compinit -i; }
  compdef _maestro-cli maestro-cli
fi
`;
