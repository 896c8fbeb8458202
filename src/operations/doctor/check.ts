import type { MaestroError } from '../../errors.ts';

export type CheckStatus = 'pass' | 'warn' | 'fail' | 'skip';

/** What one check found, as it is told. Nothing secret stands in it. */
export interface ToldFinding {
  /** How it went; a check is skipped when one that it rests on has failed, or nothing asks for it. */
  readonly status: CheckStatus;
  /** What was seen. */
  readonly message: string;
  /** What to do about it. */
  readonly hint?: string;
  /** Facts for programs; each check has its own. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A check that ended, as it is told. */
export interface ToldCheck extends ToldFinding {
  /** Which check it is. */
  readonly name: CheckName;
}

/** What one check found. */
export interface Finding extends ToldFinding {
  /** Why it failed; decides the exit code. */
  readonly error?: MaestroError;
}

export interface Check extends Finding, ToldCheck {}

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
    ...(error.commandHint === undefined ? {} : { hint: error.commandHint }),
    ...(details === undefined ? {} : { details }),
    error,
  };
}
