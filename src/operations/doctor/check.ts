import type { MaestroError } from '../../errors.ts';

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** What one check found. Nothing secret stands in it. */
export interface Finding {
  readonly status: CheckStatus;
  /** What was seen. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  readonly details?: Readonly<Record<string, unknown>>;
  /** Why it failed; decides the exit code. */
  readonly error?: MaestroError;
}

export interface Check extends Finding {
  readonly name: CheckName;
}

/** Every check, in the order in which they run. */
export const checkNames = [
  'settings',
  'http-proxy',
  'grpc-proxy',
  'http-dns',
  'grpc-dns',
  'http-tcp',
  'grpc-tcp',
  'http-certificate',
  'grpc-certificate',
  'http-tls',
  'grpc-tls',
  'http-token',
  'grpc-token',
  'rest',
  'publish',
  'subscribe',
  'consumer',
  'agent',
  'objects',
  'clock',
] as const;

export type CheckName = (typeof checkNames)[number];

export function pass(message: string, details?: Finding['details']): Finding {
  return { status: 'pass', message, ...(details === undefined ? {} : { details }) };
}

export function skip(message: string): Finding {
  return { status: 'skip', message };
}

export function warn(message: string, hint: string, details?: Finding['details']): Finding {
  return { status: 'warn', message, hint, ...(details === undefined ? {} : { details }) };
}

export function fail(error: MaestroError, details?: Finding['details']): Finding {
  return {
    status: 'fail',
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    ...(details === undefined ? {} : { details }),
    error,
  };
}
