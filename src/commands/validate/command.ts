import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { CommandSpec, ParseInput } from '../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { logOptions, type LogOptions } from '../../command-line/log-options.ts';
import { adapterFlag, writtenName } from '../../command-line/work-address.ts';
import { adapterWorkName, dnsLabelProblems } from '../../core/works/names.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';

export const validateOutputs = ['text', 'json', 'github', 'sarif', 'junit'] as const;

export type ValidateOutput = (typeof validateOutputs)[number];

export interface ValidateOptions {
  readonly files: readonly string[];
  /** Of the one work that all plain manifests make together. */
  readonly name?: string;
  /** Present when Maestro shall be asked about the consumer: the only way to the network. */
  readonly consumer?: { readonly name: string; readonly connection: ConnectionOptions };
  readonly schemas: { readonly use: boolean; readonly files: readonly string[] };
  readonly warningsFail: boolean;
  readonly output: ValidateOutput;
  readonly log: LogOptions;
}

export const validateCommand: CommandSpec<ValidateOptions> = {
  name: 'validate',
  summary: 'check manifests offline, for people and for CI',
  description:
    'Finds every problem of every file in one run, each with file, line, column and path: the envelope, the rules of the server, built-in kinds and CRDs against their schemas, feedback paths and manifestConfigs against the manifests. Nothing is sent; only --consumer asks Maestro.',
  examples: [
    { about: 'Check a directory', command: 'maestro-cli validate -f deploy/' },
    {
      about: 'Check custom resources too, and report to code scanning',
      command: 'maestro-cli validate -f deploy/ --schema=crds/widgets.yaml \\\n    -o sarif > findings.sarif',
    },
  ],
  exitCodes: [
    ExitCode.Done,
    ExitCode.Usage,
    ExitCode.NotFound,
    ExitCode.InvalidInput,
    ExitCode.TimedOut,
    ExitCode.Unavailable,
    ExitCode.AccessDenied,
    ExitCode.Interrupted,
    ExitCode.Terminated,
  ],
  args: '[path...]',
  flags: [
    {
      flags: '-f, --manifest-file <path>',
      about: 'file, directory, glob or - for standard input; repeatable; paths without a flag mean the same',
      repeat: true,
    },
    {
      flags: '--name <name>',
      about: 'check the plain manifests of all files as one work of this name, as apply would send it',
    },
    { ...adapterFlag, about: 'the same by convention, hyperfleet-{consumer}-{type}; needs --consumer' },
    { flags: '-c, --consumer <name>', about: 'also ask Maestro whether this consumer exists' },
    {
      flags: '--schema <path>',
      about: 'CustomResourceDefinitions, or JSON Schemas with x-kubernetes-group-version-kind; repeatable',
      repeat: true,
    },
    { flags: '--no-schemas', about: 'check no manifest against the schema of its kind' },
    { flags: '--strict', about: 'warnings fail too' },
  ],
  outputs: validateOutputs,
  hasOutcome: false,
  parse: (input) => parseValidate(input),
  load: () => import('./run.ts'),
};

function parseValidate(input: ParseInput): ValidateOptions {
  const flags = flagReader(input);
  const files = [...flags.list('manifestFile'), ...input.args];
  if (files.length === 0)
    throw new MaestroError('usage', 'nothing to validate', { hint: 'Name manifests with -f FILE.' });
  const consumer = flags.text('consumer');
  if (consumer !== undefined && dnsLabelProblems(consumer).length > 0) {
    throw new MaestroError('usage', `"${consumer}" is no consumer name: it must be a DNS label`);
  }
  const name = nameOf(flags, consumer);
  const schemaFiles = flags.list('schema');
  const use = input.flags['schemas'] !== false;
  if (!use && schemaFiles.length > 0)
    throw new MaestroError('usage', '--schema and --no-schemas contradict each other');
  return {
    files,
    ...(name === undefined ? {} : { name }),
    ...(consumer === undefined
      ? {}
      : { consumer: { name: consumer, connection: connectionOptions(input, callTimeoutMs) } }),
    schemas: { use, files: schemaFiles },
    warningsFail: flags.on('strict'),
    output: flags.oneOf('output', validateOutputs) ?? 'text',
    log: logOptions(input),
  };
}

function nameOf(flags: FlagReader, consumer: string | undefined): string | undefined {
  const { name, adapter } = writtenName(flags, consumer);
  if (adapter === undefined) return name;
  if (consumer !== undefined) return adapterWorkName(consumer, adapter);
  throw new MaestroError('usage', '--adapter needs --consumer, which is part of the name', {
    hint: 'To check without Maestro give the --name that it makes.',
  });
}
