import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { MaestroError } from '../../errors.ts';

export const versionOutputs = ['text', 'json'] as const;

export interface VersionOptions {
  readonly output: (typeof versionOutputs)[number];
  /** Print the licences of what is built in instead. */
  readonly licenses: boolean;
}

export function parseVersion(input: ParseInput): VersionOptions {
  const flags = flagReader(input);
  const output = flags.output(versionOutputs);
  const licenses = flags.on('licenses');
  if (licenses && output !== 'text')
    throw new MaestroError('usage', `--licenses prints text, and no -o ${output}`, {
      hint: 'The bill of materials beside each release is JSON.',
    });
  return { output, licenses };
}
