import type { ErrorCode, ErrorReason, MaestroError } from '../errors.ts';
import type { ExitCode } from '../exit-code.ts';

/** An error, without what it says of itself. */
export interface ErrorFacts {
  /** The kind of failure; each has one exit code. */
  readonly code: ErrorCode;
  /** What exactly happened, in one word. */
  readonly reason: ErrorReason;
  /** What to do about it. */
  readonly hint?: string;
  /** The exit code that it gives. */
  readonly exitCode: ExitCode;
}

/** An error in machine output. */
export interface ErrorValue extends ErrorFacts {
  /** What happened, in words. */
  readonly message: string;
}

/** What standard output gets in place of a document when a command fails with `-o json`. */
export interface PrintedError {
  /** What failed. */
  readonly error: ErrorValue;
}

export function errorValue(error: MaestroError): ErrorValue {
  return {
    code: error.code,
    reason: error.reason,
    message: error.message,
    ...(error.commandHint === undefined ? {} : { hint: error.commandHint }),
    exitCode: error.exitCode,
  };
}
