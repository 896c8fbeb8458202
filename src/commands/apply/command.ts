import { callTimeoutMs, connectionOptions, layeredReader, waitTimeoutMs, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { awaitedCondition, awaitedText, waitFlags, type AwaitedCondition } from '../../command-line/wait-options.ts';
import { adapterWorkName } from '../../core/works/names.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';

export const applyOutputs = ['text', 'json', 'name'] as const;

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
  readonly force: boolean;
  /** How often a merge is made again after a conflict. */
  readonly conflictRetries: number;
  readonly dryRun?: 'client' | 'server';
  /** `build` takes a spec or a list of manifests too. */
  readonly looseSource?: boolean;
  readonly await?: AwaitedCondition;
  readonly output: (typeof applyOutputs)[number];
}

export const applyCommand: CommandSpec<ApplyOptions> = {
  name: 'apply',
  summary: 'create or update ManifestWorks from manifests',
  description:
    'Creates or updates ManifestWorks from manifests. What is stored already is left alone; an update carries the version it was made from, so nobody is overwritten unseen.',
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
    { flags: '-c, --consumer <name>', about: 'target cluster; else metadata.namespace of the document' },
    { flags: '--name <name>', about: 'name of the work; needed for plain manifests, else overrides metadata.name' },
    { flags: '--adapter <type>', about: 'name the work hyperfleet-{consumer}-{type}' },
    { flags: '--if-version <n>', about: 'only when exactly this version is stored; 0: only when there is none' },
    { flags: '--overwrite', about: 'whatever is stored: the last writer wins' },
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
      about: 'send nothing. client: validate only; server: read what is stored and predict',
      defaultText: 'client when given without a value',
    },
    {
      flags: '--watch [expr]',
      about: 'wait at the version just written until the expression holds; Applied when none is given',
    },
    { flags: '--wait [expr]', about: 'the same in the spelling of the Go tool; Available when none is given' },
    ...waitFlags,
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
  const consumer = flags.text('consumer');
  const adapter = flags.text('adapter');
  const name = flags.text('name');
  if (name !== undefined && adapter !== undefined) throw new MaestroError('usage', '--name and --adapter both name the work; leave one out');
  if (adapter !== undefined && consumer !== undefined) adapterWorkName(consumer, adapter);
  const ifVersion = flags.wholeNumber('ifVersion', 0);
  const overwrite = flags.on('overwrite');
  if (overwrite && ifVersion !== undefined) throw new MaestroError('usage', '--overwrite and --if-version contradict each other');
  const merge = flags.on('merge');
  if (merge && overwrite) throw new MaestroError('usage', '--merge and --overwrite contradict each other: merging needs the version check');
  const conflictRetries = flags.wholeNumber('conflictRetries', 0) ?? 0;
  if (conflictRetries > 0 && !merge) throw new MaestroError('usage', '--conflict-retries needs --merge', { hint: 'Without merging, writing again after a conflict would undo the other write.' });
  const dryRun = dryRunOf(flags);
  if (dryRun !== undefined && awaited !== undefined) throw new MaestroError('usage', '--dry-run sends nothing, so there is nothing to wait for');
  const connection = connectionOptions(input, awaited === undefined ? callTimeoutMs : waitTimeoutMs);
  const manager = layeredReader(input).text('manager', 'MAESTRO_MANAGER') ?? adapter;
  return {
    ...connection,
    manager: manager ?? connection.source,
    ...(manager === undefined ? { managerIsDefault: true } : {}),
    merge,
    force: flags.on('force'),
    conflictRetries,
    ...(dryRun === undefined ? {} : { dryRun }),
    files,
    ...(consumer === undefined ? {} : { consumer }),
    ...(name === undefined ? {} : { name }),
    ...(adapter === undefined ? {} : { adapter }),
    ...(ifVersion === undefined ? {} : { ifVersion }),
    overwrite,
    ...(awaited === undefined ? {} : { await: awaited }),
    output: flags.oneOf('output', applyOutputs) ?? 'text',
  };
}

function dryRunOf(flags: FlagReader): 'client' | 'server' | undefined {
  const where = flags.optional('dryRun');
  if (where === undefined || where === 'client' || where === 'server') return where;
  if (where === '') return 'client';
  throw new MaestroError('usage', `--dry-run does not know "${where}"`, { hint: 'Use --dry-run=client or --dry-run=server.' });
}
