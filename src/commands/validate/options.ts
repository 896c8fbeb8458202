import { present } from '../../core/present.ts';
import { callTimeoutMs, connectionOptions, type ConnectionOptions } from '../../command-line/connection-options.ts';
import type { ParseInput } from '../../command-line/command-spec.ts';
import { flagReader, type FlagReader } from '../../command-line/flag-values.ts';
import { manifestInput, namesManifests, type ManifestInput } from '../../command-line/manifest-input.ts';
import { parseLabels } from '../../command-line/label-values.ts';
import { logOptions, type LogOptions } from '../../command-line/log-options.ts';
import { writtenName } from '../../command-line/work-address.ts';
import { nameExpression } from '../../core/fleet/consumer-notation.ts';
import { adapterWorkName, conventionalName, dnsLabelProblems } from '../../core/works/names.ts';
import { MaestroError } from '../../errors.ts';

export const validateOutputs = ['text', 'json', 'github', 'sarif', 'junit'] as const;

export type ValidateOutput = (typeof validateOutputs)[number];

/** Which consumers a template is tried with; one that is made up when none is named. */
export interface TemplateOptions {
  readonly name?: string;
  /** All that they have, where the file does not say. */
  readonly labels?: Readonly<Record<string, string>>;
  /** A file of consumers. */
  readonly from?: string;
}

export interface ValidateOptions extends ManifestInput {
  /** Of the one work that all plain manifests make together. */
  readonly name?: string;
  /** Present when Maestro shall be asked about the consumer: the only way to the network. */
  readonly consumer?: { readonly name: string; readonly connection: ConnectionOptions };
  /** Present when works are templates, which are filled in before they are checked; Maestro is not asked then. */
  readonly template?: TemplateOptions;
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
  const template = templateOf(flags, consumer);
  const name = nameOf(flags, consumer, template !== undefined);
  const schemaFiles = flags.list('schema');
  const use = input.flags['schemas'] !== false;
  if (!use && schemaFiles.length > 0)
    throw new MaestroError('usage', '--schema and --no-schemas contradict each other');
  return {
    ...manifests,
    ...present({ name }),
    ...present({ template }),
    ...(consumer === undefined || template !== undefined
      ? {}
      : { consumer: { name: consumer, connection: connectionOptions(input, callTimeoutMs) } }),
    schemas: { use, files: schemaFiles },
    warningsFail: flags.on('strict'),
    output: flags.output(validateOutputs),
    log: logOptions(input),
  };
}

function templateOf(flags: FlagReader, name: string | undefined): TemplateOptions | undefined {
  const texts = flags.list('consumerLabel');
  const from = flags.text('consumersFrom');
  if (!flags.on('templateConsumer')) {
    if (texts.length === 0 && from === undefined) return undefined;
    const flag = texts.length > 0 ? '--consumer-label' : '--consumers-from';
    throw new MaestroError('usage', `${flag} is for --template-consumer: nothing else is filled in`);
  }
  if (name !== undefined && from !== undefined)
    throw new MaestroError('usage', '--consumer and --consumers-from both choose consumers; leave one out');
  if (from === '-' && flags.list('manifestFile').includes('-')) {
    throw new MaestroError(
      'usage',
      'standard input (-) can be read only once, and both -f and --consumers-from name it',
    );
  }
  const labels = texts.length === 0 ? undefined : parseLabels(texts, '--consumer-label');
  return present({ name, labels, from });
}

function nameOf(flags: FlagReader, consumer: string | undefined, isTemplate: boolean): string | undefined {
  const { name, adapter } = writtenName(flags, isTemplate ? undefined : consumer);
  if (adapter === undefined) return name;
  if (isTemplate) return conventionalName(nameExpression, adapter);
  if (consumer !== undefined) return adapterWorkName(consumer, adapter);
  throw new MaestroError('usage', '--adapter needs --consumer, which is part of the name', {
    hint: 'To check without Maestro give the --name that it makes.',
  });
}
