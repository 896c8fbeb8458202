import { present } from '../../core/present.ts';
import {
  consumersHint,
  fleetLimits,
  onlyConsumer,
  writtenConsumers,
  type ConsumersOption,
  type FleetLimits,
} from '../../command-line/consumer-choice.ts';
import { callTimeoutMs, connectionOptions, waitTimeoutMs } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { namesManifests, type ManifestInput } from '../../command-line/manifest-input.ts';
import { flagName, flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { refuseReportOfDryRun } from '../../command-line/report-flag.ts';
import { viaOf } from '../../command-line/via.ts';
import { awaitedCondition, awaitedText, refuseWaitFlags } from '../../command-line/wait-options.ts';
import type { AwaitedCondition } from '../../operations/wait/conditions.ts';
import { parseWaveSize, type WaveSize } from '../../core/fleet/waves.ts';
import { conditionType } from '../../core/status/work-status.ts';
import { unknownValue } from '../../core/works/did-you-mean.ts';
import { MaestroError } from '../../errors.ts';
import type { FleetInput } from '../shared/input/fleet-input.ts';
import { keptVersions } from '../shared/history/history-options.ts';
import { writeOptions, writeOutputs } from '../shared/write/write-options.ts';
import type { WriteRunOptions } from '../shared/write/write-works.ts';

/** How works go out to several consumers. */
export interface ApplyFleet extends FleetLimits {
  readonly consumers: ConsumersOption;
  /** So many are written to and waited for before the rest; 0: none. */
  readonly canary: number;
  /** What the canary is waited for by when nothing is awaited of the rest. */
  readonly canaryAwait: AwaitedCondition;
  readonly waves?: WaveSize;
  /** Keeps what was done, for going on after an end. */
  readonly journal?: string;
  /** Fill each consumer into its works. */
  readonly template: boolean;
}

export interface ApplyOptions extends WriteRunOptions {
  /** Set when there are several consumers, or what only makes sense with them was asked for. */
  readonly fleet?: ApplyFleet;
}

/** What a fleet gets, as it was read. */
export type ApplyFleetInput = FleetInput<ApplyOptions, ApplyFleet>;

export function parseApply(input: ParseInput): ApplyOptions {
  const flags = flagReader(input);
  const expression = awaitedText(flags);
  const awaited = expression === undefined ? undefined : awaitedCondition(expression, flags);
  const { chosen: consumers, taken, fallback } = writtenConsumers(input, consumerFlagsGiven(flags).length > 0);
  const write = {
    ...writeOptions(input, flags, onlyConsumer(consumers)),
    overwrite: flags.on('overwrite'),
    noRemove: flags.without('remove', 'MAESTRO_NO_REMOVE'),
    conflictRetries: flags.wholeNumber('conflictRetries', 0) ?? 0,
  };
  refuseContradictions(write);
  const dryRun = dryRunOf(flags);
  if (dryRun !== undefined && awaited !== undefined)
    throw new MaestroError('usage', '--dry-run sends nothing, so there is nothing to wait for');
  const fleet = fleetOf(flags, consumers, awaited);
  const waits = awaited !== undefined || (fleet !== undefined && fleet.canary > 0);
  refuseWaitFlags(flags, waits, ['--watch', '--wait', '--canary']);
  if (fleet?.journal !== undefined && dryRun !== undefined)
    throw new MaestroError('usage', '--dry-run does nothing that a --journal could record');
  refuseReportOfDryRun(flags, dryRun !== undefined);
  const versions = keptVersions(input);
  const history = versions === undefined ? undefined : ({ versions, command: 'apply' } as const);
  return {
    ...connectionOptions(input, awaited === undefined && fleet === undefined ? callTimeoutMs : waitTimeoutMs),
    ...write,
    ...present({ dryRun, await: awaited, fleet, takenConsumer: taken, consumerElse: fallback, history }),
    via: viaOf(flags, 'poll'),
    output: flags.output(writeOutputs),
  };
}

function refuseContradictions({
  ifVersion,
  overwrite,
  merge,
  noRemove,
  conflictRetries,
  ...manifests
}: Pick<
  ApplyOptions,
  keyof ManifestInput | 'ifVersion' | 'overwrite' | 'merge' | 'noRemove' | 'conflictRetries'
>): void {
  const refuse = (message: string, hint?: string): never => {
    throw new MaestroError('usage', message, hint === undefined ? {} : { hint });
  };
  if (!namesManifests(manifests)) refuse('nothing to apply', 'Name manifests: apply FILE, -f FILE, or -k DIR.');
  if (overwrite && ifVersion !== undefined) refuse('--overwrite and --if-version contradict each other');
  if (overwrite && merge) refuse('--merge and --overwrite contradict each other: merging needs the version check');
  if (overwrite && noRemove) {
    refuse(
      '--overwrite writes over what it may not have read, so --no-remove (MAESTRO_NO_REMOVE) cannot hold for it',
      'Leave --overwrite out; an update carries the version that was read.',
    );
  }
  if (conflictRetries > 0 && !merge) {
    refuse(
      '--conflict-retries needs --merge',
      'Without merging, writing again after a conflict would undo the other write.',
    );
  }
}

/** Flags that one consumer can take too, and that make it a fleet of one. */
const fleetOnly = ['maxConcurrency', 'maxFailures', 'canary', 'waves', 'journal'] as const;

/** Those flags, and others, that only make sense with consumers. */
function consumerFlagsGiven(flags: FlagReader): readonly string[] {
  const given = fleetOnly.filter((name) => flags.text(name) !== undefined);
  return flags.on('templateConsumer') ? [...given, 'templateConsumer'] : given;
}

/** Undefined for the usual apply: one consumer, or those that the documents name. */
function fleetOf(
  flags: FlagReader,
  consumers: ConsumersOption | undefined,
  awaited: AwaitedCondition | undefined,
): ApplyFleet | undefined {
  const template = flags.on('templateConsumer');
  const named = consumerFlagsGiven(flags);
  if (consumers === undefined) {
    if (named[0] === undefined) return undefined;
    throw new MaestroError('usage', `${flagName(named[0])} needs consumers`, {
      hint: consumersHint,
    });
  }
  if (onlyConsumer(consumers) !== undefined && named.length === 0) return undefined;
  const waves = flags.text('waves');
  const journal = flags.text('journal');
  return {
    consumers,
    ...fleetLimits(flags),
    canary: flags.wholeNumber('canary', 1) ?? 0,
    canaryAwait: awaited ?? awaitedCondition(conditionType.applied, flags),
    ...present({ waves: waves === undefined ? undefined : parseWaveSize(waves, flagName('waves')), journal }),
    template,
  };
}

function dryRunOf(flags: FlagReader): 'client' | 'server' | undefined {
  const where = flags.optional('dryRun');
  if (where === undefined || where === 'client' || where === 'server') return where;
  if (where === '') return 'client';
  throw unknownValue('--dry-run', where, ['client', 'server']);
}
