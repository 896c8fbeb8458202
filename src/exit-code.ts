/**
 * Every exit code of maestro-cli, in one place. The help of each command lists
 * them, the result file repeats them, and Job templates build their
 * podFailurePolicy on them, so a number never changes its meaning.
 */
export const ExitCode = {
  /** Done; for waits, the condition holds for the version that was asked about. */
  Done: 0,
  /** The answer is "no": a finished `diff` found differences. Nothing else exits 1. */
  Different: 1,
  /** Usage: flags, arguments, a wait expression, a selector that matches no manifest. */
  Usage: 2,
  /** Work or consumer not found. */
  NotFound: 3,
  /** Manifests refused by us or by the server. */
  InvalidInput: 4,
  /** Another version is stored, the work is being deleted, or it was superseded while waiting. */
  Conflict: 5,
  /** Timed out. */
  TimedOut: 6,
  /** The awaited outcome failed. */
  OutcomeFailed: 7,
  /** The server could not be reached, or it failed. */
  Unavailable: 8,
  /** TLS, authentication or authorisation. */
  AccessDenied: 9,
  /** Another source's work, another manager's resources, or an executor we cannot reproduce. */
  Ownership: 10,
  /** A bug of ours. */
  Internal: 70,
  /** SIGINT. */
  Interrupted: 130,
  /** SIGTERM, or SIGHUP unless it is ignored. */
  Terminated: 143,
} as const;

export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** One line per code, as help prints it. */
export const exitCodeMeaning: Readonly<Record<ExitCode, string>> = {
  0: 'done; for waits, the condition holds at the version asked about',
  1: 'diff found differences',
  2: 'usage: flags, arguments, wait expression, selector without a match',
  3: 'work or consumer not found',
  4: 'invalid input, refused by us or by the server',
  5: 'conflict: another version is stored, or the work is being deleted',
  6: 'timed out',
  7: 'the awaited outcome failed',
  8: 'the server could not be reached, or it failed',
  9: 'TLS, authentication or authorisation',
  10: 'ownership: the work or a resource in it belongs to someone else',
  70: 'a bug in maestro-cli',
  130: 'interrupted (SIGINT)',
  143: 'terminated (SIGTERM, SIGHUP)',
};
