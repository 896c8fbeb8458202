import { listed } from '../../core/text.ts';
import type { WorkAddress } from '../../core/works/work-address.ts';
import type { DeleteOptions } from './options.ts';

/** What is asked before works of several consumers are deleted. */
export function questionOf(
  names: readonly string[],
  consumers: readonly string[],
  { resources }: Pick<DeleteOptions, 'resources'>,
): string {
  const what = resources.length > 0 ? 'Take manifests out of' : 'Delete';
  const works = names.length === 1 ? `the work ${names[0]}` : `${names.length} works (${listed(names)})`;
  const where =
    consumers.length === 1 ? `the consumer ${consumers[0]}` : `${consumers.length} consumers (${listed(consumers)})`;
  return `${what} ${works} on ${where}?`;
}

/** The question, when names of works say several consumers; whoever gives ids names each work by itself. */
export function questionAbout(
  addresses: readonly WorkAddress[],
  options: Pick<DeleteOptions, 'resources' | 'yes' | 'dryRun'>,
): string | undefined {
  const named = addresses.filter((address) => address.by === 'name');
  const consumers = new Set(named.map(({ consumer }) => consumer));
  if (consumers.size < 2 || options.yes || options.dryRun) return undefined;
  return questionOf(
    named.map(({ name, consumer }) => `${consumer}/${name}`),
    [...consumers],
    options,
  );
}
