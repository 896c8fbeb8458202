import { TLSSocket } from 'node:tls';
import type { Socket } from 'node:net';
import type { TlsOptions } from 'node:tls';
import { status } from '@grpc/grpc-js';
import type { Metadata } from '@grpc/grpc-js';
import type { StandInAccess } from '../options.ts';

/** A refusal with a gRPC code of its own. */
export class AccessRefusal extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

export interface AccessKeys {
  readonly grpcTls: TlsOptions;
  readonly httpTls: TlsOptions;
  /** Token to user. */
  readonly tokens: ReadonlyMap<string, string>;
}

/** Who a caller is and which sources he may use (recordings/access.json). */
export class Access {
  readonly grpcTls: TlsOptions | undefined;
  readonly httpTls: TlsOptions | undefined;
  readonly #options: StandInAccess;
  readonly #tokens: ReadonlyMap<string, string>;

  constructor(options: StandInAccess, keys?: AccessKeys) {
    this.#options = options;
    this.grpcTls = keys?.grpcTls;
    this.httpTls = keys?.httpTls;
    this.#tokens = keys?.tokens ?? new Map();
  }

  /** The caller's user; plain TLS authenticates nobody and calls everybody `mock`. */
  user(metadata: Metadata, connection: Socket | undefined): string {
    switch (this.#options.mode) {
      case 'plaintext':
        return '';
      case 'tls':
        return 'mock';
      case 'mtls':
        return certificateUser(connection);
      case 'token':
        return this.#tokenUser(metadata);
    }
  }

  allows(user: string, source: string): boolean {
    const { mode, allowedSources } = this.#options;
    if (mode === 'plaintext' || allowedSources === undefined) return true;
    const sources = allowedSources[user] ?? [];
    return sources.includes(source) || sources.includes('*');
  }

  #tokenUser(metadata: Metadata): string {
    const [authorization] = metadata.get('authorization');
    if (authorization === undefined) throw new AccessRefusal(status.UNAUTHENTICATED, 'invalid token');
    const user = this.#tokens.get(String(authorization).replace(/^Bearer /, ''));
    if (user === undefined) throw new AccessRefusal(status.UNKNOWN, 'token not authenticated');
    return user;
  }
}

function certificateUser(connection: Socket | undefined): string {
  const subject = connection instanceof TLSSocket ? connection.getPeerCertificate().subject : undefined;
  if (subject === undefined) throw new AccessRefusal(status.UNAUTHENTICATED, 'could not verify peer certificate');
  if (!subject.CN) throw new AccessRefusal(status.UNAUTHENTICATED, 'could not find user in peer certificate');
  if (!subject.O) throw new AccessRefusal(status.UNAUTHENTICATED, 'could not find group in peer certificate');
  return String(subject.CN);
}
