import { ExitCode } from '../src/exit-code.ts';
import type * as entry from '../src/main.ts';
import type { Loader } from './load.ts';
import { removeStaleResult } from './stale-result.ts';

/**
 * Loads the command and runs it. From its first statement on a signal no
 * longer ends the process by itself: one that comes while scripts load is
 * delivered when they are loaded, to `main`, which records that it ended the run.
 */
export function run(load: () => Loader): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
  process.exitCode = ExitCode.Internal;
  let main: typeof entry.main;
  try {
    ({ main } = load().require('./main.js') as typeof entry);
  } catch (error) {
    removeStaleResult();
    process.stderr.write(
      `error: maestro-cli cannot start: ${error instanceof Error ? error.message : String(error)}\nhint: The installation is damaged; install it again.\n`,
    );
    return;
  }
  void main(process, { stdout: 1, stderr: 2 });
}
