import { present } from '../core/present.ts';
import { failureLimit, parseWaveSize, type WaveSize } from '../core/fleet/waves.ts';
import { parseLabelSelector } from '../core/label-selector.ts';
import { isDnsLabel } from '../core/works/names.ts';
import { MaestroError } from '../errors.ts';
import type { ConsumerChoice } from '../operations/fleet/choose-consumers.ts';
import { defaultPublishes } from '../operations/fleet/publish-limits.ts';
import type { FlagSpec, ParseInput } from './command-spec.ts';
import { defaultConsumer, type DefaultConsumer } from './default-consumer.ts';
import { flagName, flagReader, type FlagReader } from './flag-values.ts';

/** Which consumers were asked for; a file of names is read when the command runs. */
export type ConsumersOption = ConsumerChoice | { readonly kind: 'file'; readonly path: string };

/** What is said where consumers are missing. */
export const consumersHint = 'Give --consumer, --consumer-selector, --all-consumers or --consumers-from.';

/** Of the commands that make works of templates. */
export const templateFlag: FlagSpec = {
  flags: '--template-consumer',
  about:
    'fill in {{ consumer.name }} and {{ consumer.labels.KEY }} in the values of manifests and in the name; {{ "{{" }} writes two braces',
};

export function consumerFlags(about: string): readonly FlagSpec[] {
  return [
    { flags: '-c, --consumer <name>', about, repeat: true },
    {
      flags: '--consumer-selector <selector>',
      about: 'every consumer with these labels: k=v,k2!=v,k3 in (a,b),k4,!k5',
    },
    { flags: '--all-consumers', about: 'every consumer that Maestro knows' },
    {
      flags: '--consumers-from <file>',
      about: 'consumers of a file, one name a line, # for comments; - for standard input',
    },
  ];
}

/**
 * The help of a flag that bounds publishes. For an update Maestro takes two connections to its database at once, so all
 * its clients together have to stay below half of those it has.
 */
export function publishesAbout(what: string): string {
  return `${what}, half of them updates and deletions; keep those of all clients below half of Maestro's --db-max-open-connections`;
}

export const fleetLimitFlags: readonly FlagSpec[] = [
  {
    flags: '--max-concurrency <n>',
    about: publishesAbout('with several consumers: most writes under way at once'),
    defaultText: String(defaultPublishes),
  },
  { flags: '--max-failures <n>', about: 'with several consumers: begin no more once so many works have failed' },
];

/** How much a run over several consumers does at once, and when it gives up. */
export interface FleetLimits {
  readonly maxConcurrency: number;
  readonly maxFailures?: number;
}

export function fleetLimits(flags: FlagReader): FleetLimits {
  return {
    maxConcurrency: flags.wholeNumber('maxConcurrency', 1) ?? defaultPublishes,
    ...present({ maxFailures: flags.wholeNumber('maxFailures', 1) }),
  };
}

/** Of the commands that carry out a plan cluster by cluster. */
export const stagedFlags: readonly FlagSpec[] = [
  { flags: '--canary <n>', about: 'the first n clusters to their end, and only then the others' },
  {
    flags: '--waves <size>',
    about:
      'clusters in one wave, as a number or as 10%; one is ended before the next begins, and one failure ends the run unless --max-failures allows more',
  },
  {
    flags: '--max-concurrency <n>',
    about: publishesAbout('most writes under way at once'),
    defaultText: String(defaultPublishes),
  },
  { flags: '--max-failures <n>', about: 'begin no more clusters once so many have failed' },
];

/** In which order the clusters of a plan are begun with, and how many at once. */
export interface StagedOptions extends FleetLimits {
  readonly canary: number;
  readonly waves?: WaveSize;
}

export function stagedOptions(flags: FlagReader): StagedOptions {
  const size = flags.text('waves');
  const waves = size === undefined ? undefined : parseWaveSize(size, flagName('waves'));
  const limits = fleetLimits(flags);
  return {
    ...limits,
    canary: flags.wholeNumber('canary', 1) ?? 0,
    ...present({ waves, maxFailures: failureLimit(limits.maxFailures, waves) }),
  };
}

/**
 * The consumers that the flags choose, undefined when they choose none. Names
 * that are given twice count once.
 *
 * @throws MaestroError usage when they are chosen in two ways
 */
export function consumersOption(flags: FlagReader): ConsumersOption | undefined {
  const names = [...new Set(flags.list('consumer'))];
  const selector = flags.text('consumerSelector');
  const path = flags.text('consumersFrom');
  const ways = [
    ...(names.length > 0 ? ['consumer'] : []),
    ...(selector === undefined ? [] : ['consumerSelector']),
    ...(flags.on('allConsumers') ? ['allConsumers'] : []),
    ...(path === undefined ? [] : ['consumersFrom']),
  ].map((name) => flagName(name));
  if (ways.length > 1) throw new MaestroError('usage', `${ways.join(' and ')} both choose consumers; leave one out`);
  if (selector !== undefined) return { kind: 'selected', selector: parseLabelSelector(selector), text: selector };
  if (path !== undefined) return { kind: 'file', path };
  if (ways.length === 0) return undefined;
  if (names.length === 0) return { kind: 'all' };
  const wrong = names.length > 1 ? names.find((name) => !isDnsLabel(name)) : undefined;
  if (wrong !== undefined) throw new MaestroError('usage', `"${wrong}" is no consumer name: it must be a DNS label`);
  return { kind: 'named', names };
}

/** Where documents go: to consumers that were named, or where each says, and else to the context's. */
export interface WrittenConsumers {
  readonly chosen: ConsumersOption | undefined;
  /** The chosen one is the context's. */
  readonly taken?: DefaultConsumer;
  /** For documents that name no consumer, when none was chosen. */
  readonly fallback?: DefaultConsumer;
}

/**
 * The flags decide, then an explicit --context, then the documents, then the current context.
 *
 * @param needsConsumers documents alone cannot choose: something is asked for that is about consumers
 * @throws MaestroError usage when they are chosen in two ways
 */
export function writtenConsumers(input: ParseInput, needsConsumers: boolean): WrittenConsumers {
  const chosen = consumersOption(flagReader(input));
  if (chosen !== undefined) return { chosen };
  const fallback = defaultConsumer(input);
  if (fallback === undefined) return { chosen };
  if (!fallback.explicit && !needsConsumers) return { chosen, fallback };
  return { chosen: { kind: 'named', names: [fallback.name] }, taken: fallback };
}

/**
 * The consumers of which works are listed: those of --consumer, else the context's, which is told then; empty for all.
 *
 * @throws MaestroError usage when --all-consumers is given beside --consumer
 */
export function listedConsumers(input: ParseInput): {
  readonly consumers: readonly string[];
  readonly takenConsumer?: DefaultConsumer;
} {
  const flags = flagReader(input);
  const named = [...new Set(flags.list('consumer'))];
  const all = flags.on('allConsumers');
  if (all && named.length > 0) throw new MaestroError('usage', '--consumer and --all-consumers contradict each other');
  const takenConsumer = all || named.length > 0 ? undefined : defaultConsumer(input);
  return takenConsumer === undefined ? { consumers: named } : { consumers: [takenConsumer.name], takenConsumer };
}

/** The one consumer that a command is about: --consumer, else the context's. */
export function oneConsumer(input: ParseInput): string | undefined {
  return flagReader(input).text('consumer') ?? defaultConsumer(input)?.name;
}

/** The one consumer that was named, when it is one. */
export function onlyConsumer(option: ConsumersOption | undefined): string | undefined {
  return option?.kind === 'named' && option.names.length === 1 ? option.names[0] : undefined;
}
