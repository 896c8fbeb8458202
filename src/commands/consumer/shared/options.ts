import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';

export const consumerOutputs = ['table', 'json', 'name'] as const;

export interface ConsumerOptions extends ConnectionOptions {
  readonly output: (typeof consumerOutputs)[number];
}

export interface NamedConsumerOptions extends ConsumerOptions {
  readonly name: string;
}

export function parseConsumer(input: ParseInput): ConsumerOptions {
  return {
    ...connectionOptions(input, callTimeoutMs),
    output: flagReader(input).output(consumerOutputs),
  };
}

export function parseConsumerName(input: ParseInput): NamedConsumerOptions {
  return { ...parseConsumer(input), name: input.args[0] ?? '' };
}
