import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** A package as the lock file has it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** Of the tarball, as `sha512-` and base64. */
  readonly integrity?: string;
  /** An SPDX expression. */
  readonly license?: string;
  /** Where the packages lie that it can import, as the lock file names them. */
  readonly imports: readonly string[];
}

interface LockEntry {
  readonly version?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** The packages of the lock file, by where they lie: `node_modules/a/node_modules/b`. */
export interface Lock {
  /** @throws when the lock file has none there */
  readonly at: (path: string) => LockedPackage;
  /** Where those lie that come with an installation of our package, whatever they themselves need included. */
  readonly installed: () => readonly string[];
}

export function readLock(): Lock {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as {
    packages: Readonly<Record<string, LockEntry>>;
  };
  const at = (path: string): LockedPackage => {
    const entry = packages[path];
    if (entry?.version === undefined)
      throw new Error(`the lock file has no ${path}, of which something ships; run npm install`);
    const { version, integrity, license } = entry;
    return {
      name: path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length),
      version,
      ...(integrity === undefined ? {} : { integrity }),
      ...(license === undefined ? {} : { license }),
      imports: importsOf(packages, path),
    };
  };
  return {
    at,
    installed: () => {
      const found = new Set<string>();
      const visit = (paths: readonly string[]): void => {
        for (const path of paths) {
          if (found.has(path)) continue;
          found.add(path);
          visit(at(path).imports);
        }
      };
      visit(importsOf(packages, ''));
      return [...found].sort();
    },
  };
}

/**
 * As Node looks: beside the package itself first, then beside each that it lies in. A peer that may be absent is not
 * counted, because npm does not bring it.
 */
function importsOf(packages: Readonly<Record<string, LockEntry>>, path: string): readonly string[] {
  const {
    dependencies = {},
    optionalDependencies = {},
    peerDependencies = {},
    peerDependenciesMeta = {},
  } = packages[path] ?? {};
  const peers = Object.keys(peerDependencies).filter((name) => peerDependenciesMeta[name]?.optional !== true);
  const names = [...new Set([...Object.keys({ ...dependencies, ...optionalDependencies }), ...peers])];
  return names.flatMap((name) => {
    for (let folder = path; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/node_modules/')))) {
      const place = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`;
      if (packages[place] !== undefined) return [place];
      // An optional one that this platform has not.
      if (folder === '') return [];
    }
  });
}
