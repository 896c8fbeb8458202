import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { qualifiedNameProblems } from '../../../core/works/names.ts';
import { MaestroError } from '../../../errors.ts';
import { parseLabels } from '../../../command-line/label-values.ts';
import { parseConsumerName, type NamedConsumerOptions } from '../shared/options.ts';

export interface ConsumerUpdateOptions extends NamedConsumerOptions {
  readonly labels: Readonly<Record<string, string>>;
  readonly removeLabels: readonly string[];
}

export function parseConsumerUpdate(input: ParseInput): ConsumerUpdateOptions {
  const flags = flagReader(input);
  const labels = parseLabels(flags.list('label'));
  const removeLabels = flags.list('removeLabel');
  if (Object.keys(labels).length === 0 && removeLabels.length === 0) {
    throw new MaestroError('usage', 'nothing to update', { hint: 'Give --label or --remove-label.' });
  }
  const bad = removeLabels.find((key) => qualifiedNameProblems(key).length > 0);
  if (bad !== undefined) throw new MaestroError('usage', `--remove-label ${bad} is no label key`);
  const both = removeLabels.find((key) => Object.hasOwn(labels, key));
  if (both !== undefined) throw new MaestroError('usage', `the label ${both} is set and removed at once`);
  return { ...parseConsumerName(input), labels, removeLabels };
}
