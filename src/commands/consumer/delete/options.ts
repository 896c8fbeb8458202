import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { parseConsumerName, type NamedConsumerOptions } from '../shared/options.ts';

export interface ConsumerDeleteOptions extends NamedConsumerOptions {
  readonly yes: boolean;
}

export function parseConsumerDelete(input: ParseInput): ConsumerDeleteOptions {
  return { ...parseConsumerName(input), yes: flagReader(input).on('yes') };
}
