import { present } from '../../core/present.ts';
import {
  callTimeoutMs,
  connectionOptions,
  waitTimeoutMs,
  type ConnectionOptions,
} from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { oneConsumer } from '../../command-line/consumer-choice.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { namedManager, takenConsumer, writtenName } from '../../command-line/work-address.ts';
import { adapterWorkName } from '../../core/works/names.ts';
import { manifestInput, namesManifests, type ManifestInput } from '../../command-line/manifest-input.ts';
import { namedResources } from '../../command-line/named-resources.ts';
import { awaitedCondition, awaitedText, refuseWaitFlags } from '../../command-line/wait-options.ts';
import type { AwaitedCondition } from '../../operations/wait/conditions.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import { MaestroError } from '../../errors.ts';
import { viaOf, type Way } from '../../command-line/via.ts';

export const buildOutputs = ['yaml', 'json'] as const;

/** Without any manifests some are only taken out. */
export interface BuildOptions extends ConnectionOptions, ManifestInput {
  readonly drops: readonly Selector[];
  readonly name: string;
  readonly adapter?: string;
  readonly consumer: string;
  readonly strategy: 'merge' | 'replace';
  readonly manager: string;
  readonly force: boolean;
  /** Refuse to remove what was not named. */
  readonly noRemove: boolean;
  readonly outputFile?: string;
  readonly apply: boolean;
  readonly dryRun: boolean;
  readonly conflictRetries: number;
  readonly await?: AwaitedCondition;
  /** How what is waited for is learned of. */
  readonly via: Way;
  readonly output: (typeof buildOutputs)[number];
}

/** Adding to a work commutes with the same of others, so a conflict is no reason to give up. */
const usualRetries = 5;

export function parseBuild(input: ParseInput): BuildOptions {
  const flags = flagReader(input);
  const manifests = manifestInput(flags, 'sourceFile');
  const drops = namedResources(flags, 'remove', '--remove');
  if (!namesManifests(manifests) && drops.length === 0)
    throw new MaestroError('usage', 'nothing to merge in', { hint: 'Name manifests: build FILE, -f FILE, or -k DIR.' });
  const expression = awaitedText(flags);
  const apply = flags.on('apply');
  const dryRun = flags.on('dryRun');
  if (!apply && expression !== undefined)
    throw new MaestroError('usage', '--watch and --wait need --apply: building writes nothing');
  refuseWaitFlags(flags, expression !== undefined);
  if (dryRun && expression !== undefined)
    throw new MaestroError('usage', '--dry-run sends nothing, so there is nothing to wait for');
  const awaited = expression === undefined ? undefined : awaitedCondition(expression, flags);
  const strategy = flags.oneOf('strategy', ['merge', 'replace']) ?? 'merge';
  if (strategy === 'replace' && drops.length > 0) {
    throw new MaestroError('usage', '--remove is for --strategy=merge: a replacement removes all that is not given');
  }
  const merges = strategy === 'merge' && apply;
  const retries = flags.wholeNumber('conflictRetries', 0);
  if (retries !== undefined && retries > 0 && !merges)
    throw new MaestroError('usage', '--conflict-retries needs --apply and --strategy=merge');
  const connection = connectionOptions(input, awaited === undefined ? callTimeoutMs : waitTimeoutMs);
  return {
    ...connection,
    ...manifests,
    drops,
    ...workOf(input, flags),
    ...present({ takenConsumer: takenConsumer(input) }),
    strategy,
    manager: namedManager(input, flags.text('adapter')) ?? connection.source,
    force: flags.on('force'),
    // What --remove names is meant to go.
    noRemove: strategy === 'replace' && flags.on('noRemove', 'MAESTRO_NO_REMOVE'),
    ...present({ outputFile: flags.text('outputFile'), await: awaited }),
    apply,
    dryRun,
    conflictRetries: merges ? (retries ?? usualRetries) : 0,
    via: viaOf(flags, 'poll'),
    output: flags.output(buildOutputs),
  };
}

/** Which work is built on, and where it is. */
function workOf(input: ParseInput, flags: FlagReader): Pick<BuildOptions, 'name' | 'adapter' | 'consumer'> {
  const consumer = oneConsumer(input) ?? flags.required('consumer', 'it names the target cluster');
  const { name, adapter } = writtenName(flags, consumer);
  if (adapter !== undefined) return { name: adapterWorkName(consumer, adapter), adapter, consumer };
  if (name !== undefined) return { name, consumer };
  throw new MaestroError('usage', '--name is required: it names the work to build on', {
    hint: 'Or give --adapter, which names it hyperfleet-{consumer}-{type}.',
  });
}
