/**
 * Every exit code of maestro-cli by name. Result files repeat them and Jobs
 * build their podFailurePolicy on them, so a number never changes its meaning.
 */
export const ExitCode = {
  Done: 0,
  /** The answer is "no". Nothing but a finished `diff` exits 1. */
  Different: 1,
  Usage: 2,
  NotFound: 3,
  InvalidInput: 4,
  Conflict: 5,
  TimedOut: 6,
  OutcomeFailed: 7,
  Unavailable: 8,
  AccessDenied: 9,
  Ownership: 10,
  Internal: 70,
  Interrupted: 130,
  Terminated: 143,
} as const;

/** One of the numbers. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

/** What is known of one exit code. */
export interface ExitCodeFacts {
  /** One line, as help prints it. */
  readonly meaning: string;
  /** Whether the same call, unchanged, may end otherwise. */
  readonly tryAgain: boolean;
  /**
   * What a Job does about it: `fail` ends the Job, `count` is a try of several. `unnamed` has no rule of its own, and
   * Kubernetes counts it as a try too.
   */
  readonly job: 'fail' | 'count' | 'unnamed';
}

/**
 * All that is known of each exit code, in one place: help, reference, result files and Jobs are made from it, and a
 * test holds what people wrote about them to it.
 */
export const exitCodes: Readonly<Record<ExitCode, ExitCodeFacts>> = {
  0: {
    meaning: 'done; for waits, the condition holds at the version asked about',
    tryAgain: false,
    job: 'unnamed',
  },
  1: { meaning: 'diff found differences', tryAgain: false, job: 'unnamed' },
  2: {
    meaning: 'usage: flags, arguments, wait expression, selector without a match',
    tryAgain: false,
    job: 'fail',
  },
  3: { meaning: 'work or consumer not found', tryAgain: false, job: 'fail' },
  4: { meaning: 'invalid input, refused by us or by the server', tryAgain: false, job: 'fail' },
  5: {
    meaning: 'conflict: another version is stored, or the work is being deleted',
    tryAgain: true,
    job: 'count',
  },
  6: { meaning: 'timed out', tryAgain: true, job: 'count' },
  7: { meaning: 'the awaited outcome failed', tryAgain: false, job: 'unnamed' },
  8: { meaning: 'the server could not be reached, or it failed', tryAgain: true, job: 'count' },
  9: { meaning: 'TLS, authentication or authorisation', tryAgain: false, job: 'fail' },
  10: {
    meaning: 'ownership: the work or a resource in it belongs to someone else',
    tryAgain: false,
    job: 'fail',
  },
  70: { meaning: 'a bug in maestro-cli', tryAgain: false, job: 'unnamed' },
  130: { meaning: 'interrupted (SIGINT)', tryAgain: true, job: 'unnamed' },
  143: { meaning: 'terminated (SIGTERM, SIGHUP)', tryAgain: true, job: 'count' },
};

/** All of them, the smallest first. */
export const allExitCodes: readonly ExitCode[] = Object.values(ExitCode);

/** One line for each. */
export const exitCodeMeaning = Object.fromEntries(
  allExitCodes.map((code) => [code, exitCodes[code].meaning]),
) as Readonly<Record<ExitCode, string>>;
