import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');

/** The Node of this version for a processor, as its npm package has it. */
export interface NodeFiles {
  readonly executable: string;
  /** Of Node and of everything that it is made of: V8, OpenSSL, ICU, … */
  readonly license: string;
}

/**
 * @param work a folder for what has to be unpacked; npm ci brought what is for this processor, and an npm install of
 *   something else takes it away again
 */
export function nodeFiles(work: string, arch: string): NodeFiles {
  const name = `node-${process.platform}-${arch}`;
  const there = ['node_modules/node/node_modules', 'node_modules']
    .map((folder) => join(root, folder, name))
    .find((folder) => existsSync(join(folder, 'package.json')) && versionIn(folder) === process.versions.node);
  const folder = there ?? unpack(work, `${name}@${process.versions.node}`);
  return {
    executable: arch === process.arch ? process.execPath : join(folder, 'bin/node'),
    license: readFileSync(join(folder, 'LICENSE'), 'utf8'),
  };
}

function versionIn(folder: string): string {
  return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
}

function unpack(work: string, spec: string): string {
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', `--pack-destination=${work}`, spec], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm packed no ${spec}`);
  execFileSync('tar', ['-xzf', join(work, packed.filename), '-C', work, 'package/bin/node', 'package/LICENSE']);
  return join(work, 'package');
}
