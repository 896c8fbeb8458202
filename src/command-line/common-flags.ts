import { resultFormats } from '../output/result-file/shape.ts';
import type { FlagSpec } from './command-spec.ts';

/** Flags that every command takes. */
export const commonFlags: readonly FlagSpec[] = [
  {
    flags: '--grpc-endpoint <host:port>',
    about: 'gRPC address, or grpc:// (plaintext) and grpcs://',
    env: 'MAESTRO_GRPC_ENDPOINT',
    defaultText: 'localhost:8090',
  },
  {
    flags: '--http-endpoint <url>',
    about: 'REST address',
    env: 'MAESTRO_HTTP_ENDPOINT',
    defaultText: 'http://localhost:8000',
  },
  {
    flags: '--grpc-plaintext',
    about: 'no TLS on the gRPC side; never touches HTTP',
    env: 'MAESTRO_GRPC_INSECURE',
    aliases: ['--grpc-insecure'],
  },
  { flags: '--insecure-skip-verify', about: 'TLS without checking certificates, on both sides' },
  { flags: '--grpc-server-ca-file <file>', about: 'CA of the gRPC server', env: 'MAESTRO_GRPC_SERVER_CA_FILE' },
  { flags: '--grpc-broker-ca-file <file>', about: 'another CA, added to the one above' },
  { flags: '--grpc-client-cert-file <file>', about: 'client certificate for gRPC', env: 'MAESTRO_GRPC_CLIENT_CERT' },
  { flags: '--grpc-client-key-file <file>', about: 'its key', env: 'MAESTRO_GRPC_CLIENT_KEY' },
  {
    flags: '--grpc-client-token-file <file>',
    about: 'bearer token for gRPC, read again when it changes',
    env: 'MAESTRO_GRPC_TOKEN_FILE',
  },
  { flags: '--grpc-client-token <token>', about: 'bearer token for gRPC', env: 'MAESTRO_GRPC_TOKEN' },
  { flags: '--allow-plaintext-token', about: 'send tokens without TLS' },
  {
    flags: '--http-ca-file <file>',
    about: 'CA of the REST server; falls back to the gRPC one',
    env: 'MAESTRO_HTTP_CA_FILE',
  },
  { flags: '--http-client-cert-file <file>', about: 'client certificate for REST', env: 'MAESTRO_HTTP_CLIENT_CERT' },
  { flags: '--http-client-key-file <file>', about: 'its key', env: 'MAESTRO_HTTP_CLIENT_KEY' },
  { flags: '--http-token-file <file>', about: 'bearer token for REST', env: 'MAESTRO_HTTP_TOKEN_FILE' },
  { flags: '--http-token <token>', about: 'bearer token for REST', env: 'MAESTRO_HTTP_TOKEN' },
  {
    flags: '--source-id <source>',
    about: 'who the works belong to; part of their ids',
    env: 'MAESTRO_SOURCE_ID',
    defaultText: 'maestro-cli',
  },
  {
    flags: '--manager <name>',
    about: 'who owns the manifests that this call writes or deletes; of list, only works in which it owns something',
    env: 'MAESTRO_MANAGER',
    defaultText: '--adapter, else the source',
  },
  {
    flags: '--context <name>',
    about: 'named settings of the configuration file; given as a flag, they beat the environment',
    env: 'MAESTRO_CONTEXT',
    defaultText: 'the current context of the file',
  },
  {
    flags: '--config <file>',
    about: 'configuration file',
    env: 'MAESTRO_CONFIG',
    defaultText: '$XDG_CONFIG_HOME/maestro-cli/config.yaml',
  },
  {
    flags: '--results-path <file>',
    about: 'write the outcome to this file, once, at the end',
    env: 'RESULTS_PATH, for commands with an outcome',
  },
  {
    flags: '--results-format <format>',
    about: 'status-result or adapter-result',
    values: resultFormats,
    env: 'MAESTRO_RESULTS_FORMAT',
    defaultText: 'status-result',
  },
  { flags: '-o, --output <format>', about: 'output format; each command names its own' },
  {
    flags: '--timeout <duration>',
    about: 'one budget for the whole run, such as 90s or 1h30m',
    defaultText: '4m30s for waits, 30s for the rest',
  },
  { flags: '-v, --verbose', about: 'say more on stderr', env: 'LOG_LEVEL=debug' },
  {
    flags: '--log-format <format>',
    about: 'text or json, for stderr',
    env: 'LOG_FORMAT',
    defaultText: 'text',
    values: ['text', 'json'],
  },
  { flags: '--quiet', about: 'say nothing on stderr but errors, and with -o name what a write removed' },
];
