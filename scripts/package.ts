/**
 * Makes one file to ship: the command and Node in a single executable that
 * needs nothing of the machine, with its checksum and a bill of materials.
 * It is Node's own single-executable support with the binary that npm ci
 * brought, so nothing is downloaded.
 *
 *   node scripts/package.ts [--out <folder>] [--arch x64|arm64]
 *
 * For another processor than this one's, the Node of the same version comes
 * from the npm package of that processor. V8's code caches are of one
 * processor, so that executable has none and starts slower.
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
import { inject } from 'postject';
import { bundleCommand, bundleLoader, writeCodeCaches } from './build.ts';
import { writeBillOfMaterials } from './bundle/bill-of-materials.ts';

const root = join(import.meta.dirname, '..');
/** Node looks for this string, and reads the application only where the 0 behind it was made a 1. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

export interface PackageOptions {
  /** As Node names it; this machine's without it. */
  readonly arch?: string;
}

/** Writes `maestro-cli-<platform>-<arch>`, its `.sha256` and the SBOM into `folder`; returns the executable's path. */
export async function packageCommand(folder: string, { arch = process.arch }: PackageOptions = {}): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-package-'));
  try {
    const native = arch === process.arch;
    const loader = join(work, 'maestro-cli.cjs');
    const packages = await bundleCommand(loader);
    if (native) writeCodeCaches(loader);
    const blob = await applicationBlob(work);
    const name = `maestro-cli-${process.platform}-${arch}`;
    const executable = join(folder, name);
    const injected = join(work, name);
    await copy(native ? process.execPath : foreignNode(work, arch), injected);
    await inject(injected, 'NODE_SEA_BLOB', blob, { sentinelFuse: fuse });
    await copy(injected, executable);
    chmodSync(executable, 0o755);
    if (native) prove(executable);
    writeFileSync(
      `${executable}.sha256`,
      `${createHash('sha256').update(readFileSync(executable)).digest('hex')}  ${name}\n`,
    );
    writeBillOfMaterials(join(folder, 'maestro-cli.cdx.json'), packages);
    return executable;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/**
 * In small pieces: what is written in one go lies in the page cache as huge
 * pages, of which every process then has 20 MiB more resident.
 */
async function copy(from: string, to: string): Promise<void> {
  await pipeline(createReadStream(from), createWriteStream(to));
}

/** The Node of this version for another processor, out of the package that npm ci would take there. */
function foreignNode(work: string, arch: string): string {
  const spec = `node-${process.platform}-${arch}@${process.versions.node}`;
  const [packed] = JSON.parse(
    execFileSync('npm', ['pack', '--json', `--pack-destination=${work}`, spec], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  ) as { filename: string }[];
  if (packed === undefined) throw new Error(`npm packed no ${spec}`);
  execFileSync('tar', ['-xzf', join(work, packed.filename), '-C', work, 'package/bin/node']);
  return join(work, 'package/bin/node');
}

async function applicationBlob(work: string): Promise<Buffer> {
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
  execFileSync(process.execPath, ['--experimental-sea-config', join(work, 'config.json')], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return readFileSync(config.output);
}

/** A copy of Node that took no application would print Node's version, so what it prints is looked at. */
function prove(executable: string): void {
  const printed = execFileSync(executable, ['version'], { encoding: 'utf8', env: { PATH: '' } });
  if (!printed.startsWith('maestro-cli '))
    throw new Error(`the executable does not run the command; it printed ${JSON.stringify(printed)}`);
}

if (import.meta.main) {
  const { values } = parseArgs({
    options: { out: { type: 'string', default: 'dist/package' }, arch: { type: 'string', default: process.arch } },
  });
  console.log(await packageCommand(resolve(root, values.out), { arch: values.arch }));
}
