import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const variable = 'MAESTRO_CLI_TESTS';

/** Where the workers of one test run keep what they share; undefined outside of a test run. */
export function runFolder(): string | undefined {
  return process.env[variable];
}

/** What tests leave in the system's folder for temporary files goes when they have ended. */
export default function setup(): () => void {
  const before = process.env['TMPDIR'];
  const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-tests-'));
  // Some tests run as another user.
  chmodSync(folder, 0o755);
  process.env['TMPDIR'] = folder;
  process.env[variable] = folder;
  return () => {
    if (before === undefined) delete process.env['TMPDIR'];
    else process.env['TMPDIR'] = before;
    try {
      rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
    } catch {
      // What another user owns, or still writes to, stays: no test failed for that.
    }
  };
}
