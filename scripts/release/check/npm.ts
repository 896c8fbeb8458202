import { join } from 'node:path';
import type { Release } from '../check.ts';
import { run } from '../../tools.ts';

interface PackedPackage {
  readonly name: string;
  readonly version: string;
  readonly files: readonly string[];
  readonly bin: Readonly<Record<string, string>>;
  readonly exports: unknown;
  readonly man?: readonly string[];
}

/** What npm takes along whatever `files` says. */
const always = ['package.json', 'README.md', 'LICENSE'];

/** The tarball holds what its own package.json promises, and nothing besides. */
export function npmFaults({ folder, manifest, tell }: Release): readonly string[] {
  const tarball = manifest.artefacts.find(({ kind }) => kind === 'npm')?.name;
  if (tarball === undefined) return ['there is no npm package'];
  const file = join(folder, tarball);
  const packed = JSON.parse(run('tar', ['-xzOf', file, 'package/package.json'])) as PackedPackage;
  const names = run('tar', ['-tzf', file])
    .split('\n')
    .filter((name) => name !== '')
    .map((name) => name.replace(/^package\//, ''));
  const faults = packageFaults(packed, names, manifest.version).map((fault) => `${tarball}: ${fault}`);
  if (faults.length === 0) tell(`ok  ${tarball}: ${names.length} files, as package.json says`);
  return faults;
}

export function packageFaults(packed: PackedPackage, names: readonly string[], version: string): readonly string[] {
  const faults: string[] = [];
  if (packed.version !== version) faults.push(`it says version ${packed.version}`);
  const promised = [...Object.values(packed.bin), ...targetsOf(packed.exports), ...(packed.man ?? []), ...always];
  for (const path of new Set(promised.map((target) => target.replace(/^\.\//, ''))))
    if (!names.includes(path)) faults.push(`it lacks ${path}`);
  const listed = packed.files.map((path) => path.replace(/\/$/, ''));
  for (const name of names)
    if (!always.includes(name) && !listed.some((path) => name === path || name.startsWith(`${path}/`)))
      faults.push(`it holds ${name}, which "files" does not list`);
  return faults;
}

/** The files that `exports` leads to, whatever the conditions; patterns lead to many, and are left to publint. */
function targetsOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return value.includes('*') ? [] : [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(targetsOf) : [];
}
