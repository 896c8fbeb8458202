import { lstatSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { check, packageName, run } from './run.ts';

/** What an installation into an empty folder may cost; more is a decision, and this the place to take it. */
const most = { packages: 100, mebibytes: 35 };

const block = 4_096;

/** Installs the tarball with npm into an empty folder, without any script of a package. @returns that folder */
export function installTarball(tarball: string, user: string): string {
  writeFileSync(join(user, 'package.json'), '{"name":"user","private":true,"type":"module"}');
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', tarball], user);
  return user;
}

/** Installs it for all of a machine, which is where manual pages come in; `folder` is that machine's /usr/local. */
export function checkGlobal(tarball: string, folder: string): void {
  run(
    'npm',
    ['install', '--global', `--prefix=${folder}`, '--prefer-offline', '--no-audit', '--loglevel=error', tarball],
    folder,
  );
  check(
    'the command of a global installation runs',
    run(join(folder, 'bin/maestro-cli'), ['version'], folder).startsWith('maestro-cli '),
  );
  for (const page of ['man1/maestro-cli.1', 'man1/maestro-cli-apply.1', 'man7/maestro-cli-expressions.7']) {
    const text = readFileSync(join(folder, 'share/man', page), 'utf8');
    check(`a global installation has the manual page ${page}`, text.startsWith('.TH MAESTRO'));
  }
}

/** Where the package lies in the user's folder. */
export const installedIn = (user: string): string => join(user, 'node_modules', packageName);

/** As `du` counts on a file system with blocks of 4 KiB, whatever the one of this machine has. */
function bytesOnDisk(path: string): number {
  const { size } = lstatSync(path);
  const own = Math.ceil(size / block) * block;
  if (!lstatSync(path).isDirectory()) return own;
  return readdirSync(path).reduce((sum, name) => sum + bytesOnDisk(join(path, name)), own);
}

/** Counts what npm installed, and says it whether or not it is too much. */
export function checkInstalled(user: string, dependencies: readonly string[]): void {
  const { packages } = JSON.parse(readFileSync(join(user, 'package-lock.json'), 'utf8')) as { packages: object };
  const count = Object.keys(packages).length - 1;
  const mebibytes = bytesOnDisk(join(user, 'node_modules')) / 1024 ** 2;
  const own = bytesOnDisk(installedIn(user)) / 1024 ** 2;
  console.log(
    `    installed into an empty folder: ${count} packages, ${mebibytes.toFixed(1)} MiB, of which ours ${own.toFixed(1)}`,
  );
  check(`it brings at most ${most.packages} packages`, count <= most.packages, count);
  check(`it takes at most ${most.mebibytes} MiB`, mebibytes <= most.mebibytes, mebibytes);
  const installed = readdirSync(join(user, 'node_modules'));
  const absent = dependencies.filter((name) => !installed.includes(name.split('/')[0] ?? ''));
  check('each dependency is there', absent.length === 0, absent);
  checkBill(user, Object.keys(packages));
}

/** Names alone: the bill has the versions of the lock file, and npm takes later ones that fit. */
function checkBill(user: string, places: readonly string[]): void {
  const { components } = JSON.parse(readFileSync(join(installedIn(user), 'dist/maestro-cli-npm.cdx.json'), 'utf8')) as {
    components: readonly { name: string; properties: readonly { name: string; value: string }[] }[];
  };
  const told = components
    .filter(({ properties }) => properties.some(({ value }) => value === 'installed'))
    .map(({ name }) => name);
  const there = places
    .map((place) => place.replace(/^(?:.*\/)?node_modules\//, ''))
    .filter((name) => name !== '' && name !== packageName);
  const difference = [...told.filter((name) => !there.includes(name)), ...there.filter((name) => !told.includes(name))];
  check('the bill of materials tells what npm installs with it', difference.length === 0, difference);
}
