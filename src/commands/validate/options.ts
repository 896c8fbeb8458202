import { present } from '../../core/present.ts';
import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { manifestInput, namesManifests, type ManifestInput } from '../../command-line/manifest-input.ts';
import { logOptions, type LogOptions } from '../../command-line/log-options.ts';
import { writtenName } from '../../command-line/work-address.ts';
import { adapterWorkName, dnsLabelProblems } from '../../core/works/names.ts';
import { MaestroError } from '../../errors.ts';

export const validateOutputs = ['text', 'json', 'github', 'sarif', 'junit'] as const;

export type ValidateOutput = (typeof validateOutputs)[number];

export interface ValidateOptions extends ManifestInput {
  /** Of the one work that all plain manifests make together. */
  readonly name?: string;
  /** Present when Maestro shall be asked about the consumer: the only way to the network. */
  readonly consumer?: { readonly name: string; readonly connection: ConnectionOptions };
  readonly schemas: { readonly use: boolean; readonly files: readonly string[] };
  readonly warningsFail: boolean;
  readonly output: ValidateOutput;
  readonly log: LogOptions;
}

export function parseValidate(input: ParseInput): ValidateOptions {
  const flags = flagReader(input);
  const manifests = manifestInput(flags);
  if (!namesManifests(manifests))
    throw new MaestroError('usage', 'nothing to validate', {
      hint: 'Name manifests: validate FILE, -f FILE, or -k DIR.',
    });
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
    ...manifests,
    ...present({ name }),
    ...(consumer === undefined
      ? {}
      : { consumer: { name: consumer, connection: connectionOptions(input, callTimeoutMs) } }),
    schemas: { use, files: schemaFiles },
    warningsFail: flags.on('strict'),
    output: flags.output(validateOutputs),
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
