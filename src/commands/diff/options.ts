import type { ParseInput } from '../../command-line/command-spec.ts';
import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import { consumersOption, onlyConsumer } from '../../command-line/consumer-choice.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { MaestroError } from '../../errors.ts';
import { writeOptions, type WriteOptions } from '../shared/write-options.ts';

export const diffOutputs = ['text', 'json'] as const;

/** What the apply in question would be told. */
export interface DiffOptions extends ConnectionOptions, WriteOptions {
  readonly output: (typeof diffOutputs)[number];
}

export function parseDiff(input: ParseInput): DiffOptions {
  const flags = flagReader(input);
  const consumers = consumersOption(flags);
  const consumer = onlyConsumer(consumers);
  const write = writeOptions(input, flags, consumer);
  if (write.files.length === 0) {
    throw new MaestroError('usage', 'nothing to compare', { hint: 'Name manifests with -f FILE.' });
  }
  if (consumers !== undefined && consumer === undefined) {
    throw new MaestroError('usage', 'diff compares for one consumer', {
      hint: 'For several, apply --dry-run=server says what would change.',
    });
  }
  return {
    ...connectionOptions(input, callTimeoutMs),
    ...write,
    overwrite: false,
    // It shows what would be removed, whether or not an apply would be let do it.
    noRemove: false,
    output: flags.output(diffOutputs),
  };
}
