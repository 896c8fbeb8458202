import {
  consumerFlags,
  consumersOption,
  fleetLimitFlags,
  fleetLimits,
  onlyConsumer,
  type ConsumersOption,
  type FleetLimits,
} from '../../command-line/consumer-choice.ts';
import {
  callTimeoutMs,
  connectionOptions,
  waitTimeoutMs,
  type ConnectionOptions,
} from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagName, flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { awaitedCondition, awaitedText, waitFlags, type AwaitedCondition } from '../../command-line/wait-options.ts';
import { adapterFlag, managerOf, writtenName } from '../../command-line/work-address.ts';
import { parseWaveSize, type WaveSize } from '../../core/fleet/waves.ts';
import type { Selector } from '../../core/expressions/syntax-tree.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { viaFlag, viaOf, type Way } from '../../command-line/via.ts';

export const applyOutputs = ['text', 'json', 'name'] as const;

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

export interface ApplyOptions extends ConnectionOptions {
  readonly files: readonly string[];
  /** Undefined when the documents name it in metadata.namespace. */
  readonly consumer?: string;
  readonly name?: string;
  readonly adapter?: string;
  readonly ifVersion?: number;
  readonly overwrite: boolean;
  readonly manager: string;
  /** Nobody named the manager, so a document that `build` made may. */
  readonly managerIsDefault?: boolean;
  readonly merge: boolean;
  /** Keep one's own as well, as `build` does. */
  readonly adds?: boolean;
  /** Manifests that `build` takes out. */
  readonly drops?: readonly Selector[];
  readonly force: boolean;
  /** Refuse to remove manifests. */
  readonly noRemove: boolean;
  /** How often a merge is made again after a conflict. */
  readonly conflictRetries: number;
  readonly dryRun?: 'client' | 'server';
  /** `build` takes a spec or a list of manifests too. */
  readonly looseSource?: boolean;
  readonly await?: AwaitedCondition;
  /** How what is waited for is learned of. */
  readonly via: Way;
  /** Set when there are several consumers, or what only makes sense with them was asked for. */
  readonly fleet?: ApplyFleet;
  readonly output: (typeof applyOutputs)[number];
}

export const applyCommand: CommandSpec<ApplyOptions> = {
  name: 'apply',
  summary: 'create or update ManifestWorks from manifests',
  description:
    'Creates or updates ManifestWorks from manifests. What is stored already is left alone; an update carries the version it was made from, so nobody is overwritten unseen. A document that get, list or build printed names the version that it was read at, and is refused (exit 5) when another one is stored by then. Manifests of your own that are not given are removed, and each is told. With several consumers each gets its own works, over one connection.',
  examples: [
    {
      about: 'Apply a ManifestWork and wait until the cluster has applied it',
      command: 'maestro-cli apply -f work.yaml --consumer=cluster-west-1 --watch --timeout=4m',
    },
    {
      about: 'Make one work of plain manifests and wait until its objects exist',
      command: 'maestro-cli apply -f manifests/ --consumer=c1 --name=c1-init --watch=Available',
    },
    {
      about: 'Wait for a Job by its feedback, ending at once when it failed',
      command: "maestro-cli apply -f work.yaml --consumer=c1 \\\n    --watch='Job:JobComplete' --fail-on='Job:Failed'",
    },
    {
      about: 'Roll out to the clusters with a label, once the first has applied it',
      command:
        'maestro-cli apply -f work.yaml --consumer-selector=env=prod \\\n    --canary=1 --max-failures=5 --journal=rollout.jsonl',
    },
    {
      about: 'Each cluster gets its own name and labels filled in',
      command:
        "maestro-cli apply -f manifests/ --name='np-{{ consumer.name }}' \\\n    --all-consumers --template-consumer --dry-run=server",
    },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Usage,
    ExitCode.NotFound,
    ExitCode.InvalidInput,
    ExitCode.Conflict,
    ExitCode.TimedOut,
    ExitCode.OutcomeFailed,
    ExitCode.Unavailable,
    ExitCode.AccessDenied,
    ExitCode.Ownership,
    ExitCode.Interrupted,
    ExitCode.Terminated,
  ],
  flags: [
    {
      flags: '-f, --manifest-file <path>',
      about: 'file, directory, glob or - for standard input; repeatable',
      repeat: true,
    },
    ...consumerFlags('target cluster; else metadata.namespace of the document; repeatable'),
    { flags: '--name <name>', about: 'name of the work; needed for plain manifests, else overrides metadata.name' },
    {
      ...adapterFlag,
      about: `${adapterFlag.about}, own its manifests as {type}, and label it hyperfleet.io/adapter={type}`,
    },
    {
      flags: '--if-version <n>',
      about: 'only when exactly this version is stored; 0: only when there is none. For one work on one consumer',
      defaultText: 'metadata.resourceVersion of the document',
    },
    {
      flags: '--overwrite',
      about: 'whatever is stored, and whatever version the document was read at: the last writer wins',
    },
    {
      flags: '--no-remove',
      about: 'refuse (exit 10) instead of removing manifests that are not given',
      env: 'MAESTRO_NO_REMOVE',
    },
    { flags: '--merge', about: 'keep what other managers own in the work, and replace only your own' },
    {
      flags: '--force',
      about: 'replace what other managers own too; with --merge, take over only what conflicts',
    },
    {
      flags: '--conflict-retries <n>',
      about: 'with --merge, read and merge again after a conflict, so often',
      defaultText: '0',
    },
    {
      flags: '--dry-run [where]',
      about: 'send nothing. client: check all that validate checks; server: read what is stored and predict',
      defaultText: 'client when given without a value',
    },
    {
      flags: '--watch [expr]',
      about: 'wait at the version just written until the expression holds; Applied when none is given',
    },
    { flags: '--wait [expr]', about: 'the same in the spelling of the Go tool; Available when none is given' },
    ...waitFlags,
    viaFlag(
      'poll',
      'with --watch or --canary; stream hears sooner, at the cost of a stream that the server keeps open',
    ),
    ...fleetLimitFlags,
    {
      flags: '--canary <n>',
      about: 'write to the first n consumers, wait for them (Applied, or what --watch says), and only then go on',
    },
    {
      flags: '--waves <size>',
      about:
        'consumers in one wave, as a number or as 10%; with --watch each wave is waited for, and one failure ends the run unless --max-failures allows more',
    },
    {
      flags: '--journal <file>',
      about: 'record what is done, so that the same command goes on after any end without reading it again',
    },
    {
      flags: '--template-consumer',
      about:
        'fill in {{ consumer.name }} and {{ consumer.labels.KEY }} in the values of manifests and in the name; {{ "{{" }} writes two braces',
    },
  ],
  outputs: applyOutputs,
  hasOutcome: true,
  parse: (input) => parseApply(input),
  load: () => import('./run.ts'),
};

function parseApply(input: ParseInput): ApplyOptions {
  const flags = flagReader(input);
  const files = flags.list('manifestFile');
  if (files.length === 0) throw new MaestroError('usage', 'nothing to apply', { hint: 'Name manifests with -f FILE.' });
  const expression = awaitedText(flags);
  const awaited = expression === undefined ? undefined : awaitedCondition(expression, flags);
  const consumers = consumersOption(flags);
  const consumer = onlyConsumer(consumers);
  const { name, adapter } = writtenName(flags, consumer);
  const ifVersion = flags.wholeNumber('ifVersion', 0);
  const overwrite = flags.on('overwrite');
  if (overwrite && ifVersion !== undefined)
    throw new MaestroError('usage', '--overwrite and --if-version contradict each other');
  const merge = flags.on('merge');
  if (merge && overwrite)
    throw new MaestroError('usage', '--merge and --overwrite contradict each other: merging needs the version check');
  const noRemove = flags.without('remove', 'MAESTRO_NO_REMOVE');
  if (overwrite && noRemove) {
    throw new MaestroError(
      'usage',
      '--overwrite writes over what it may not have read, so --no-remove (MAESTRO_NO_REMOVE) cannot hold for it',
      {
        hint: 'Leave --overwrite out; an update carries the version that was read.',
      },
    );
  }
  const conflictRetries = flags.wholeNumber('conflictRetries', 0) ?? 0;
  if (conflictRetries > 0 && !merge)
    throw new MaestroError('usage', '--conflict-retries needs --merge', {
      hint: 'Without merging, writing again after a conflict would undo the other write.',
    });
  const dryRun = dryRunOf(flags);
  if (dryRun !== undefined && awaited !== undefined)
    throw new MaestroError('usage', '--dry-run sends nothing, so there is nothing to wait for');
  const fleet = fleetOf(flags, consumers, awaited);
  const waits = awaited !== undefined || (fleet !== undefined && fleet.canary > 0);
  if (!waits && flags.text('via') !== undefined)
    throw new MaestroError('usage', '--via is for --watch, --wait and --canary: nothing else is waited for');
  if (fleet?.journal !== undefined && dryRun !== undefined)
    throw new MaestroError('usage', '--dry-run does nothing that a --journal could record');
  const connection = connectionOptions(
    input,
    awaited === undefined && fleet === undefined ? callTimeoutMs : waitTimeoutMs,
  );
  const { manager, isDefault } = managerOf(input, connection.source, adapter);
  return {
    ...connection,
    manager,
    ...(isDefault ? { managerIsDefault: true } : {}),
    merge,
    force: flags.on('force'),
    noRemove,
    conflictRetries,
    ...(dryRun === undefined ? {} : { dryRun }),
    files,
    ...(consumer === undefined ? {} : { consumer }),
    ...(name === undefined ? {} : { name }),
    ...(adapter === undefined ? {} : { adapter }),
    ...(ifVersion === undefined ? {} : { ifVersion }),
    overwrite,
    ...(awaited === undefined ? {} : { await: awaited }),
    via: viaOf(flags, 'poll'),
    ...(fleet === undefined ? {} : { fleet }),
    output: flags.oneOf('output', applyOutputs) ?? 'text',
  };
}

/** Flags that one consumer can take too, and that make it a fleet of one. */
const fleetOnly = ['maxConcurrency', 'maxFailures', 'canary', 'waves', 'journal'] as const;

/** Undefined for the usual apply: one consumer, or those that the documents name. */
function fleetOf(
  flags: FlagReader,
  consumers: ConsumersOption | undefined,
  awaited: AwaitedCondition | undefined,
): ApplyFleet | undefined {
  const template = flags.on('templateConsumer');
  const given = [
    ...fleetOnly.filter((name) => flags.text(name) !== undefined),
    ...(template ? ['templateConsumer'] : []),
  ];
  if (consumers === undefined) {
    if (given[0] === undefined) return undefined;
    throw new MaestroError('usage', `${flagName(given[0])} needs consumers`, {
      hint: 'Give --consumer, --consumer-selector, --all-consumers or --consumers-from.',
    });
  }
  if (onlyConsumer(consumers) !== undefined && given.length === 0) return undefined;
  const waves = flags.text('waves');
  const journal = flags.text('journal');
  return {
    consumers,
    ...fleetLimits(flags),
    canary: flags.wholeNumber('canary', 1) ?? 0,
    canaryAwait: awaited ?? awaitedCondition('Applied', flags),
    ...(waves === undefined ? {} : { waves: parseWaveSize(waves) }),
    ...(journal === undefined ? {} : { journal }),
    template,
  };
}

function dryRunOf(flags: FlagReader): 'client' | 'server' | undefined {
  const where = flags.optional('dryRun');
  if (where === undefined || where === 'client' || where === 'server') return where;
  if (where === '') return 'client';
  throw new MaestroError('usage', `--dry-run does not know "${where}"`, {
    hint: 'Use --dry-run=client or --dry-run=server.',
  });
}
