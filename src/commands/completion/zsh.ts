import { bashScript } from './bash.ts';
import type { CompletionModel } from './model.ts';

/** zsh runs completion functions of bash by a module of its own, so there is one script to keep right. */
export function zshScript(model: CompletionModel): string {
  return `#compdef maestro-cli
# zsh completion for maestro-cli. Load it with:
#   source <(maestro-cli completion zsh)

autoload -U +X compinit
(( $+functions[compdef] )) || compinit
autoload -U +X bashcompinit && bashcompinit

${bashScript(model).split('\n').slice(3).join('\n')}`;
}
