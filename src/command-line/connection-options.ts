import { parseGrpcEndpoint, parseHttpEndpoint, type ConnectionSettings } from '../clients/connection.ts';
import type { TlsFiles, TokenSource } from '../clients/files.ts';
import { MaestroError } from '../errors.ts';
import type { ParseInput } from './command-spec.ts';
import { flagReader, type FlagReader } from './flag-values.ts';
import { logOptions, type LogOptions } from './log-options.ts';

/** What every command that talks to Maestro needs to know. */
export interface ConnectionOptions {
  readonly settings: ConnectionSettings;
  readonly source: string;
  /** The whole run's budget, milliseconds. */
  readonly timeoutMs: number;
  readonly log: LogOptions;
}

/** Under the 300 s after which the status-reporter gives up. */
export const waitTimeoutMs = 270_000;
export const callTimeoutMs = 30_000;

/**
 * Reads connection flags and their environment: a flag beats the environment,
 * and one way of giving a token beats the other of a lower rank.
 *
 * @throws MaestroError usage, before any file is read or connection tried
 */
export function connectionOptions(input: ParseInput, defaultTimeoutMs: number): ConnectionOptions {
  const flags = flagReader(input);
  const timeoutMs = flags.durationMs('timeout') ?? defaultTimeoutMs;
  if (timeoutMs <= 0) throw new MaestroError('usage', '--timeout must be more than 0');
  const grpcText = flags.text('grpcEndpoint', 'MAESTRO_GRPC_ENDPOINT') ?? 'localhost:8090';
  const namesScheme = /^grpcs?:\/\//.test(grpcText);
  const plaintext = flags.on('grpcPlaintext') || (!namesScheme && flags.on('grpcPlaintext', 'MAESTRO_GRPC_INSECURE'));
  return {
    settings: {
      grpcEndpoint: parseGrpcEndpoint(grpcText, { plaintext }),
      httpEndpoint: parseHttpEndpoint(flags.text('httpEndpoint', 'MAESTRO_HTTP_ENDPOINT') ?? 'http://localhost:8000'),
      insecureSkipVerify: flags.on('insecureSkipVerify'),
      grpcTls: tlsFiles(flags, 'grpc'),
      httpTls: tlsFiles(flags, 'http'),
      ...present('grpcToken', token(flags, grpcTokenNames)),
      ...present('httpToken', token(flags, httpTokenNames)),
      allowPlaintextToken: flags.on('allowPlaintextToken'),
      proxy: {
        ...present('httpProxy', input.env['HTTP_PROXY'] ?? input.env['http_proxy']),
        ...present('httpsProxy', input.env['HTTPS_PROXY'] ?? input.env['https_proxy']),
        ...present('noProxy', input.env['NO_PROXY'] ?? input.env['no_proxy']),
      },
    },
    source: flags.text('sourceId', 'MAESTRO_SOURCE_ID') ?? 'maestro-cli',
    timeoutMs,
    log: logOptions(input),
  };
}

type NameAndEnv = readonly [flag: string, env: string];

const tlsNames: Readonly<Record<'grpc' | 'http', { readonly ca: NameAndEnv; readonly cert: NameAndEnv; readonly key: NameAndEnv }>> = {
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

function tlsFiles(flags: FlagReader, channel: 'grpc' | 'http'): TlsFiles {
  const names = tlsNames[channel];
  return {
    ...present('caFile', flags.text(...names.ca)),
    ...present('extraCaFile', channel === 'grpc' ? flags.text('grpcBrokerCaFile') : undefined),
    ...present('clientCertFile', flags.text(...names.cert)),
    ...present('clientKeyFile', flags.text(...names.key)),
  };
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

/** Flags first, either kind; then the environment, where the file wins because it can rotate. */
function token(flags: FlagReader, names: TokenNames): TokenSource | undefined {
  const flagFile = flags.text(names.file[0]);
  const flagValue = flags.text(names.value[0]);
  if (flagFile !== undefined && flagValue !== undefined) {
    throw new MaestroError('usage', 'a token and a token file were given for the same side; leave one out');
  }
  if (flagFile !== undefined) return { file: flagFile };
  if (flagValue !== undefined) return { value: flagValue };
  const file = flags.text(...names.file);
  if (file !== undefined) return { file };
  const value = flags.text(...names.value);
  return value === undefined ? undefined : { value };
}

function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]: V });
}
