import { MaestroError } from '../../errors.ts';

/** How the limits of a Job follow from the budget of one try; all in seconds. */
export interface JobTiming {
  /** After which the status-reporter gives up. */
  readonly reporterWait: number;
  /** From SIGTERM to SIGKILL. */
  readonly terminationGrace: number;
  /** How much later than the command the reporter hears of a SIGTERM, so that the file is there before it leaves. */
  readonly reporterDelay: number;
  /** For all tries together, with their back-off. */
  readonly activeDeadline: number;
}

/** The reporter starts beside the command, which must have written before it gives up. */
const reporterMargin = 60;
/** Scheduling, pulling images, mounting, stopping. */
const aroundTry = 60;
/** Kubernetes waits 10 s before the second try and twice as long before each further one, 6 min at most. */
const firstBackoff = 10;
const longestBackoff = 360;

const longestTimeout = 86_400;

/**
 * Limits that end in this order: the command, the status-reporter, the Job.
 *
 * @throws MaestroError usage for a budget that a Job cannot have
 */
export function jobTiming(timeoutMs: number, backoffLimit: number): JobTiming {
  const timeout = Math.ceil(timeoutMs / 1000);
  if (timeout < 1 || timeout > longestTimeout)
    throw new MaestroError('usage', '--timeout of a Job goes from 1s to 24h');
  const reporterWait = timeout + reporterMargin;
  const pauses = Array.from({ length: backoffLimit }, (_, index) =>
    Math.min(firstBackoff * 2 ** index, longestBackoff),
  );
  return {
    reporterWait,
    terminationGrace: 30,
    reporterDelay: 10,
    activeDeadline: (backoffLimit + 1) * (reporterWait + aroundTry) + pauses.reduce((sum, pause) => sum + pause, 0),
  };
}
