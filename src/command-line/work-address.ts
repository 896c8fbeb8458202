import { isUuid } from '../core/works/bundle-id.ts';
import { dnsSubdomainProblems } from '../core/works/names.ts';
import { MaestroError } from '../errors.ts';
import type { WorkAddress } from '../operations/find-work.ts';
import type { FlagSpec } from './command-spec.ts';
import type { FlagReader } from './flag-values.ts';

/** How commands on existing works name them. */
export const workAddressFlags: readonly FlagSpec[] = [
  { flags: '-n, --name <name>', about: 'name of the work; repeatable', repeat: true },
  { flags: '-c, --consumer <name>', about: 'its target cluster' },
  { flags: '--id <uuid>', about: 'bundle id instead of name and consumer; repeatable', repeat: true },
];

/**
 * @param consumer of works that are named
 * @throws MaestroError usage when no work is named, or one only by half
 */
export function workAddresses(flags: FlagReader, consumer = flags.text('consumer')): readonly WorkAddress[] {
  const names = flags.list('name');
  const ids = flags.list('id');
  for (const id of ids) {
    if (!isUuid(id)) throw new MaestroError('usage', `--id takes a UUID, not "${id}"`, { hint: 'To name a work use --name and --consumer.' });
  }
  if (names.length > 0 && ids.length > 0) throw new MaestroError('usage', '--name and --id both name works; leave one out');
  if (ids.length > 0) return [...new Set(ids)].map((id) => ({ by: 'id', id: id.toLowerCase() }));
  if (names.length === 0) {
    throw new MaestroError('usage', 'no work was named', { hint: 'Give --name and --consumer, or --id.' });
  }
  if (consumer === undefined) {
    throw new MaestroError('usage', `--consumer is missing for --name=${names[0]}`, { hint: 'A work is named by its name and its consumer.' });
  }
  if (names.includes('')) throw new MaestroError('usage', '--name is empty');
  return [...new Set(names)].map((name) => ({ by: 'name', name, consumer }));
}

/** The names of works on several consumers, each once. */
export function workNames(flags: FlagReader): readonly string[] {
  if (flags.list('id').length > 0) throw new MaestroError('usage', '--id names one work on one consumer; leave the choice of consumers out');
  const names = [...new Set(flags.list('name'))];
  if (names.length === 0) throw new MaestroError('usage', 'no work was named', { hint: 'Give --name.' });
  const wrong = names.find((name) => dnsSubdomainProblems(name).length > 0);
  if (wrong !== undefined) throw new MaestroError('usage', wrong === '' ? '--name is empty' : `"${wrong}" is no name of a work: it must be a DNS label`);
  return names;
}

/** For commands on exactly one work. */
export function oneWorkAddress(flags: FlagReader): WorkAddress {
  const [address, ...more] = workAddresses(flags);
  if (address === undefined || more.length > 0) throw new MaestroError('usage', 'name exactly one work');
  return address;
}
