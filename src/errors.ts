import { ExitCode, exitCodes } from './exit-code.ts';

/**
 * The closed set of error codes, each with the exit code it ends a run with.
 */
export const exitCodeOf = {
  usage: ExitCode.Usage,
  'not-found': ExitCode.NotFound,
  'invalid-input': ExitCode.InvalidInput,
  conflict: ExitCode.Conflict,
  timeout: ExitCode.TimedOut,
  'outcome-failed': ExitCode.OutcomeFailed,
  unavailable: ExitCode.Unavailable,
  'access-denied': ExitCode.AccessDenied,
  ownership: ExitCode.Ownership,
  internal: ExitCode.Internal,
  interrupted: ExitCode.Interrupted,
  terminated: ExitCode.Terminated,
} as const satisfies Record<string, ExitCode>;

/** What kind of failure it is; each has one exit code. */
export type ErrorCode = keyof typeof exitCodeOf;

/**
 * The closed set of reasons below a code: what the result file shows as
 * `reason`. CamelCase and short, because the status-reporter makes a Job
 * condition of it.
 */
export const reasonsOf = {
  usage: ['InvalidUsage', 'InvalidExpression', 'NothingSelected', 'UnwritableResult'],
  'not-found': ['NotFound', 'ConsumerNotFound'],
  'invalid-input': ['InvalidManifest', 'RefusedByServer', 'TooLarge'],
  conflict: ['Conflict', 'Superseded', 'BeingDeleted'],
  timeout: ['Timeout'],
  'outcome-failed': ['ApplyFailed', 'FailOnMatched', 'DeletedWhileWaiting', 'SeveralFailures'],
  unavailable: ['ServerUnreachable', 'ServerError', 'OutcomeUnknown', 'ResultNotWritten', 'AnswerTooLarge'],
  'access-denied': ['TlsFailed', 'Unauthenticated', 'Unauthorized'],
  ownership: ['ForeignWork', 'ForeignManifests', 'UnknownExecutor', 'WouldRemove', 'Migrated'],
  internal: ['InternalError'],
  interrupted: ['Interrupted', 'OutcomeUnknown'],
  terminated: ['Interrupted', 'OutcomeUnknown'],
} as const satisfies Record<ErrorCode, readonly [string, ...string[]]>;

/** What exactly happened, as result files tell it. */
export type ErrorReason = (typeof reasonsOf)[ErrorCode][number];

/**
 * What became of a request that failed.
 * - `not-sent`: it never left this process; sending it again is safe.
 * - `refused`: the server answered no; the answer is final.
 * - `unknown`: it may or may not have been carried out; read back before anything else.
 */
export type Delivery = 'not-sent' | 'refused' | 'unknown';

/** The first reason of the code that ends with this exit code; for outcomes that are no error. */
export function reasonOfExitCode(exitCode: ExitCode): ErrorReason {
  const code = (Object.keys(exitCodeOf) as ErrorCode[]).find((candidate) => exitCodeOf[candidate] === exitCode);
  return reasonsOf[code ?? 'internal'][0];
}

/**
 * What can be done about an error: words that hold for programs and at a command line alike, or a text for each; flags
 * and commands are named in `command` alone. Programs may be told nothing.
 */
export type Hint = string | { readonly program?: string; readonly command: string };

/** What an error can carry beside its code and message. */
export interface MaestroErrorOptions {
  /** Finer than the code; the first reason of the code when absent. */
  readonly reason?: ErrorReason;
  /** What can be done about it, a sentence or two. */
  readonly hint?: Hint;
  readonly delivery?: Delivery;
  /** The trouble may be over in a moment: trying the same again, unchanged, within seconds makes sense. */
  readonly transient?: boolean;
  /** The latest version that the server named in a conflict. */
  readonly latestVersion?: number;
  /** How long the server asked to be left alone (Retry-After). */
  readonly retryAfterMs?: number;
  /** @internal See `MaestroError.excerpts`. */
  readonly excerpts?: readonly string[];
  readonly cause?: unknown;
}

/** The one error class of maestro-cli, thrown by library and commands alike. */
export class MaestroError extends Error {
  /** What kind of failure it is. */
  readonly code: ErrorCode;
  /** What exactly happened; of a closed set for each code. */
  readonly reason: ErrorReason;
  /** What can be done about it, a sentence or two, in words that hold for programs; undefined when there is nothing. */
  readonly hint: string | undefined;
  /** @internal The hint that the command prints in the place of `hint`: it names flags. */
  readonly commandHint: string | undefined;
  /** What became of the request; undefined when none was about to be sent. */
  readonly delivery: Delivery | undefined;
  /** The trouble may be over in a moment. Finer than `retryable`: of what tries again within one call. */
  readonly transient: boolean;
  /** The latest version that the server named in a conflict. */
  readonly latestVersion: number | undefined;
  /** How long the server asked to be left alone (Retry-After), milliseconds. */
  readonly retryAfterMs: number | undefined;
  /** @internal Of a mistake in a file: the line with a caret under the place, one for each line of the message. */
  readonly excerpts: readonly string[];

  constructor(code: ErrorCode, message: string, options: MaestroErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'MaestroError';
    this.code = code;
    this.reason = options.reason ?? reasonsOf[code][0];
    this.hint = typeof options.hint === 'string' ? options.hint : options.hint?.program;
    this.commandHint = typeof options.hint === 'string' ? options.hint : options.hint?.command;
    this.delivery = options.delivery;
    this.transient = options.transient ?? false;
    this.latestVersion = options.latestVersion;
    this.retryAfterMs = options.retryAfterMs;
    this.excerpts = options.excerpts ?? [];
  }

  /** The exit code that the command ends with. */
  get exitCode(): ExitCode {
    return exitCodeOf[this.code];
  }

  /** @internal Both texts, for an error that is made of this one. */
  get hints(): Pick<MaestroErrorOptions, 'hint'> {
    const { hint: program, commandHint: command } = this;
    if (command === undefined) return {};
    return { hint: { command, ...(program === undefined ? {} : { program }) } };
  }

  /**
   * Whether the same call, made again, may end otherwise: what the table of exit codes says. After a conflict read
   * first; of a write whose outcome is unknown the same call finds out.
   */
  get retryable(): boolean {
    return exitCodes[this.exitCode].tryAgain;
  }

  /** Anything that is not ours already is a bug of ours until a translator said otherwise. */
  static from(error: unknown): MaestroError {
    if (error instanceof MaestroError) return error;
    const text = error instanceof Error ? error.message : String(error);
    return new MaestroError('internal', text, { cause: error });
  }

  /**
   * What a signal ended a call with. A program's own reason, such as that of AbortSignal.timeout, is no bug of ours.
   */
  static fromAbort({ reason }: AbortSignal): MaestroError {
    const error = MaestroError.from(reason);
    return error === reason ? error : new MaestroError('interrupted', error.message, { cause: reason });
  }

  /** What was thrown by a call that this signal could end: the signal's own reason is its end, and no bug of ours. */
  static thrownUnder(signal: AbortSignal | undefined, caught: unknown): MaestroError {
    return signal?.aborted === true && caught === signal.reason
      ? MaestroError.fromAbort(signal)
      : MaestroError.from(caught);
  }
}
