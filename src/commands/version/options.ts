export interface VersionOptions {
  readonly output: 'text' | 'json';
}

export const outputs = ['text', 'json'] as const;
