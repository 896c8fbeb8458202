import type { CommandResult } from '../../../command-line/command-spec.ts';
import type { SetAsideRow } from '../../../clients/transport.ts';
import { ExitCode } from '../../../exit-code.ts';
import type { Reporter } from '../../../output/reporter.ts';

/** So many works that cannot be read are named. */
const mostNamed = 20;

/** Works that cannot be read: each is told as it is met, and a run in which there was one ends as a failure. */
export interface UnreadableWorks {
  readonly onSetAside: (row: SetAsideRow) => void;
  /**
   * What the run ends with; undefined when all could be read.
   *
   * @param missing from what they are missing, such as "the list"
   */
  readonly result: (missing: string) => CommandResult | undefined;
}

export function openUnreadable(reporter: Reporter): UnreadableWorks {
  let count = 0;
  return {
    onSetAside: ({ error }) => {
      count += 1;
      if (count <= mostNamed) reporter.error(error.message);
    },
    result: (missing) => {
      if (count === 0) return undefined;
      const [works, are] = count === 1 ? ['work', 'is'] : ['works', 'are'];
      const message = `${count} ${works} could not be read and ${are} missing from ${missing}`;
      reporter.error(message);
      return { exitCode: ExitCode.Unavailable, reason: 'ServerError', message };
    },
  };
}
