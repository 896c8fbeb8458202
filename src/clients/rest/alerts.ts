import { buildConnector, errors } from 'undici';

/**
 * Keeps the TLS alerts that undici hides: in TLS 1.3 a server refuses a client
 * certificate only after the handshake, and undici then reports "other side
 * closed" in place of the alert.
 */
export interface AlertMemory {
  /** undici's connector, watched. */
  readonly connect: buildConnector.connector;
  /** The alert behind an error of undici, when there was one; else the error itself. */
  readonly explain: (error: unknown) => unknown;
}

export function createAlertMemory(options: buildConnector.BuildOptions): AlertMemory {
  const connect = buildConnector(options);
  const alerts = new Map<number, Error>();
  return {
    connect: (target, callback) =>
      connect(target, (...result) => {
        const [, socket] = result;
        const port = socket?.localPort;
        if (port !== undefined) {
          alerts.delete(port);
          socket?.once('error', (error: Error) => {
            if (/SSL alert number/.test(error.message)) alerts.set(port, error);
          });
        }
        callback(...result);
      }),
    explain: (error) => {
      const port = error instanceof errors.SocketError ? error.socket?.localPort : undefined;
      return (port === undefined ? undefined : alerts.get(port)) ?? error;
    },
  };
}
