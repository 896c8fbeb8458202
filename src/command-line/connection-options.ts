import {
  parseGrpcEndpoint,
  parseHttpEndpoint,
  type Channel,
  type ConnectionSettings,
  type EndpointOrigin,
  type GrpcEndpoint,
} from '../clients/connection.ts';
import type { TlsFiles, TokenSource } from '../clients/files.ts';
import { proxySettings } from '../clients/proxy.ts';
import { present } from '../core/present.ts';
import { MaestroError } from '../errors.ts';
export { callTimeoutMs, waitTimeoutMs } from '../operations/budget.ts';
import type { ParseInput } from './command-spec.ts';
import type { DefaultConsumer } from './default-consumer.ts';
import { flagReader, settingKey } from './flag-values.ts';
import { logOptions, type LogOptions } from './log-options.ts';

/** What every command that talks to Maestro needs to know. */
export interface ConnectionOptions {
  readonly settings: ConnectionSettings;
  readonly source: string;
  /** The consumer of the context, when the line names none. Writes on a terminal say so. */
  readonly takenConsumer?: DefaultConsumer;
  /** The whole run's budget, milliseconds. */
  readonly timeoutMs: number;
  readonly log: LogOptions;
}

/**
 * Reads connection settings: a flag beats an explicit `--context`, that beats
 * the environment, that beats the file's current context, and one way of giving
 * a token beats the other of a lower rank.
 *
 * @throws MaestroError usage, before any further file is read or connection tried
 */
export function connectionOptions(input: ParseInput, defaultTimeoutMs: number): ConnectionOptions {
  const flags = flagReader(input);
  const settings = layeredReader(input);
  const timeoutMs = flags.durationMs('timeout') ?? defaultTimeoutMs;
  if (timeoutMs <= 0) throw new MaestroError('usage', '--timeout must be more than 0');
  return {
    settings: {
      grpcEndpoint: grpcEndpoint(settings),
      httpEndpoint: parseHttpEndpoint(
        settings.text('httpEndpoint', 'MAESTRO_HTTP_ENDPOINT') ?? 'http://localhost:8000',
      ),
      insecureSkipVerify: settings.on('insecureSkipVerify'),
      grpcTls: tlsFiles(settings, 'grpc'),
      httpTls: tlsFiles(settings, 'http'),
      ...present({
        grpcToken: token(settings, grpcTokenNames),
        httpToken: token(settings, httpTokenNames),
        origins: originsOf(settings, input),
        unchosen: unchosenContexts(settings, input),
      }),
      allowPlaintextToken: settings.on('allowPlaintextToken'),
      proxy: proxySettings(input.env),
    },
    source: settings.text('sourceId', 'MAESTRO_SOURCE_ID') ?? 'maestro-cli',
    timeoutMs,
    log: logOptions(input),
  };
}

const endpointNames = {
  grpc: ['grpcEndpoint', 'MAESTRO_GRPC_ENDPOINT', '--grpc-endpoint'],
  http: ['httpEndpoint', 'MAESTRO_HTTP_ENDPOINT', '--http-endpoint'],
} as const;

function originsOf(settings: LayeredReader, input: ParseInput): Readonly<Record<Channel, EndpointOrigin>> {
  const originOf = ([key, variable, flag]: (typeof endpointNames)[Channel]): EndpointOrigin => {
    switch (settings.find((layer) => layer.text(key, variable))?.from) {
      case undefined:
        return { from: 'default', name: '' };
      case 'flag':
        return { from: 'flag', name: flag };
      case 'environment':
        return { from: 'variable', name: variable };
      case 'context':
      case 'current context':
        return { from: 'context', name: input.config?.error === undefined ? (input.config?.context?.name ?? '') : '' };
    }
  };
  return { grpc: originOf(endpointNames.grpc), http: originOf(endpointNames.http) };
}

/** Somebody has contexts and uses none: the default address is nothing that they would expect then. */
function unchosenContexts(settings: LayeredReader, { config }: ParseInput): readonly string[] | undefined {
  if (config === undefined || config.error !== undefined || config.context !== undefined) return undefined;
  const isGiven = Object.values(endpointNames).some(([key, variable]) => settings.text(key, variable) !== undefined);
  return isGiven || config.contexts === undefined || config.contexts.length === 0 ? undefined : config.contexts;
}

/**
 * Whether gRPC goes without TLS is decided by the place that names the
 * endpoint, or a higher one: a context that allows plaintext does so for its
 * own endpoint, not for one that a flag puts in its stead. MAESTRO_GRPC_INSECURE
 * also holds for an endpoint of a flag, as in the Go tool.
 */
function grpcEndpoint(settings: LayeredReader): GrpcEndpoint {
  const named = settings.find((layer) => layer.text('grpcEndpoint', 'MAESTRO_GRPC_ENDPOINT'));
  const text = named?.value ?? 'localhost:8090';
  const asked = settings.find((layer) => layer.on('grpcPlaintext', 'MAESTRO_GRPC_INSECURE'));
  const higher = named === undefined || (asked !== undefined && asked.rank <= named.rank);
  const asInGoTool = named?.from === 'flag' && asked?.from === 'environment';
  const namesScheme = /^grpcs?:\/\//.test(text);
  const holds = asked?.value === true && (asked.from === 'flag' || (!namesScheme && (higher || asInGoTool)));
  return parseGrpcEndpoint(text, { plaintext: holds });
}

/** Where the value of a setting comes from. */
export type SettingOrigin = 'flag' | 'context' | 'environment' | 'current context';

/** One place that settings come from; undefined means that it says nothing. */
interface Layer {
  readonly from: SettingOrigin;
  text(name: string, env?: string): string | undefined;
  on(name: string, env?: string): boolean | undefined;
}

interface Found<T> {
  readonly value: T;
  readonly from: SettingOrigin;
  /** 0 is the highest. */
  readonly rank: number;
}

/** Settings by rank: flag, explicit context, environment, current context. */
export interface LayeredReader {
  text(name: string, env?: string): string | undefined;
  on(name: string, env?: string): boolean;
  find<T>(read: (layer: Layer) => T | undefined): Found<T> | undefined;
}

/**
 * Reads settings that a context may hold, by the attribute name of their flag.
 *
 * @throws MaestroError usage for a configuration file that is broken, or lacks the context asked for
 */
export function layeredReader(input: ParseInput): LayeredReader {
  const layers = layersOf(input);
  const find = <T>(read: (layer: Layer) => T | undefined): Found<T> | undefined => {
    for (const [rank, layer] of layers.entries()) {
      const value = read(layer);
      if (value !== undefined) return { value, from: layer.from, rank };
    }
    return undefined;
  };
  return {
    find,
    text: (name, env) => find((layer) => layer.text(name, env))?.value,
    on: (name, env) => find((layer) => layer.on(name, env))?.value ?? false,
  };
}

function layersOf(input: ParseInput): readonly Layer[] {
  const { config, flags, env } = input;
  if (config?.error !== undefined) throw config.error;
  const given = flagReader({ flags, args: [], env: {} });
  const byFlag: Layer = { from: 'flag', text: (name) => given.text(name), on: (name) => given.on(name) || undefined };
  const inherited = flagReader({ flags: {}, args: [], env });
  const byEnvironment: Layer = {
    from: 'environment',
    text: (name, variable) => inherited.text(name, variable),
    on: (name, variable) => (variable === undefined || !env[variable] ? undefined : inherited.on(name, variable)),
  };
  const context = config?.context;
  if (context === undefined) return [byFlag, byEnvironment];
  const valueOf = (name: string): string | boolean | undefined => context.values[settingKey(name)];
  const byContext: Layer = {
    from: context.explicit ? 'context' : 'current context',
    text: (name) => asText(valueOf(name)),
    on: (name) => asSwitch(valueOf(name)),
  };
  return context.explicit ? [byFlag, byContext, byEnvironment] : [byFlag, byEnvironment, byContext];
}

function asText(value: string | boolean | undefined): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

function asSwitch(value: string | boolean | undefined): boolean | undefined {
  return typeof value === 'boolean' ? value : undefined;
}

type NameAndEnv = readonly [flag: string, env: string];

const tlsNames: Readonly<
  Record<'grpc' | 'http', { readonly ca: NameAndEnv; readonly cert: NameAndEnv; readonly key: NameAndEnv }>
> = {
  grpc: {
    ca: ['grpcServerCaFile', 'MAESTRO_GRPC_SERVER_CA_FILE'],
    cert: ['grpcClientCertFile', 'MAESTRO_GRPC_CLIENT_CERT'],
    key: ['grpcClientKeyFile', 'MAESTRO_GRPC_CLIENT_KEY'],
  },
  http: {
    ca: ['httpCaFile', 'MAESTRO_HTTP_CA_FILE'],
    cert: ['httpClientCertFile', 'MAESTRO_HTTP_CLIENT_CERT'],
    key: ['httpClientKeyFile', 'MAESTRO_HTTP_CLIENT_KEY'],
  },
};

function tlsFiles(flags: LayeredReader, channel: 'grpc' | 'http'): TlsFiles {
  const names = tlsNames[channel];
  return present({
    caFile: flags.text(...names.ca),
    extraCaFile: channel === 'grpc' ? flags.text('grpcBrokerCaFile') : undefined,
    clientCertFile: flags.text(...names.cert),
    clientKeyFile: flags.text(...names.key),
  });
}

interface TokenNames {
  readonly file: NameAndEnv;
  readonly value: NameAndEnv;
}

const grpcTokenNames: TokenNames = {
  file: ['grpcClientTokenFile', 'MAESTRO_GRPC_TOKEN_FILE'],
  value: ['grpcClientToken', 'MAESTRO_GRPC_TOKEN'],
};
const httpTokenNames: TokenNames = {
  file: ['httpTokenFile', 'MAESTRO_HTTP_TOKEN_FILE'],
  value: ['httpToken', 'MAESTRO_HTTP_TOKEN'],
};

/** The highest place that gives a token in either form; there the file wins, because it can rotate. */
function token(settings: LayeredReader, names: TokenNames): TokenSource | undefined {
  return settings.find((layer): TokenSource | undefined => {
    const file = layer.text(...names.file);
    const value = layer.text(...names.value);
    if (layer.from === 'flag' && file !== undefined && value !== undefined) {
      throw new MaestroError('usage', 'a token and a token file were given for the same side; leave one out');
    }
    if (file !== undefined) return { file };
    if (value !== undefined) refuseScheme(value);
    return value === undefined ? undefined : { value };
  })?.value;
}

/**
 * `--http-token Bearer TOKEN`, without quotes, leaves the token on the line as a word of its own, which could be taken
 * for the name of a file and printed when there is none.
 */
function refuseScheme(value: string): void {
  if (!/^(?:bearer|basic)$/i.test(value.trim())) return;
  throw new MaestroError('usage', 'a token is no more than the word that stands before one', {
    hint: 'Give the token itself, without Bearer before it.',
  });
}
