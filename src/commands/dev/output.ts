import type { OutputStream } from '../../context.ts';
import type { StandIn } from '../../standin/index.ts';
import type { StandInOptions } from '../../standin/options.ts';

/** Says where the stand-in listens, and what to set so that commands find it. */
export function printReady(
  { httpEndpoint, grpcEndpoint, certificates }: Pick<StandIn, 'httpEndpoint' | 'grpcEndpoint' | 'certificates'>,
  consumers: NonNullable<StandInOptions['consumers']>,
  stdout: OutputStream,
): void {
  const names = consumers.map((consumer) => (typeof consumer === 'string' ? consumer : consumer.name));
  const variables = {
    MAESTRO_HTTP_ENDPOINT: httpEndpoint,
    MAESTRO_GRPC_ENDPOINT: `${certificates === undefined ? 'grpc://' : 'grpcs://'}${grpcEndpoint}`,
    MAESTRO_GRPC_SERVER_CA_FILE: certificates?.caFile,
    MAESTRO_GRPC_CLIENT_CERT: certificates?.clientCertFile,
    MAESTRO_GRPC_CLIENT_KEY: certificates?.clientKeyFile,
    MAESTRO_HTTP_CLIENT_CERT: certificates?.clientCertFile,
    MAESTRO_HTTP_CLIENT_KEY: certificates?.clientKeyFile,
    MAESTRO_GRPC_TOKEN_FILE: certificates?.tokenFile,
    MAESTRO_HTTP_TOKEN_FILE: certificates?.tokenFile,
  };
  const lines = [
    'Stand-in for Maestro, with simulated agents. Nothing reaches a cluster.',
    `REST       ${httpEndpoint}`,
    `gRPC       ${grpcEndpoint}${certificates === undefined ? ' (plaintext)' : ''}`,
    `consumers  ${names.length === 0 ? 'none yet: maestro-cli consumer create NAME' : names.join(', ')}`,
    '',
    'To use it:',
    ...Object.entries(variables).flatMap(([name, value]) => (value === undefined ? [] : `  export ${name}=${value}`)),
  ];
  stdout.write(lines.map((line) => `${line}\n`).join(''));
}
