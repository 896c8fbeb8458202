/**
 * Checks the package as users get it: packs it, looks at what is in it, installs the tarball with npm into an empty
 * folder, and there runs the command and programs that import the library, with this Node, a newer one and older ones.
 *
 *   node scripts/check-package.ts [TARBALL]    a tarball that is there, in place of one that is packed from this clone
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { checkCommand } from './check-package/command.ts';
import { checkExamples } from './check-package/examples.ts';
import { checkImports, libraryDependencies } from './check-package/imports.ts';
import { checkGlobal, checkInstalled, installTarball } from './check-package/installation.ts';
import { checkLibrary } from './check-package/library.ts';
import { checkOtherNodes } from './check-package/other-nodes.ts';
import { checkTracing } from './check-package/tracing.ts';
import { checkTarball, pack, unpack } from './check-package/tarball.ts';

const folder = mkdtempSync(join(tmpdir(), 'maestro-cli-package-'));
const inFolder = (name: string): string => {
  const made = join(folder, name);
  mkdirSync(made);
  return made;
};

try {
  const [given] = process.argv.slice(2);
  const tarball = given === undefined ? pack(folder) : resolve(given);
  const unpacked = unpack(tarball, inFolder('unpacked'));
  checkTarball(tarball, unpacked);
  checkImports(unpacked);
  const user = installTarball(tarball, inFolder('user'));
  checkInstalled(user, libraryDependencies(unpacked));
  checkGlobal(tarball, inFolder('global'));
  await checkCommand(user);
  checkLibrary(user);
  await checkExamples(user);
  checkTracing(user);
  await checkOtherNodes(user, inFolder('nodes'));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
