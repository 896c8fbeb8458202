import type { CommandSpec, FlagSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader } from '../../command-line/flag-values.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { applyCommand, type ApplyOptions } from '../apply/command.ts';

export const diffOutputs = ['text', 'json'] as const;

export interface DiffOptions {
  /** What the apply in question would be told. */
  readonly apply: ApplyOptions;
  readonly output: (typeof diffOutputs)[number];
}

/** The flags of apply that decide what it would write. */
const decisive = [
  '--manifest-file',
  '--consumer',
  '--name',
  '--adapter',
  '--if-version',
  '--manager',
  '--merge',
  '--force',
];

export const diffCommand: CommandSpec<DiffOptions> = {
  name: 'diff',
  summary: 'what an apply would change',
  description:
    'Reads what is stored and shows, as unified diffs of YAML, what an apply of the same files would change: manifests, labels, annotations, manifestConfigs, deleteOption and executor. Values of Secrets are masked and only said to be changed or not. Nothing is sent, and nothing is checked by the server. What only Maestro or maestro-cli set is no difference.',
  examples: [
    { about: 'What would change', command: 'maestro-cli diff -f work.yaml --consumer=cluster-west-1' },
    {
      about: 'In a script: exit code 0 for no change, 1 for changes',
      command: 'maestro-cli diff --name=hyperfleet-c1-job --consumer=c1 \\\n    --manifest-file=job.yaml -o json',
    },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Different,
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
  flags: applyCommand.flags.filter((flag) => decisive.includes(longName(flag))),
  outputs: diffOutputs,
  hasOutcome: false,
  parse: (input) => parseDiff(input),
  load: () => import('./run.ts'),
};

function parseDiff(input: ParseInput): DiffOptions {
  const flags = flagReader(input);
  if (flags.list('manifestFile').length === 0) {
    throw new MaestroError('usage', 'nothing to compare', { hint: 'Name manifests with -f FILE.' });
  }
  const { output: _output, ...forApply } = input.flags;
  const apply = applyCommand.parse({ ...input, flags: forApply });
  if (apply.fleet !== undefined) {
    throw new MaestroError('usage', 'diff compares for one consumer', {
      hint: 'For several, apply --dry-run=server says what would change.',
    });
  }
  // It shows what would be removed, whether or not an apply would be let do it.
  return { output: flags.oneOf('output', diffOutputs) ?? 'text', apply: { ...apply, noRemove: false } };
}

function longName(flag: FlagSpec): string {
  return /--[a-z-]+/.exec(flag.flags)?.[0] ?? '';
}
