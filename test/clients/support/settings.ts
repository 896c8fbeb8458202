import type { ConnectionSettings } from '../../../src/clients/index.ts';
import { systemClock } from '../../../src/clock.ts';
import type { CallOptions } from '../../../src/clients/index.ts';

/** Plaintext settings for servers on this machine, with what a test changes. */
export function settingsFor(changes: Partial<ConnectionSettings> = {}): ConnectionSettings {
  return {
    grpcEndpoint: { host: '127.0.0.1', port: 1, plaintext: true },
    httpEndpoint: 'http://127.0.0.1:1',
    insecureSkipVerify: false,
    grpcTls: {},
    httpTls: {},
    allowPlaintextToken: false,
    proxy: {},
    ...changes,
  };
}

/** Options of a call that ends after the time. */
export function within(ms: number, signal: AbortSignal = new AbortController().signal): CallOptions {
  return { signal, deadlineMs: systemClock.monotonicMs() + ms };
}
