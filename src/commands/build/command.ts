import { callTimeoutMs, connectionOptions, layeredReader, waitTimeoutMs, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { awaitedCondition, awaitedText, waitFlags, type AwaitedCondition } from '../../command-line/wait-options.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { viaFlag, viaOf, type Way } from '../watch/via.ts';

export const buildOutputs = ['yaml', 'json'] as const;

export interface BuildOptions extends ConnectionOptions {
  readonly files: readonly string[];
  readonly name: string;
  readonly consumer: string;
  readonly strategy: 'merge' | 'replace';
  readonly manager: string;
  readonly force: boolean;
  readonly outputFile?: string;
  readonly apply: boolean;
  readonly dryRun: boolean;
  readonly conflictRetries: number;
  readonly await?: AwaitedCondition;
  /** How what is waited for is learned of. */
  readonly via: Way;
  readonly output: (typeof buildOutputs)[number];
}

export const buildCommand: CommandSpec<BuildOptions> = {
  name: 'build',
  summary: 'fetch a work and merge manifests into it, for a following apply',
  description:
    'Fetches a work, merges manifests into it as apply --merge would, and prints the result. The result names the version that it was built from, and apply writes it under that version only. With --apply both happen in one process, and one result file is written.',
  examples: [
    {
      about: 'Add a nodepool to what is there, look at it, apply it',
      command: 'maestro-cli build --name=w --consumer=c1 -f nodepool.yaml > w.yaml && \\\n    maestro-cli apply -f w.yaml',
    },
    {
      about: 'Both in one process',
      command: 'maestro-cli build --name=w --consumer=c1 -f nodepool.yaml --apply --watch',
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
    { flags: '-n, --name <name>', about: 'name of the work' },
    { flags: '-c, --consumer <name>', about: 'its target cluster' },
    {
      flags: '-f, --source-file <path>',
      about: 'manifests to merge in: a ManifestWork, plain manifests, a list of them, or its spec; repeatable',
      repeat: true,
      aliases: ['--manifest-file <path>'],
    },
    { flags: '--output-file <file>', about: 'write the document there instead of to standard output, which `-` is' },
    { flags: '--strategy <strategy>', about: 'merge keeps what other managers own, replace does not', defaultText: 'merge' },
    { flags: '--force', about: 'take over what other managers own' },
    { flags: '--apply', about: 'apply the result at once' },
    { flags: '--dry-run', about: 'with --apply: predict, and send nothing' },
    { flags: '--conflict-retries <n>', about: 'with --apply: read and merge again after a conflict, so often', defaultText: '0' },
    { flags: '--watch [expr]', about: 'with --apply: wait at the version just written; Applied when none is given' },
    { flags: '--wait [expr]', about: 'the same in the spelling of the Go tool; Available when none is given' },
    ...waitFlags,
    viaFlag('poll', 'with --watch; stream hears sooner, at the cost of a stream that the server keeps open'),
  ],
  outputs: buildOutputs,
  hasOutcome: true,
  parse: (input) => parseBuild(input),
  load: () => import('./run.ts'),
};

function parseBuild(input: ParseInput): BuildOptions {
  const flags = flagReader(input);
  const files = flags.list('sourceFile');
  if (files.length === 0) throw new MaestroError('usage', 'nothing to merge in', { hint: 'Name manifests with -f FILE.' });
  const expression = awaitedText(flags);
  const apply = flags.on('apply');
  const dryRun = flags.on('dryRun');
  if (!apply && expression !== undefined) throw new MaestroError('usage', '--watch and --wait need --apply: building writes nothing');
  if (expression === undefined && flags.text('via') !== undefined) throw new MaestroError('usage', '--via is for --watch and --wait');
  if (dryRun && expression !== undefined) throw new MaestroError('usage', '--dry-run sends nothing, so there is nothing to wait for');
  const awaited = expression === undefined ? undefined : awaitedCondition(expression, flags);
  const outputFile = flags.text('outputFile');
  const strategy = flags.oneOf('strategy', ['merge', 'replace']) ?? 'merge';
  const conflictRetries = flags.wholeNumber('conflictRetries', 0) ?? 0;
  if (conflictRetries > 0 && (strategy !== 'merge' || !apply)) {
    throw new MaestroError('usage', '--conflict-retries needs --apply and --strategy=merge');
  }
  const connection = connectionOptions(input, awaited === undefined ? callTimeoutMs : waitTimeoutMs);
  return {
    ...connection,
    files,
    name: flags.required('name', 'it names the work to build on'),
    consumer: flags.required('consumer', 'it names the target cluster'),
    strategy,
    manager: layeredReader(input).text('manager', 'MAESTRO_MANAGER') ?? connection.source,
    force: flags.on('force'),
    ...(outputFile === undefined ? {} : { outputFile }),
    apply,
    dryRun,
    conflictRetries,
    ...(awaited === undefined ? {} : { await: awaited }),
    via: viaOf(flags, 'poll'),
    output: flags.oneOf('output', buildOutputs) ?? 'yaml',
  };
}
