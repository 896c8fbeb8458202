import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';

export const versionOutputs = ['text', 'json'] as const;

export interface VersionOptions {
  readonly output: (typeof versionOutputs)[number];
}

export function parseVersion(input: ParseInput): VersionOptions {
  return { output: flagReader(input).output(versionOutputs) };
}
