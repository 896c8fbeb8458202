import { labelsIn, renderText } from '../core/fleet/consumer-template.ts';
import { nameOn, namingOf, type WorkNaming } from '../core/fleet/work-naming.ts';
import { present } from '../core/present.ts';
import { isUuid } from '../core/works/bundle-id.ts';
import { adapterWorkName, dnsLabelProblems } from '../core/works/names.ts';
import { readWorkReference, type WorkReference } from '../core/works/work-reference.ts';
import { MaestroError } from '../errors.ts';
import type { WorkAddress } from '../core/works/work-address.ts';
import { layeredReader } from './connection-options.ts';
import type { CommandData, FlagSpec, ParseInput } from './command-spec.ts';
import { consumersOption, onlyConsumer, type ConsumersOption } from './consumer-choice.ts';
import { defaultConsumer, type DefaultConsumer } from './default-consumer.ts';
import { flagReader, type FlagReader } from './flag-values.ts';

/*
 * How a command line names works. A command on one work spreads `oneWorkCommand` into its specification and calls
 * `oneWorkAddress(input)`; one on several, of one consumer or of many, spreads `worksCommand`, adds
 * `consumerFlags(…)`, and calls `chosenWorks(input)`. Both take NAME without a flag, --name, --adapter and --id, what
 * `-o name` prints, and the consumer of the context when the line names none. One that writes tells the user of the
 * latter: `takenConsumer(input)` says whether that was so.
 */

/** The second way to name a work, wherever there is --name. */
export const adapterFlag: FlagSpec = { flags: '--adapter <type>', about: 'name the work hyperfleet-{consumer}-{type}' };

const nameAbout = 'name of the work; {{ consumer.name }} in it is filled in';
const idAbout = 'bundle id instead of name and consumer; a --consumer beside it has to be that of the work';

/** What a command on exactly one work has in its specification. */
export const oneWorkCommand = {
  args: '[name]',
  argKind: 'work',
  argsMean: 'name',
  flags: [
    { flags: '-n, --name <name>', about: `${nameAbout}; or NAME without the flag` },
    adapterFlag,
    { flags: '-c, --consumer <name>', about: 'its target cluster', defaultText: "the context's" },
    { flags: '--id <uuid>', about: idAbout },
  ],
} as const satisfies Partial<CommandData>;

/** What a command on works has in its specification, beside flags that choose consumers. */
export const worksCommand = {
  args: '[name...]',
  argKind: 'work',
  argsMean: 'name',
  flags: [
    { flags: '-n, --name <name>', about: `${nameAbout}; or NAME without the flag; repeatable`, repeat: true },
    adapterFlag,
    { flags: '--id <uuid>', about: `${idAbout}; repeatable`, repeat: true },
  ],
} as const satisfies Partial<CommandData>;

/** Consumers that stand for any two, to compare what --name and --adapter make of them. */
const anyConsumers = ['one', 'another'];

/**
 * How --name and --adapter name works; empty when neither is given.
 *
 * @param consumer the only one that it is about, when that is known
 * @throws MaestroError usage when they do not name the same work
 */
function workNamings(names: readonly string[], adapter: string | undefined, consumer?: string): readonly WorkNaming[] {
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
 * @throws MaestroError usage for a name that no work can have
 */
export function writtenName(
  flags: FlagReader,
  consumer: string | undefined,
): { readonly name?: string; readonly adapter?: string } {
  const name = flags.text('name');
  const adapter = flags.text('adapter');
  // What a template makes is known when it is filled in.
  const [problem] = name === undefined || name.includes('{{') ? [] : dnsLabelProblems(name);
  if (problem !== undefined) {
    throw new MaestroError('usage', `--name=${name} is no name of a work: ${problem}`, { hint: 'Nothing was sent.' });
  }
  if (name !== undefined && adapter !== undefined) workNamings([name], adapter, consumer);
  if (adapter === undefined) return name === undefined ? {} : { name };
  if (consumer !== undefined) adapterWorkName(consumer, adapter);
  return { adapter };
}

/** Who owns what is written or deleted: who was named, else the adapter; undefined leaves it to the source. */
export function namedManager(input: ParseInput, adapter: string | undefined): string | undefined {
  return layeredReader(input).text('manager', 'MAESTRO_MANAGER') ?? adapter;
}

/** Works of one consumer each, or the same of several consumers. */
export type ChosenWorks =
  | { readonly by: 'address'; readonly addresses: readonly WorkAddress[] }
  | { readonly by: 'fleet'; readonly consumers: ConsumersOption; readonly namings: readonly WorkNaming[] };

/**
 * The works that the line names.
 *
 * @throws MaestroError usage when no work is named, or one only by half
 */
export function chosenWorks(input: ParseInput): ChosenWorks {
  const consumers = consumersOption(flagReader(input));
  if (consumers === undefined || onlyConsumer(consumers) !== undefined)
    return { by: 'address', addresses: workAddresses(input) };
  return { by: 'fleet', consumers, namings: fleetNamings(flagReader(input)) };
}

/** For commands on exactly one work. */
export function oneWorkAddress(input: ParseInput): WorkAddress {
  const [address, ...more] = workAddresses(input);
  if (address === undefined || more.length > 0)
    throw new MaestroError('usage', 'name exactly one work', {
      hint: 'list shows several, wait and watch take several.',
    });
  return address;
}

/**
 * The consumer of the context, when works are looked for there because the line names no consumer. A command that
 * writes says so, with `defaultConsumerText`.
 */
export function takenConsumer(input: ParseInput): DefaultConsumer | undefined {
  const flags = flagReader(input);
  const isChosen = consumersOption(flags) !== undefined || flags.text('consumer') !== undefined;
  const works = namedWorks(flags);
  const saysAll = works.length > 0 && works.every(({ consumer }) => consumer !== undefined);
  if (isChosen || saysAll || given(flags, 'id').length > 0) return undefined;
  return defaultConsumer(input);
}

/**
 * Works of one consumer, each with its own where its name says it.
 *
 * @throws MaestroError usage when no work is named, or one only by half
 */
export function workAddresses(input: ParseInput): readonly WorkAddress[] {
  const flags = flagReader(input);
  const works = namedWorks(flags);
  const ids = checkedIds(flags);
  const adapter = flags.text('adapter');
  const flag = works.length > 0 ? '--name' : '--adapter';
  const isNamed = works.length > 0 || adapter !== undefined;
  if (isNamed && ids.length > 0) throw new MaestroError('usage', `${flag} and --id both name works; leave one out`);
  const chosen = flags.text('consumer') ?? onlyConsumer(consumersOption(flags));
  // The consumer of the context is for works without one: an id says its own.
  if (ids.length > 0) return ids.map((id) => ({ by: 'id', id, ...present({ consumer: chosen }) }));
  if (!isNamed)
    throw new MaestroError('usage', 'no work was named', {
      hint: 'Give NAME or --adapter, and --consumer; or --id.',
    });
  if (works.some(({ name }) => name === '')) throw new MaestroError('usage', '--name is empty');
  const fallback = chosen ?? takenConsumer(input)?.name;
  const missing = (what: string): MaestroError =>
    new MaestroError('usage', `--consumer is missing for ${what}`, {
      hint: `Give --consumer, or let the context hold one: maestro-cli config set-context ${contextName(input)} --consumer=…`,
    });
  return [...groupsByConsumer(works, adapter, { fallback, chosen, missing })].flatMap(([consumer, names]) =>
    namesOn(consumer, names, adapter).map((name) => ({ by: 'name' as const, name, consumer })),
  );
}

interface ConsumersKnown {
  /** Of names that say none. */
  readonly fallback: string | undefined;
  /** By a flag, which no name may contradict. */
  readonly chosen: string | undefined;
  readonly missing: (what: string) => MaestroError;
}

/** The context in use, for a hint. */
function contextName({ config }: ParseInput): string {
  return config?.error === undefined ? (config?.context?.name ?? 'NAME') : 'NAME';
}

/** Names by the consumer that they are looked for on; an adapter alone has one work on the one. */
function groupsByConsumer(
  works: readonly WorkReference[],
  adapter: string | undefined,
  { fallback, chosen, missing }: ConsumersKnown,
): ReadonlyMap<string, readonly string[]> {
  const groups = new Map<string, string[]>();
  for (const { name, consumer = fallback } of works.length > 0 ? works : [{ name: undefined }]) {
    if (consumer === undefined) throw missing(name ?? `--adapter=${adapter}`);
    if (chosen !== undefined && consumer !== chosen) {
      throw new MaestroError('usage', `${name} is named on ${consumer}, and --consumer names ${chosen}`, {
        hint: 'Leave --consumer out.',
      });
    }
    groups.set(consumer, [...(groups.get(consumer) ?? []), ...(name === undefined ? [] : [name])]);
  }
  return groups;
}

/**
 * What --name and --adapter name on one consumer. Names without expressions are
 * taken as they are: works of other tools may be called anything.
 */
function namesOn(consumer: string, names: readonly string[], adapter: string | undefined): readonly string[] {
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

/** An id beside several consumers. */
export function idOnSeveral(): MaestroError {
  return new MaestroError('usage', '--id names one work on one consumer; leave the choice of consumers out');
}

/** How works on several consumers are named. */
function fleetNamings(flags: FlagReader): readonly WorkNaming[] {
  if (given(flags, 'id').length > 0) throw idOnSeveral();
  const works = namedWorks(flags);
  const fixed = works.find(({ consumer }) => consumer !== undefined);
  if (fixed !== undefined)
    throw new MaestroError('usage', `${fixed.name} is named on ${fixed.consumer}; leave the choice of consumers out`);
  const namings = workNamings(
    works.map(({ name }) => name),
    flags.text('adapter'),
  );
  if (namings.length === 0) throw new MaestroError('usage', 'no work was named', { hint: 'Give NAME or --adapter.' });
  return namings;
}

/** What --name says, or the arguments that mean the same. */
export function namedWorks(flags: FlagReader): readonly WorkReference[] {
  return given(flags, 'name').map((text) => readWorkReference(text));
}

/** @throws MaestroError usage for what is no id */
export function checkedIds(flags: FlagReader): readonly string[] {
  const ids = given(flags, 'id');
  const wrong = ids.find((id) => !isUuid(id));
  if (wrong === undefined) return [...new Set(ids.map((id) => id.toLowerCase()))];
  throw new MaestroError('usage', `--id takes a UUID, not "${wrong}"`, {
    hint: 'To name a work use --name and --consumer.',
  });
}

/** The values of a flag that may be repeated in one command and not in another. */
function given(flags: FlagReader, attribute: 'name' | 'id'): readonly string[] {
  const one = flags.text(attribute);
  return one === undefined ? flags.list(attribute) : [one];
}
