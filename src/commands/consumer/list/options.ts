import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { parseLabelSelector, type LabelSelector } from '../../../core/label-selector.ts';
import { parseConsumer, type ConsumerOptions } from '../shared/options.ts';

export interface ConsumerListOptions extends ConsumerOptions {
  readonly selector: LabelSelector;
}

export function parseConsumerList(input: ParseInput): ConsumerListOptions {
  const selector = flagReader(input).text('selector');
  return { ...parseConsumer(input), selector: selector === undefined ? [] : parseLabelSelector(selector) };
}
