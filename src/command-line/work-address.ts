import { labelsIn, renderText } from '../core/fleet/consumer-template.ts';
import { nameOn, namingOf, type WorkNaming } from '../core/fleet/work-naming.ts';
import { isUuid } from '../core/works/bundle-id.ts';
import { adapterWorkName } from '../core/works/names.ts';
import { MaestroError } from '../errors.ts';
import type { WorkAddress } from '../core/works/work-address.ts';
import { layeredReader } from './connection-options.ts';
import type { FlagSpec, ParseInput } from './command-spec.ts';
import type { FlagReader } from './flag-values.ts';

/** The second way to name a work, wherever there is --name. */
export const adapterFlag: FlagSpec = { flags: '--adapter <type>', about: 'name the work hyperfleet-{consumer}-{type}' };

/** How commands on existing works name them. */
export const workAddressFlags: readonly FlagSpec[] = [
  {
    flags: '-n, --name <name>',
    about: 'name of the work; {{ consumer.name }} in it is filled in; repeatable',
    repeat: true,
  },
  adapterFlag,
  { flags: '-c, --consumer <name>', about: 'its target cluster' },
  { flags: '--id <uuid>', about: 'bundle id instead of name and consumer; repeatable', repeat: true },
];

/** Consumers that stand for any two, to compare what --name and --adapter make of them. */
const anyConsumers = ['one', 'another'];

/**
 * How --name and --adapter name works; empty when neither is given.
 *
 * @param consumer the only one that it is about, when that is known
 * @throws MaestroError usage when they do not name the same work
 */
export function workNamings(
  names: readonly string[],
  adapter: string | undefined,
  consumer?: string,
): readonly WorkNaming[] {
  const namings = [...new Set(names)].map((name) => namingOf(name));
  if (adapter === undefined) return namings;
  const consumers = consumer === undefined ? anyConsumers : [consumer];
  const other = names.find(
    (name) =>
      labelsIn(name).length > 0 ||
      consumers.some((one) => renderText(name, { name: one, labels: {} }) !== adapterWorkName(one, adapter)),
  );
  if (other !== undefined) {
    throw new MaestroError('usage', '--name and --adapter both name the work, and differently; leave one out', {
      hint: 'Who owns what is written is said by --manager.',
    });
  }
  return [{ by: 'adapter', adapter }];
}

/**
 * The one name of a work that is written, by --name or --adapter; undefined when its document names it.
 *
 * @param consumer when it is known; without it the name of an adapter's work is not
 */
export function writtenName(
  flags: FlagReader,
  consumer: string | undefined,
): { readonly name?: string; readonly adapter?: string } {
  const name = flags.text('name');
  const adapter = flags.text('adapter');
  if (name !== undefined && adapter !== undefined) workNamings([name], adapter, consumer);
  if (adapter === undefined) return name === undefined ? {} : { name };
  if (consumer !== undefined) adapterWorkName(consumer, adapter);
  return { adapter };
}

/** Who owns what is written or deleted: who was named, else the adapter; undefined leaves it to the source. */
export function namedManager(input: ParseInput, adapter: string | undefined): string | undefined {
  return layeredReader(input).text('manager', 'MAESTRO_MANAGER') ?? adapter;
}

/** How commands on exactly one work name it. */
export const oneWorkFlags: readonly FlagSpec[] = workAddressFlags.map((flag) => ({
  ...flag,
  about: flag.about.replace('; repeatable', ''),
}));

/**
 * @param consumer of works that are named
 * @throws MaestroError usage when no work is named, or one only by half
 */
export function workAddresses(flags: FlagReader, consumer = flags.text('consumer')): readonly WorkAddress[] {
  const names = flags.list('name');
  const ids = flags.list('id');
  const adapter = flags.text('adapter');
  for (const id of ids) {
    if (!isUuid(id))
      throw new MaestroError('usage', `--id takes a UUID, not "${id}"`, {
        hint: 'To name a work use --name and --consumer.',
      });
  }
  const flag = names.length > 0 ? '--name' : '--adapter';
  const named = names.length > 0 || adapter !== undefined;
  if (named && ids.length > 0) throw new MaestroError('usage', `${flag} and --id both name works; leave one out`);
  if (ids.length > 0) return [...new Set(ids)].map((id) => ({ by: 'id', id: id.toLowerCase() }));
  if (!named)
    throw new MaestroError('usage', 'no work was named', {
      hint: 'Give --name or --adapter, and --consumer; or --id.',
    });
  if (consumer === undefined) {
    throw new MaestroError('usage', `--consumer is missing for ${flag}=${names[0] ?? adapter}`, {
      hint: 'A work is named by its name and its consumer.',
    });
  }
  if (names.includes('')) throw new MaestroError('usage', '--name is empty');
  return namesOn(consumer, names, adapter).map((name) => ({ by: 'name', name, consumer }));
}

/**
 * What --name and --adapter name on one consumer. Names without expressions are
 * taken as they are: works of other tools may be called anything.
 */
export function namesOn(consumer: string, names: readonly string[], adapter: string | undefined): readonly string[] {
  if (adapter === undefined && !names.some((name) => name.includes('{{'))) return [...new Set(names)];
  const asking = names.find((name) => labelsIn(name).length > 0);
  if (asking !== undefined) {
    throw new MaestroError(
      'usage',
      `--name=${asking} asks for a label, and labels are read for several consumers only`,
      { hint: 'Name the work as it is called on the one.' },
    );
  }
  return [
    ...new Set(workNamings(names, adapter, consumer).map((naming) => nameOn(naming, { name: consumer, labels: {} }))),
  ];
}

/** How works on several consumers are named. */
export function fleetNamings(flags: FlagReader): readonly WorkNaming[] {
  if (flags.list('id').length > 0)
    throw new MaestroError('usage', '--id names one work on one consumer; leave the choice of consumers out');
  const namings = workNamings(flags.list('name'), flags.text('adapter'));
  if (namings.length === 0) throw new MaestroError('usage', 'no work was named', { hint: 'Give --name or --adapter.' });
  return namings;
}

/** For commands on exactly one work. */
export function oneWorkAddress(flags: FlagReader): WorkAddress {
  const [address, ...more] = workAddresses(flags);
  if (address === undefined || more.length > 0)
    throw new MaestroError('usage', 'name exactly one work', {
      hint: 'list shows several, wait and watch take several.',
    });
  return address;
}
