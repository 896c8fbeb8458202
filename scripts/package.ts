/**
 * Makes one file to ship: the command and Node in a single executable that
 * needs nothing of the machine, with its checksum, a bill of materials and the
 * licences of what is inside. It is Node's own single-executable support with
 * the binary that npm ci brought, so nothing is downloaded.
 *
 *   node scripts/package.ts [--out <folder>] [--arch x64|arm64]
 *
 * For another processor than this one's, the Node of the same version comes
 * from the npm package of that processor. V8's code caches are of one
 * processor: where an emulator of that one is installed it makes them and the
 * executable is tried (scripts/artefacts/emulator.ts says of what); elsewhere
 * the executable has none, starts slower and was not tried.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  createReadStream,
  createWriteStream,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { billOfMaterials, type Contents } from './artefacts/bill-of-materials.ts';
import { emulatorOf } from './artefacts/emulator.ts';
import { architectureOf, executableName, noticesFile, type Architecture } from './artefacts/names.ts';
import { nodeFiles, type NodeFiles } from './artefacts/node-files.ts';
import type { Notice } from './artefacts/notices.ts';
import { buildFacts, bundleCommand, bundleLoader, writeCodeCaches } from './build.ts';

const root = join(import.meta.dirname, '..');
/** Node looks for this string, and reads the application only where the 0 behind it was made a 1. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export interface PackageOptions {
  /** This machine's without it. */
  readonly arch?: Architecture;
}

export interface Packaged {
  readonly executable: string;
  /** Of what it is made, for whoever puts it into something larger. */
  readonly contents: Contents;
}

/**
 * Writes into `folder` the executable `maestro-cli-<platform>-<arch>`, beside it its `.sha256` and `.cdx.json`, and
 * `THIRD-PARTY-NOTICES.txt`, which is the same for every processor.
 */
export async function packageCommand(folder: string, options: PackageOptions = {}): Promise<Packaged> {
  // A file for macOS asks for another format and a signature, and one for Windows for another launcher.
  if (process.platform !== 'linux')
    throw new Error('an executable is made for Linux alone; elsewhere take the package');
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-package-'));
  try {
    const arch = options.arch ?? architectureOf(process.arch);
    const emulator = emulatorOf(arch);
    const node = nodeFiles(work, arch);
    const loader = join(work, 'maestro-cli.cjs');
    const { packages, notices } = await bundleCommand(loader, [nodeNotice(node)]);
    if (emulator !== undefined) writeCodeCaches(loader, [...emulator, node.executable]);
    const blob = await applicationBlob(work);
    const name = executableName(arch);
    const executable = join(folder, name);
    const injected = join(work, name);
    await copy(node.executable, injected);
    inject(injected, blob);
    await copy(injected, executable);
    chmodSync(executable, 0o755);
    if (emulator !== undefined) prove([...emulator, executable]);
    writeFileSync(
      `${executable}.sha256`,
      `${createHash('sha256').update(readFileSync(executable)).digest('hex')}  ${name}\n`,
    );
    const contents: Contents = {
      artefact: name,
      type: Enums.ComponentType.Application,
      bundled: packages,
      node: process.versions,
    };
    writeFileSync(`${executable}.cdx.json`, await billOfMaterials(contents, buildFacts()));
    writeFileSync(join(folder, noticesFile), notices);
    return { executable, contents };
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function nodeNotice({ license }: NodeFiles): Notice {
  return {
    name: 'Node.js',
    version: process.versions.node,
    license: 'MIT, and those of its parts',
    texts: [license],
  };
}

/**
 * In small pieces: what is written in one go lies in the page cache as huge
 * pages, of which every process then has 20 MiB more resident.
 */
async function copy(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createWriteStream(to));
}

/** In a process of its own, whose warnings of sections that it does not know are heard only when it fails. */
function inject(executable: string, blob: string): void {
  const postject = join(root, 'node_modules/postject/dist/cli.js');
  quietly(postject, executable, 'NODE_SEA_BLOB', blob, '--sentinel-fuse', fuse);
}

/** Runs Node to its end. @throws Error with what it wrote to its stderr */
function quietly(...args: readonly string[]): void {
  execFileSync(process.execPath, args, { stdio: ['ignore', 'ignore', 'pipe'] });
}

/** @returns the file of it */
async function applicationBlob(work: string): Promise<string> {
  const index = JSON.parse(readFileSync(join(work, 'maestro-cli/index.json'), 'utf8')) as Record<string, string>;
  await bundleLoader('bin/start-single.ts', join(work, 'main.cjs'), index);
  const scripts = join(work, 'maestro-cli');
  const files = readdirSync(scripts)
    .filter((file) => file !== 'index.json' && file !== 'loader.cjs')
    .sort();
  const config = {
    main: join(work, 'main.cjs'),
    output: join(work, 'application.blob'),
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    // Options of Node as --node-options=…, such as the limit of the heap, without which Node takes what it likes. Not
    // by NODE_OPTIONS, which belongs to whoever runs other programs of Node on the machine.
    execArgvExtension: 'cli',
    assets: Object.fromEntries(files.map((file) => [file, join(scripts, file)])),
  };
  writeFileSync(join(work, 'config.json'), JSON.stringify(config));
  quietly('--experimental-sea-config', join(work, 'config.json'));
  return config.output;
}

/** A copy of Node that took no application would print Node's version, so what it prints is looked at. */
function prove([program = '', ...args]: readonly string[]): void {
  const printed = execFileSync(program, [...args, 'version'], { encoding: 'utf8' });
  if (!printed.startsWith('maestro-cli '))
    throw new Error(`the executable does not run the command; it printed ${JSON.stringify(printed)}`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: {
      out: { type: 'string', default: 'dist/package' },
      arch: { type: 'string', default: process.arch },
    },
  });
  const { executable } = await packageCommand(resolve(root, values.out), { arch: architectureOf(values.arch) });
  console.log(executable);
}
