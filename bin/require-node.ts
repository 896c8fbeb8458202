import { writeSync } from 'node:fs';
import { removeStaleResult } from './stale-result.ts';

/*
 * The first statements of the program. The build writes them for versions of
 * Node that are long gone, so that these say why nothing is done instead of
 * ending with a code that would be read as ours: 1 after a syntax error, 9
 * after an option that they do not know.
 */

/** The oldest Node that runs this. */
const oldest = 24;

if (Number(process.versions.node.split('.')[0]) < oldest) {
  removeStaleResult();
  try {
    writeSync(
      2,
      `error: maestro-cli needs Node ${oldest} or later, and ${process.execPath} is Node ${process.version}\n`,
    );
  } catch {
    // Nobody reads it; the exit code says enough.
  }
  // ExitCode.Internal, which is not imported because nothing of the program may be loaded.
  process.exit(70);
}
