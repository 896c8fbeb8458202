import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, root, run } from './run.ts';

/** Packs this clone, which builds it first. @returns where the tarball is */
export function pack(folder: string): string {
  const [packed] = JSON.parse(run('npm', ['pack', '--json', `--pack-destination=${folder}`], root)) as {
    filename: string;
  }[];
  if (packed === undefined) throw new Error('npm pack said nothing');
  return join(folder, packed.filename);
}

/** @returns the folder with the files of the package */
export function unpack(tarball: string, folder: string): string {
  run('tar', ['-xzf', tarball, '-C', folder, '--strip-components=1'], folder);
  return folder;
}

/** What is in the package, and how others see its entries. Nothing asks a network. */
export function checkTarball(tarball: string, unpacked: string): void {
  const files = globSync('**/*', { cwd: unpacked, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(unpacked.length + 1));
  const { exports, man, version } = JSON.parse(readFileSync(join(unpacked, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | Readonly<Record<string, string>>>>;
    man: readonly string[];
    version: string;
  };
  const entries = Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
  for (const needed of [
    'bin/maestro-cli',
    'dist/maestro-cli.cjs',
    'dist/maestro-cli/loader.cjs',
    'dist/maestro-cli/start.cjs',
    'dist/maestro-cli/start.cache',
    'dist/THIRD-PARTY-NOTICES.txt',
    'dist/maestro-cli-npm.cdx.json',
    'LICENSE',
    'README.md',
    'CHANGELOG.md',
    ...man,
    ...entries.filter((entry) => !entry.includes('*')).map((entry) => entry.replace('./', '')),
  ]) {
    check(`the package has ${needed}`, files.includes(needed));
  }
  const strays = files.filter((path) => /^(?:test|src|scripts|bench|dist\/package)\//.test(path));
  check('the package has no tests, sources or executables of Node', strays.length === 0, strays);

  run(join(root, 'node_modules/.bin/publint'), ['run', tarball, '--strict'], unpacked);
  check(`publint finds the package of ${version} in order`, true);
  // The library is ESM, and every Node that it runs on can require ESM.
  run(
    join(root, 'node_modules/.bin/attw'),
    [tarball, '--profile=esm-only', '--no-definitely-typed', '--no-emoji'],
    unpacked,
  );
  check('types are found under every entry point', true);
}
