import type { BundleFilter } from '../clients/filters.ts';
import type { CallOptions, WorkReader } from '../clients/transport.ts';
import { MaestroError } from '../errors.ts';

/**
 * Whether Maestro finds a bundle by something that it does not show, such as its source or its executor. A gateway
 * that drops the query of requests makes it find anything by everything. So the answer counts only when the same
 * question about something that cannot be finds nothing.
 *
 * @param question finds the one bundle, by its id, when the answer is yes
 * @param impossible the same question, about something that cannot be
 * @throws MaestroError unavailable/ServerError when answers prove nothing
 */
export async function isFoundBy(
  reader: Pick<WorkReader, 'listBundles'>,
  question: BundleFilter,
  impossible: BundleFilter,
  options: CallOptions,
): Promise<boolean> {
  if ((await countOf(reader, question, options)) !== 1) return false;
  if ((await countOf(reader, impossible, options)) === 0) return true;
  throw new MaestroError(
    'unavailable',
    `Maestro finds a work by what cannot be (${JSON.stringify(impossible)}), so its answers prove nothing`,
    {
      reason: 'ServerError',
      hint: 'Something between here and Maestro may drop the query of requests, or answer from a cache.',
      delivery: 'refused',
    },
  );
}

async function countOf(
  reader: Pick<WorkReader, 'listBundles'>,
  where: BundleFilter,
  options: CallOptions,
): Promise<number> {
  let count = 0;
  for await (const page of reader.listBundles({ where }, options)) count += page.length;
  return count;
}
