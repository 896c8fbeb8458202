import type { ParseInput } from '../../command-line/command-spec.ts';
import { present } from '../../core/present.ts';
import {
  callTimeoutMs,
  connectionOptions,
  waitTimeoutMs,
  type ConnectionOptions,
} from '../../command-line/connection-options.ts';
import {
  consumersHint,
  onlyConsumer,
  writtenConsumers,
  type ConsumersOption,
} from '../../command-line/consumer-choice.ts';
import { namesManifests } from '../../command-line/manifest-input.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { MaestroError } from '../../errors.ts';
import type { FleetChoice } from '../shared/input/fleet-input.ts';
import { writeOptions, type WriteOptions } from '../shared/write/write-options.ts';

export const diffOutputs = ['text', 'json'] as const;

/** What the apply in question would be told. */
export interface DiffOptions extends ConnectionOptions, WriteOptions {
  readonly output: (typeof diffOutputs)[number];
  /** Set when there are several consumers, or each gets its own works. */
  readonly fleet?: FleetChoice;
}

export function parseDiff(input: ParseInput): DiffOptions {
  const flags = flagReader(input);
  const { chosen: consumers, fallback } = writtenConsumers(input, flags.on('templateConsumer'));
  const consumer = onlyConsumer(consumers);
  const write = writeOptions(input, flags, consumer);
  if (!namesManifests(write)) {
    throw new MaestroError('usage', 'nothing to compare', { hint: 'Name manifests: diff FILE, -f FILE, or -k DIR.' });
  }
  const fleet = fleetOf(flags, consumers);
  return {
    ...connectionOptions(input, fleet === undefined ? callTimeoutMs : waitTimeoutMs),
    ...write,
    ...present({ fleet, consumerElse: fallback }),
    overwrite: false,
    // It shows what would be removed, whether or not an apply would be let do it.
    noRemove: false,
    output: flags.output(diffOutputs),
  };
}

function fleetOf(flags: FlagReader, consumers: ConsumersOption | undefined): FleetChoice | undefined {
  const template = flags.on('templateConsumer');
  if (consumers === undefined) {
    if (!template) return undefined;
    throw new MaestroError('usage', '--template-consumer needs consumers', { hint: consumersHint });
  }
  return template || onlyConsumer(consumers) === undefined ? { consumers, template } : undefined;
}
