import { readFileSync, statSync } from 'node:fs';
import { readAsReporter, type ReportedCondition } from '../../support/reporter.ts';

/** What the kubelet says about the command's container. */
export type ContainerState = 'running' | { readonly exitCode: number; readonly reason?: 'OOMKilled' };

export interface Reporting {
  readonly file: string;
  readonly container: () => ContainerState;
  /** POLL_INTERVAL_SECONDS, in milliseconds. */
  readonly pollMs: number;
  /** MAX_WAIT_TIME_SECONDS, in milliseconds. */
  readonly maxWaitMs: number;
  /** Ten seconds in the real one. */
  readonly containerMs: number;
  /** Reads as another user, where a test has one. */
  readonly read?: (file: string) => Uint8Array;
}

export interface Reported {
  readonly condition: ReportedCondition;
  readonly exitCode: 0 | 1;
}

/**
 * What the status-reporter does, with its times made shorter: the file is first
 * looked at after one interval and read once at first sight; the container is
 * looked at in the beginning and then at its own pace; a valid file goes before
 * the exit code; a deadline does not read the file again.
 */
export async function report(options: Reporting): Promise<Reported> {
  const startMs = performance.now();
  let nextPollMs = options.pollMs;
  let nextContainerMs = 0;
  for (;;) {
    const elapsedMs = performance.now() - startMs;
    if (elapsedMs >= options.maxWaitMs) return atDeadline(options.container(), options.maxWaitMs);
    if (elapsedMs >= nextContainerMs) {
      nextContainerMs += options.containerMs;
      const state = options.container();
      if (state !== 'running') return afterEnd(state, options);
    }
    if (elapsedMs >= nextPollMs) {
      nextPollMs += options.pollMs;
      if (present(options.file)) return atSight(options);
    }
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

function atSight(options: Reporting): Reported {
  try {
    return { condition: parsed(options), exitCode: 0 };
  } catch (error) {
    return failure(
      'InvalidResultFormat',
      `Failed to parse adapter result: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}

function afterEnd(state: Exclude<ContainerState, 'running'>, options: Reporting): Reported {
  try {
    return { condition: parsed(options), exitCode: 0 };
  } catch {
    return byExit(state);
  }
}

function atDeadline(state: ContainerState, maxWaitMs: number): Reported {
  return state === 'running' ? failure('AdapterTimeout', `no result within ${maxWaitMs} ms`) : byExit(state);
}

function byExit({ exitCode, reason }: Exclude<ContainerState, 'running'>): Reported {
  if (reason === 'OOMKilled') return failure('AdapterOOMKilled', 'out of memory');
  return exitCode === 0
    ? failure('AdapterMissingResults', 'no result')
    : failure('AdapterExitedWithError', `exit code ${exitCode}`);
}

function failure(reason: string, message: string): Reported {
  return { condition: { status: 'False', reason, message }, exitCode: 1 };
}

function parsed({ file, read = readFileSync }: Reporting): ReportedCondition {
  return readAsReporter(read(file));
}

function present(file: string): boolean {
  return statSync(file, { throwIfNoEntry: false }) !== undefined;
}
