/** Builds the command of the checkout that it lies in, and nothing else that ships. */
import { join } from 'node:path';
import { bundleCommand, writeCodeCaches } from '../../scripts/build.ts';

const outfile = join(import.meta.dirname, '../../dist/maestro-cli.cjs');
await bundleCommand(outfile);
try {
  writeCodeCaches(outfile);
} catch {
  // They are made by runs of the command, which this mutation may have made fail. It starts without them, too.
}
