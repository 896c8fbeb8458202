/**
 * Makes one file to ship: the command and Node in a single executable that
 * needs nothing of the machine, with its checksum and a bill of materials.
 * It is Node's own single-executable support with the binary that npm ci
 * brought, so nothing is downloaded.
 *
 *   node scripts/package.ts [--out <folder>]
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { inject } from 'postject';
import { bundleCommand, bundleLoader, writeCodeCaches } from './build.ts';
import { nodeFlags } from './bundle/flags.ts';
import { writeBillOfMaterials } from './bundle/bill-of-materials.ts';

const root = join(import.meta.dirname, '..');
/** Node looks for this string, and reads the application only where the 0 behind it was made a 1. */
const fuse = 'NODE_SEA_FUSE_fce680ab2cc467b6e072b8b5df1996b2';

/** Writes `maestro-cli-<platform>-<arch>`, its `.sha256` and the SBOM into `folder`; returns the executable's path. */
export async function packageCommand(folder: string, nodePath = process.execPath): Promise<string> {
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-package-'));
  try {
    const loader = join(work, 'maestro-cli.cjs');
    await bundleCommand(loader);
    writeCodeCaches(loader);
    const blob = await applicationBlob(work, nodePath);
    const name = `maestro-cli-${process.platform}-${process.arch}`;
    const executable = join(folder, name);
    cpSync(nodePath, executable);
    chmodSync(executable, 0o755);
    await inject(executable, 'NODE_SEA_BLOB', blob, { sentinelFuse: fuse });
    prove(executable);
    writeFileSync(`${executable}.sha256`, `${createHash('sha256').update(readFileSync(executable)).digest('hex')}  ${name}\n`);
    writeBillOfMaterials(join(folder, 'maestro-cli.cdx.json'));
    return executable;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

async function applicationBlob(work: string, nodePath: string): Promise<Buffer> {
  const index = JSON.parse(readFileSync(join(work, 'maestro-cli/index.json'), 'utf8')) as Record<string, string>;
  await bundleLoader('bin/start-single.ts', join(work, 'main.cjs'), index);
  const scripts = join(work, 'maestro-cli');
  const files = readdirSync(scripts).filter((file) => file !== 'index.json').sort();
  const config = {
    main: join(work, 'main.cjs'),
    output: join(work, 'application.blob'),
    disableExperimentalSEAWarning: true,
    useSnapshot: false,
    useCodeCache: false,
    execArgv: nodeFlags,
    // NODE_OPTIONS belongs to whoever runs other programs of Node on the machine; a controller's
    // heap limit comes as --node-options=--max-old-space-size=MiB, which Node takes out of argv.
    execArgvExtension: 'cli',
    assets: Object.fromEntries(files.map((file) => [file, join(scripts, file)])),
  };
  writeFileSync(join(work, 'config.json'), JSON.stringify(config));
  execFileSync(nodePath, ['--experimental-sea-config', join(work, 'config.json')], { stdio: ['ignore', 'ignore', 'inherit'] });
  return readFileSync(config.output);
}

/** A copy of Node that took no application would print Node's version, so what it prints is looked at. */
function prove(executable: string): void {
  const printed = execFileSync(executable, ['version'], { encoding: 'utf8', env: { PATH: '' } });
  if (!printed.startsWith('maestro-cli ')) throw new Error(`the executable does not run the command; it printed ${JSON.stringify(printed)}`);
}

if (import.meta.main) {
  const { values } = parseArgs({ options: { out: { type: 'string', default: 'dist/package' } } });
  console.log(await packageCommand(resolve(root, values.out)));
}
