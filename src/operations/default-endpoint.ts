import type { Channel, ConnectionSettings } from '../clients/connection.ts';
import { MaestroError } from '../errors.ts';

const sides = {
  grpc: { what: 'gRPC', flag: '--grpc-endpoint', variable: 'MAESTRO_GRPC_ENDPOINT' },
  http: { what: 'REST', flag: '--http-endpoint', variable: 'MAESTRO_HTTP_ENDPOINT' },
} as const;

/** True when nobody gave the endpoint of this side, and somebody gave that of the other: one of two was forgotten. */
export function isForgotten(settings: Pick<ConnectionSettings, 'defaulted'>, channel: Channel): boolean {
  return settings.defaulted === channel;
}

/** What to say at the first try that reaches nobody, before the tries that follow use up the time. */
export function forgottenEndpoint(
  settings: Pick<ConnectionSettings, 'grpcEndpoint' | 'httpEndpoint'>,
  channel: Channel,
): string {
  const { what, flag, variable } = sides[channel];
  const given = sides[channel === 'http' ? 'grpc' : 'http'].flag;
  const address =
    channel === 'http' ? settings.httpEndpoint : `${settings.grpcEndpoint.host}:${settings.grpcEndpoint.port}`;
  return `${what} goes to the default ${address}, where nobody answers: ${given} is given and ${flag} is not. Give ${flag} (or ${variable}) too.`;
}

/** The same error with that in its message, so that a result tells it too. */
export function withForgotten(caught: unknown, channel: Channel): unknown {
  if (!(caught instanceof MaestroError) || caught.delivery !== 'not-sent' || caught.reason !== 'ServerUnreachable')
    return caught;
  const { message, code, reason, delivery, transient } = caught;
  const { flag, variable } = sides[channel];
  return new MaestroError(code, `${message}; that is the default, because no ${flag} was given`, {
    reason,
    delivery,
    transient,
    hint: { command: `Give ${flag} (or ${variable}).` },
    cause: caught,
  });
}
