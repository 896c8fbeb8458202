import { present } from '../../core/present.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import { onlyConsumer, writtenConsumers } from '../../command-line/consumer-choice.ts';
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
  const { chosen: consumers, fallback } = writtenConsumers(input, false);
  const consumer = onlyConsumer(consumers);
  const write = writeOptions(input, flags, consumer);
  if (write.files.length === 0) {
    throw new MaestroError('usage', 'nothing to compare', { hint: 'Name manifests: diff FILE, or -f FILE.' });
  }
  if (consumers !== undefined && consumer === undefined) {
    throw new MaestroError('usage', 'diff compares for one consumer', {
      hint: 'For several, apply --dry-run=server says what would change.',
    });
  }
  return {
    ...connectionOptions(input, callTimeoutMs),
    ...write,
    ...present({ consumerElse: fallback }),
    overwrite: false,
    // It shows what would be removed, whether or not an apply would be let do it.
    noRemove: false,
    output: flags.output(diffOutputs),
  };
}
