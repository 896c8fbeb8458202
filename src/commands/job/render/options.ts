import { present } from '../../../core/present.ts';
import { parseGrpcEndpoint, parseHttpEndpoint } from '../../../clients/connection.ts';
import type { ParseInput } from '../../../command-line/command-spec.ts';
import { waitTimeoutMs } from '../../../command-line/connection-options.ts';
import { flagName, flagReader, type FlagReader } from '../../../command-line/flag-values.ts';
import { logOptions, type LogOptions } from '../../../command-line/log-options.ts';
import { parseExpression } from '../../../core/expressions/parse.ts';
import { defaultImage } from '../../../core/jobs/image.ts';
import { checkEventId, checkImage, checkLabelName, checkObjectName, isPlaceholder } from '../../../core/jobs/names.ts';
import { jobParts, type JobPart } from '../../../core/jobs/render.ts';
import type { JobEndpoint, JobRequest, ManifestStore } from '../../../core/jobs/request.ts';
import { jobSettings, readSettings } from '../../../core/jobs/settings.ts';
import { jobTemplateNames, jobTemplates, type JobTemplate } from '../../../core/jobs/templates.ts';
import { unknownValue } from '../../../core/works/did-you-mean.ts';
import { adapterWorkName, conventionalName } from '../../../core/works/names.ts';
import { readTraceContext } from '../../../core/trace-context.ts';
import { MaestroError } from '../../../errors.ts';

export const jobOutputs = ['yaml', 'json'] as const;
export const jobPartNames = jobParts.join(', ');
export const jobSettingsHelp = Object.entries(jobSettings)
  .map(([key, { standard }]) => `${key} (${standard})`)
  .join(', ');

export interface JobRenderOptions {
  /** Complete but for the manifests that are still to be read. */
  readonly request: JobRequest;
  /** Manifests to read; empty when there are none, or they are in the cluster already. */
  readonly files: readonly string[];
  readonly part: JobPart;
  readonly template: boolean;
  readonly output: (typeof jobOutputs)[number];
  readonly log: LogOptions;
}

/** Flags of every command that a Job takes from somewhere else. */
const meaningless: Readonly<Record<string, string>> = {
  insecureSkipVerify: 'a Job verifies its server',
  grpcServerCaFile: 'certificates come from --tls-secret',
  grpcBrokerCaFile: 'certificates come from --tls-secret',
  grpcClientCertFile: 'certificates come from --tls-secret',
  grpcClientKeyFile: 'certificates come from --tls-secret',
  grpcClientTokenFile: "the token is the ServiceAccount's, see --set token-audience",
  grpcClientToken: "the token is the ServiceAccount's, see --set token-audience",
  allowPlaintextToken: 'a Job sends tokens over TLS only',
  httpCaFile: 'certificates come from --tls-secret',
  httpClientCertFile: 'certificates come from --tls-secret',
  httpClientKeyFile: 'certificates come from --tls-secret',
  httpTokenFile: "the token is the ServiceAccount's, see --set token-audience",
  httpToken: "the token is the ServiceAccount's, see --set token-audience",
  context: 'a Job has no configuration file',
  config: 'a Job has no configuration file',
  resultsPath: 'the Job writes to /shared/results.json, which the status-reporter reads',
  resultsFormat: 'the Job writes adapter-result, which the status-reporter reads',
};

/** @throws MaestroError usage, before any file is read */
export function parseJobRender(input: ParseInput): JobRenderOptions {
  const flags = flagReader(input);
  for (const [name, why] of Object.entries(meaningless)) {
    if (input.flags[name] !== undefined)
      throw new MaestroError('usage', `${flagName(name)} says nothing about a Job: ${why}`);
  }
  const name = templateName(input.args[0]);
  const template = flags.on('template');
  const part = flags.oneOf('part', jobParts) ?? 'all';
  const values = nameReader(flags, template || part === 'setup');
  const files = flags.list('manifestFile');
  if (template && files.length > 0)
    throw new MaestroError('usage', '--template leaves the manifest open; leave --manifest-file out');
  return {
    request: requestOf(name, flags, values, part),
    files: part === 'setup' ? [] : files,
    part,
    template,
    output: flags.output(jobOutputs),
    log: logOptions(input),
  };
}

function templateName(given: string | undefined): JobTemplate {
  if (given === undefined) return 'apply-and-wait';
  const found = jobTemplateNames.find((name) => name === given);
  if (found !== undefined) return found;
  throw unknownValue('job render', given, jobTemplateNames);
}

type Check = (text: string) => void;

/** Names as they were given and checked, or their placeholders where those may stand. */
interface NameReader {
  readonly open: boolean;
  optional(name: string, check: Check): string | undefined;
  required(name: string, placeholder: string, why: string, check: Check): string;
}

function nameReader(flags: FlagReader, open: boolean): NameReader {
  const optional: NameReader['optional'] = (name, check) => {
    const value = flags.text(name);
    if (value !== undefined && !(open && isPlaceholder(value))) check(value);
    return value;
  };
  return {
    open,
    optional,
    required: (name, placeholder, why, check) => {
      const value = optional(name, check) ?? (open ? placeholder : undefined);
      return value ?? flags.required(name, why);
    },
  };
}

function requestOf(template: JobTemplate, flags: FlagReader, names: NameReader, part: JobPart): JobRequest {
  const eventId = names.required('eventId', '${event-id}', 'it names the Job', checkEventId);
  const consumer = names.required('consumer', '${target-cluster}', 'it names the target cluster', (text) =>
    checkLabelName('--consumer', text),
  );
  const grpc = grpcEndpoint(flags);
  const http = httpEndpoint(flags);
  const tlsSecret = tlsSecretOf(names, grpc.tls || http.tls);
  const source = flags.text('sourceId');
  const work = workOf(template, names, consumer);
  const manifest = part === 'setup' ? undefined : manifestOf(template, flags, names, eventId);
  return {
    template,
    eventId,
    sentinelEventId: sentinelEventId(flags) ?? (names.open ? '${sentinel-event-id}' : eventId),
    ...present({ traceparent: names.optional('traceparent', checkTraceparent) }),
    namespace: names.optional('namespace', (text) => checkLabelName('--namespace', text)) ?? 'hyperfleet-adapters',
    image: names.optional('image', (text) => checkImage('--image', text)) ?? defaultImage,
    consumer,
    ...present({ workName: work.name, adapter: work.adapter ?? flags.text('manager'), source, manifest, tlsSecret }),
    manager: flags.text('manager') ?? work.adapter ?? source ?? 'maestro-cli',
    ...expressions(template, flags),
    timeoutMs: flags.durationMs('timeout') ?? waitTimeoutMs,
    grpc,
    http,
    settings: readSettings(flags.list('set')),
  };
}

/** Kubernetes takes any text in the environment, but nobody means control characters. */
function sentinelEventId(flags: FlagReader): string | undefined {
  const text = flags.text('sentinelEventId');
  if (text === undefined || (text.length <= 1024 && !/\p{Cc}/u.test(text))) return text;
  throw new MaestroError('usage', '--sentinel-event-id takes at most 1024 characters, and no control characters');
}

/** @throws MaestroError usage */
function checkTraceparent(text: string): void {
  if (readTraceContext(text).trace !== undefined) return;
  throw new MaestroError('usage', `--traceparent=${text} is not as W3C Trace Context has it`, {
    hint: 'It looks like 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01. Without a trace leave the flag out.',
  });
}

/** The name of the work by --name, else by convention; the manifest's own where it has one. */
function workOf(
  template: JobTemplate,
  names: NameReader,
  consumer: string,
): { readonly name?: string; readonly adapter?: string } {
  const name = names.optional('name', (text) => checkLabelName('--name', text));
  const adapter = names.optional(
    'adapter',
    (text) => void adapterWorkName(isPlaceholder(consumer) ? 'c' : consumer, text),
  );
  if (name !== undefined && adapter !== undefined && name !== conventionalName(consumer, adapter)) {
    throw new MaestroError('usage', '--name and --adapter both name the work, and differently; leave one out', {
      hint: 'Who owns what is written is said by --manager.',
    });
  }
  if (name !== undefined) return { name, ...present({ adapter }) };
  const type = adapter ?? (names.open ? '${adapter-type}' : undefined);
  const { named } = jobTemplates[template];
  if (named && type === undefined) {
    throw new MaestroError('usage', `${template} needs the name of its work`, {
      hint: 'Give --adapter, which makes it hyperfleet-{consumer}-{adapter}, or --name.',
    });
  }
  // A template for applying leaves the name to the manifest.
  if (type === undefined || (!named && adapter === undefined)) return type === undefined ? {} : { adapter: type };
  return { name: conventionalName(consumer, type), adapter: type };
}

function manifestOf(
  template: JobTemplate,
  flags: FlagReader,
  names: NameReader,
  eventId: string,
): ManifestStore | undefined {
  const files = flags.list('manifestFile');
  const config = names.optional('manifestConfig', (text) => checkObjectName('--manifest-config', text));
  const secret = names.optional('manifestSecret', (text) => checkObjectName('--manifest-secret', text));
  const given = [files.length > 0, config !== undefined, secret !== undefined].filter(Boolean).length;
  if (!jobTemplates[template].manifest) {
    if (given > 0) throw new MaestroError('usage', `${template} takes no manifest`);
    return undefined;
  }
  if (given > 1)
    throw new MaestroError(
      'usage',
      '--manifest-file, --manifest-config and --manifest-secret say one thing; give one of them',
    );
  if (secret !== undefined) return { kind: 'Secret', name: secret };
  if (config !== undefined) return { kind: 'ConfigMap', name: config };
  if (files.length > 0) return { kind: 'ConfigMap', name: `maestro-handler-${eventId}` };
  if (names.open) return { kind: 'ConfigMap', name: '${manifest-config-name}' };
  throw new MaestroError('usage', `${template} needs a manifest`, {
    hint: 'Give --manifest-file, or --manifest-config with the name of a ConfigMap that holds manifest.yaml.',
  });
}

function expressions(template: JobTemplate, flags: FlagReader): Pick<JobRequest, 'condition' | 'failOn'> {
  const condition = flags.text('for');
  const failOn = flags.text('failOn');
  if (condition === undefined && failOn === undefined) return {};
  if (!jobTemplates[template].waits)
    throw new MaestroError('usage', `--for and --fail-on are for waiting, and ${template} takes no expression`);
  for (const text of [condition, failOn]) if (text !== undefined) parseExpression(text);
  return present({ condition, failOn });
}

function grpcEndpoint(flags: FlagReader): JobEndpoint {
  const text = flags.text('grpcEndpoint') ?? 'maestro-grpc:8090';
  const { host, port, plaintext } = parseGrpcEndpoint(text, { plaintext: flags.on('grpcPlaintext') });
  return elsewhere('--grpc-endpoint', { text, host, port, tls: !plaintext });
}

function httpEndpoint(flags: FlagReader): JobEndpoint {
  const text = flags.text('httpEndpoint') ?? 'maestro-http:8000';
  const url = new URL(parseHttpEndpoint(text));
  const tls = url.protocol === 'https:';
  const port = url.port === '' ? (tls ? 443 : 80) : Number(url.port);
  return elsewhere('--http-endpoint', { text, host: url.hostname.replace(/^\[|\]$/g, ''), port, tls });
}

function elsewhere(flag: string, endpoint: JobEndpoint): JobEndpoint {
  if (!/^(localhost|127\..*|::1)$/.test(endpoint.host)) return endpoint;
  throw new MaestroError('usage', `${flag}=${endpoint.text} is the pod itself when a Job says it`, {
    hint: 'Give the address of Maestro as pods see it, such as maestro-grpc.maestro:8090.',
  });
}

function tlsSecretOf(names: NameReader, tls: boolean): string | undefined {
  const given = names.optional('tlsSecret', (text) => checkObjectName('--tls-secret', text));
  if (tls) return given ?? 'maestro-client-tls';
  if (given === undefined) return undefined;
  throw new MaestroError('usage', `--tls-secret=${given} would not be used: neither endpoint is reached over TLS`);
}
