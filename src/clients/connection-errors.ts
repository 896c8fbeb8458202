/** A try that was given up because no answer came. */
export class TryTimeout extends Error {
  readonly code = 'ETIMEDOUT';

  constructor(waitedMs: number) {
    super(`no answer within ${Math.round(waitedMs)} ms`);
  }
}

/** The other side closed the connection instead of ending the TLS handshake. */
export class HandshakeClosed extends Error {
  constructor() {
    super('Socket closed during the TLS handshake');
  }
}

/** A proxy made no tunnel: it answered with another status than success, or the connection to it failed. */
export class ProxyFailure extends Error {
  /** The proxy as people may see it, without its password. */
  readonly proxy: string;
  /** Of its answer; undefined when there was none. */
  readonly status: number | undefined;

  constructor(proxy: string, how: { readonly status: number; readonly path: string } | { readonly cause: Error }) {
    if ('cause' in how) super(`The proxy ${proxy} failed: ${how.cause.message}`, how);
    else super(`The proxy ${proxy} answered ${how.status} to CONNECT ${how.path}`);
    this.proxy = proxy;
    this.status = 'cause' in how ? undefined : how.status;
  }
}

/** An error, and all that it was caused by: Node wraps one error per address in an AggregateError. */
export function* causesOf(error: unknown, seen = new Set<unknown>([undefined, null])): Generator<unknown> {
  if (seen.has(error)) return;
  seen.add(error);
  yield error;
  if (error instanceof AggregateError) for (const one of error.errors) yield* causesOf(one, seen);
  if (error instanceof Error) yield* causesOf(error.cause, seen);
}
