import type { MaestroError } from '../../errors.ts';
import type { ConnectionSettings } from '../connection.ts';
import { translateGrpcError, type GrpcCallFacts, type GrpcStatus } from '../translate-error.ts';
import type { ChannelLease } from './event-calls.ts';
import { speaksTls } from './probe.ts';

/** What a failed call means. Where plaintext was closed at once, the port is asked whether it speaks TLS. */
export async function explainGrpcError(
  status: GrpcStatus,
  settings: ConnectionSettings,
  lease: ChannelLease,
  about: Pick<GrpcCallFacts, 'source' | 'consumer' | 'verb'>,
): Promise<MaestroError> {
  const facts = {
    ...about,
    endpoint: settings.grpcEndpoint,
    connected: lease.everConnected(),
    connectError: lease.connectError(),
  };
  const closedAtOnce = settings.grpcEndpoint.plaintext && /Last error: Failed to connect/.test(status.details);
  return translateGrpcError(status, { ...facts, plaintextOnTls: closedAtOnce && (await speaksTls(settings)) });
}
