export interface CompletionOptions {
  readonly shell: 'bash' | 'zsh' | 'fish';
}
