import type { ParseInput } from '../../../command-line/command-spec.ts';
import { flagReader } from '../../../command-line/flag-values.ts';
import { dnsLabelProblems } from '../../../core/works/names.ts';
import { MaestroError } from '../../../errors.ts';
import { parseLabels } from '../../../command-line/label-values.ts';
import { parseConsumerName, type NamedConsumerOptions } from '../shared/options.ts';

export interface ConsumerCreateOptions extends NamedConsumerOptions {
  readonly labels: Readonly<Record<string, string>>;
}

export function parseConsumerCreate(input: ParseInput): ConsumerCreateOptions {
  const options = parseConsumerName(input);
  if (dnsLabelProblems(options.name).length > 0) {
    throw new MaestroError('usage', `"${options.name}" cannot name a consumer`, {
      hint: 'A name is a DNS label: lower-case letters, digits and hyphens, at most 63 characters.',
    });
  }
  return { ...options, labels: parseLabels(flagReader(input).list('label')) };
}
