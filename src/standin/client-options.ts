import type { InProcessMaestro } from '../clients/transport.ts';
import type { Clock } from '../clock.ts';
import type { IssuedFiles } from './access/certificates.ts';
import type { AccessMode } from './options.ts';

/** What a client needs to reach a stand-in: `createMaestroClient` takes it as it is. */
export interface StandInClientOptions {
  readonly source: string;
  /** The stand-in itself, for one without ports. */
  readonly inProcess?: InProcessMaestro;
  /** The clock of a stand-in without ports: both have to go by one. */
  readonly clock?: Clock;
  readonly grpcEndpoint?: string;
  readonly httpEndpoint?: string;
  readonly grpcTls?: { readonly caFile: string; readonly clientCertFile?: string; readonly clientKeyFile?: string };
  readonly grpcToken?: { readonly file: string };
}

/** The endpoints that a stand-in with ports adds. */
export interface ServedOptions {
  /** `grpc://host:port`, `grpcs://` under every access mode but plaintext. */
  readonly grpcEndpoint: string;
  /** `http://host:port`, or `https://`. */
  readonly httpEndpoint: string;
}

const usualSource = 'maestro-cli';

export function inProcessOptions(
  inProcess: InProcessMaestro,
  clock: Clock,
  source = usualSource,
): StandInClientOptions {
  return { source, inProcess, clock };
}

/** REST asks for no certificate and no token, whatever the mode; its CA falls back to that of gRPC. */
export function servedOptions(
  served: ServedOptions & { readonly certificates?: IssuedFiles },
  mode: AccessMode,
  source = usualSource,
): StandInClientOptions & ServedOptions {
  const { httpEndpoint, grpcEndpoint, certificates } = served;
  if (certificates === undefined) return { source, httpEndpoint, grpcEndpoint: `grpc://${grpcEndpoint}` };
  const { caFile, clientCertFile, clientKeyFile, tokenFile } = certificates;
  return {
    source,
    httpEndpoint,
    grpcEndpoint: `grpcs://${grpcEndpoint}`,
    grpcTls: mode === 'mtls' ? { caFile, clientCertFile, clientKeyFile } : { caFile },
    ...(mode === 'token' ? { grpcToken: { file: tokenFile } } : {}),
  };
}
