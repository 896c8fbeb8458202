import { TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import type { StandInAccess } from '../options.ts';

/** gRPC status codes of answers "no". */
export const grpcStatus = {
  unknown: 2,
  invalidArgument: 3,
  resourceExhausted: 8,
  unavailable: 14,
  unauthenticated: 16,
} as const;

/** A refusal with a gRPC code of its own. */
export class AccessRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

/** What a call tells of who makes it. */
export interface Caller {
  readonly authorization?: string;
  /** Absent for calls within the process. */
  readonly connection?: Socket;
}

export interface AccessKeys {
  readonly grpcTls: TlsOptions;
  readonly httpTls: TlsOptions;
  /** PEM, which clients trust the server by. */
  readonly serverCa: string;
  /** PEM, which the server trusts clients by; absent where it asks for no certificate. */
  readonly clientCa?: string;
  /** Token to user. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** Who a caller is and which sources he may use (recordings/access.json). */
export class Access {
  readonly #options: StandInAccess;
  readonly #followers: ((keys: AccessKeys) => void)[] = [];
  #keys: AccessKeys | undefined;

  constructor(options: StandInAccess, keys?: AccessKeys) {
    this.#options = options;
    this.#keys = keys;
  }

  /** Undefined in plaintext. */
  get keys(): AccessKeys | undefined {
    return this.#keys;
  }

  /** From now on these hold; connections that stand go on as they are. */
  take(keys: AccessKeys): void {
    this.#keys = keys;
    for (const follow of this.#followers) follow(keys);
  }

  onKeys(follow: (keys: AccessKeys) => void): void {
    this.#followers.push(follow);
  }

  /** The caller's user; plain TLS authenticates nobody and calls everybody `mock`. */
  user({ authorization, connection }: Caller): string {
    switch (this.#options.mode) {
      case 'plaintext':
        return '';
      case 'tls':
        return 'mock';
      case 'mtls':
        return certificateUser(connection);
      case 'token':
        return this.#tokenUser(authorization);
    }
  }

  allows(user: string, source: string): boolean {
    const { mode, allowedSources } = this.#options;
    if (mode === 'plaintext' || allowedSources === undefined) return true;
    const sources = allowedSources[user] ?? [];
    return sources.includes(source) || sources.includes('*');
  }

  #tokenUser(authorization: string | undefined): string {
    if (authorization === undefined) throw new AccessRefusal(grpcStatus.unauthenticated, 'invalid token');
    const user = this.#keys?.tokens.get(authorization.replace(/^Bearer /, ''));
    if (user === undefined) throw new AccessRefusal(grpcStatus.unknown, 'token not authenticated');
    return user;
  }
}

function certificateUser(connection: Socket | undefined): string {
  const subject = connection instanceof TLSSocket ? connection.getPeerCertificate().subject : undefined;
  if (subject === undefined) throw new AccessRefusal(grpcStatus.unauthenticated, 'could not verify peer certificate');
  if (!subject.CN) throw new AccessRefusal(grpcStatus.unauthenticated, 'could not find user in peer certificate');
  if (!subject.O) throw new AccessRefusal(grpcStatus.unauthenticated, 'could not find group in peer certificate');
  return String(subject.CN);
}
