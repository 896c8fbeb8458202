import { parseGrpcEndpoint, parseHttpEndpoint, type ConnectionSettings } from '../clients/connection.ts';
import type { TlsFiles, TokenSource } from '../clients/files.ts';
import type { ProxySettings } from '../clients/proxy.ts';
import type { InProcessMaestro } from '../clients/transport.ts';
import { MaestroError } from '../errors.ts';
import type { Clock } from '../clock.ts';
import type { OpenTelemetryApi } from './open-telemetry.ts';

/** How a program reaches Maestro, and as whom. Files are read again when they change. */
export interface MaestroClientOptions {
  /** `host:port` (TLS), `grpcs://host:port`, or `grpc://host:port` without TLS. */
  readonly grpcEndpoint?: string;
  /** URL of REST; without a scheme it is `http://`. */
  readonly httpEndpoint?: string;
  /** A Maestro in this process, such as one of `createStandIn`, in place of endpoints: for tests. */
  readonly inProcess?: InProcessMaestro;
  /** Who the works belong to; part of their ids. */
  readonly source: string;
  /** Who owns the manifests that this client writes; the source when absent. */
  readonly manager?: string;
  readonly grpcTls?: TlsFiles;
  /** The CA falls back to that of gRPC. */
  readonly httpTls?: TlsFiles;
  readonly grpcToken?: TokenSource;
  readonly httpToken?: TokenSource;
  readonly allowPlaintextToken?: boolean;
  readonly insecureSkipVerify?: boolean;
  readonly proxy?: ProxySettings;
  /**
   * Told what a caller may want to log: retries, lost answers that are read back, and what the command warns of when it
   * waits, such as a test of feedback that no rule reports.
   */
  readonly onNotice?: (text: string) => void;
  /**
   * Spans of OpenTelemetry, and its trace in every request (docs/tracing.md). When absent, as soon as the program
   * registers a provider; `false`: never. A program that is bundled gives its `@opentelemetry/api`.
   */
  readonly tracing?: OpenTelemetryApi | false;
  /** For tests. */
  readonly clock?: Clock;
  /** In [0, 1), for jitter; for tests. */
  readonly random?: () => number;
}

/** @throws MaestroError usage for endpoints that cannot be, and for none */
export function settingsOf(options: MaestroClientOptions): ConnectionSettings {
  const { grpcEndpoint, httpEndpoint } = options;
  if (grpcEndpoint === undefined || httpEndpoint === undefined)
    throw new MaestroError('usage', 'a client of Maestro needs grpcEndpoint and httpEndpoint, or inProcess');
  return {
    grpcEndpoint: parseGrpcEndpoint(grpcEndpoint, { plaintext: false }),
    httpEndpoint: parseHttpEndpoint(httpEndpoint),
    insecureSkipVerify: options.insecureSkipVerify ?? false,
    grpcTls: options.grpcTls ?? {},
    httpTls: options.httpTls ?? {},
    ...(options.grpcToken === undefined ? {} : { grpcToken: options.grpcToken }),
    ...(options.httpToken === undefined ? {} : { httpToken: options.httpToken }),
    allowPlaintextToken: options.allowPlaintextToken ?? false,
    proxy: options.proxy ?? {},
  };
}

/** What every call takes. */
export interface CallLimits {
  /**
   * Ends the call early: it rejects with a MaestroError of the code `interrupted` whose cause is the signal's reason.
   * When a write was sent and its answer is not known, the reason of the error is `OutcomeUnknown`.
   */
  readonly signal?: AbortSignal;
  /** The call ends by then; 30 s when absent, 4m30s for waits. */
  readonly timeoutMs?: number;
}
