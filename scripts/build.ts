/**
 * Builds what ships: the command as a loader and the scripts that it loads as
 * commands need them, and the library as modules with their types. The same
 * commit gives the same bytes; only the code caches beside the scripts are V8's
 * own and may be left out.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { build } from 'esbuild';
import type { Plugin } from 'esbuild';
import { billOfMaterials } from './artefacts/bill-of-materials.ts';
import { noticesFile } from './artefacts/names.ts';
import { noticesText, ownNotices, packageNotice, type Notice } from './artefacts/notices.ts';
import { readLock } from './artefacts/packages.ts';
import { writeManPages } from './man-pages.ts';
import { resultGrammar } from './bundle/result-grammar.ts';
import { packagesOf, splitBundle, withNotices } from './bundle/split.ts';

const root = join(import.meta.dirname, '..');

/** The command as it was written. */
export interface BundledCommand {
  /** Where the packages lie that are in it, as the lock file names them. */
  readonly packages: readonly string[];
  /** What `version --licenses` prints. */
  readonly notices: string;
}

/**
 * Writes the program to `outfile`, which ends in `.cjs`: the file itself is short, and the loader and the scripts go
 * into the folder of that name without the ending.
 *
 * @param beside what else ships in one piece with it: the Node of the executable
 */
export async function bundleCommand(outfile: string, beside: readonly Notice[] = []): Promise<BundledCommand> {
  const bundle = await splitBundle(root, { BUILD_INFO: JSON.stringify(JSON.stringify(buildFacts())) });
  const { packages } = bundle;
  const notices = noticesText([...ownNotices(), ...packages.map((path) => packageNotice(join(root, path))), ...beside]);
  const { index, scripts } = withNotices(bundle, notices);
  const folder = outfile.replace(/\.cjs$/, '');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of scripts) writeFileSync(join(folder, `${name}.cjs`), text);
  writeFileSync(join(folder, 'index.json'), JSON.stringify(index));
  await bundleLoader('bin/start.ts', join(folder, 'loader.cjs'), index);
  writeFileSync(outfile, firstFile(basename(folder)));
  chmodSync(outfile, 0o755);
  return { packages, notices };
}

/**
 * What Node is given. It is so short that the launcher can look whether all of
 * it is there: after a file that is cut short Node ends with 1, after an empty
 * one with 0, and of all other files this one says that they are damaged.
 */
function firstFile(folder: string): string {
  return `#!/usr/bin/env node
process.exitCode=70;try{if(!require("./${folder}/loader.cjs").begun)throw Error("loader.cjs is empty")}catch(e){console.error("error: maestro-cli cannot start: "+String(e.message).split("\\n")[0])}
//end
`;
}

/**
 * Runs the command for a moment and keeps what V8 compiled beside the scripts.
 *
 * @param node the Node that is to take the caches, with what emulates its processor before it
 */
export function writeCodeCaches(outfile: string, node: readonly string[] = [process.execPath]): void {
  const [program = process.execPath, ...args] = node;
  execFileSync(program, [...args, join(root, 'scripts/bundle/code-cache.ts'), outfile, process.execPath], {
    cwd: root,
    stdio: 'inherit',
  });
}

/**
 * One small CommonJS file that knows where each module of the bundle is. It is
 * the one file that an old Node reads before it is told to stop, so it is
 * written in the language and with the names of modules that such a one knows.
 */
export async function bundleLoader(
  entry: string,
  outfile: string,
  index: Readonly<Record<string, string>>,
): Promise<void> {
  await build({
    absWorkingDir: root,
    entryPoints: [entry],
    outfile,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'es2015',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
    define: {
      BUNDLE_INDEX: JSON.stringify(JSON.stringify(index)),
      GRAMMAR: JSON.stringify(JSON.stringify(resultGrammar())),
    },
  });
  const text = readFileSync(outfile, 'utf8');
  writeFileSync(outfile, text.replace(/\brequire\("node:(fs|path|vm)"\)/g, 'require("$1")'));
}

/** What `version` tells; the date is the commit's, so that the same commit builds the same bytes. */
export interface BuildFacts {
  readonly version: string;
  /** The first twelve digits, or `unknown`. */
  readonly commit: string;
  /** RFC 3339, or `unknown`. */
  readonly date: string;
}

export function buildFacts(): BuildFacts {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return {
    version,
    commit: (process.env['COMMIT'] ?? git('rev-parse', 'HEAD') ?? 'unknown').slice(0, 12),
    date: process.env['COMMIT_DATE'] ?? git('log', '-1', '--format=%cI') ?? 'unknown',
  };
}

/**
 * The library as modules with their types; each entry says first of all when Node is too old for it. What the stand-in
 * makes certificates with goes into its module, for which 22 packages would be installed otherwise.
 *
 * @returns where the packages lie that are in it, as the lock file names them
 */
export async function buildLibrary(folder: string): Promise<readonly string[]> {
  execFileSync(
    process.execPath,
    [join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.build.json', '--outDir', folder],
    { cwd: root, stdio: 'inherit' },
  );
  const packages = await takePackagesIn(join(folder, 'standin/access/certificates.js'));
  const guard = 'require-node.js';
  await build({
    absWorkingDir: root,
    entryPoints: ['bin/require-node-for-import.ts'],
    outfile: join(folder, guard),
    format: 'esm',
    target: 'es2015',
    logLevel: 'warning',
  });
  for (const entry of libraryEntries()) {
    const file = join(folder, entry);
    const up = relative(dirname(entry), guard);
    writeFileSync(file, `import '${up.startsWith('.') ? up : `./${up}`}';\n${readFileSync(file, 'utf8')}`);
  }
  return packages;
}

/** Compiled modules that programs import, as `exports` of package.json has them. */
function libraryEntries(): readonly string[] {
  const { exports } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    exports: Readonly<Record<string, string | { readonly default: string }>>;
  };
  return Object.values(exports).flatMap((target) =>
    typeof target === 'string' ? [] : [target.default.replace('./dist/lib/', '')],
  );
}

/** Puts into a compiled module the packages that it imports; modules beside it stay where they are. */
async function takePackagesIn(file: string): Promise<readonly string[]> {
  const types = file.replace(/\.js$/, '.d.ts');
  // Of an import for its effects TypeScript leaves a line in the types too.
  writeFileSync(types, readFileSync(types, 'utf8').replace(/^import '[^.][^']*';\n/gm, ''));
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: [file],
    outfile: file,
    allowOverwrite: true,
    bundle: true,
    metafile: true,
    nodePaths: [join(root, 'node_modules')],
    plugins: [keepImportsOf(file)],
    platform: 'node',
    format: 'esm',
    target: 'node24',
    minify: true,
    legalComments: 'none',
    logLevel: 'warning',
  });
  return packagesOf(metafile);
}

/** What the module itself imports by a path is another module of the library; what a package imports so is not. */
function keepImportsOf(file: string): Plugin {
  return {
    name: 'keep-imports',
    setup: (building) =>
      building.onResolve({ filter: /^\.\.?\// }, ({ path, importer }) =>
        importer === file ? { path, external: true } : undefined,
      ),
  };
}

/** Writes beside what is built for npm the notices of what is inside, and the bill of materials. */
async function describePackage(folder: string, paths: readonly string[]): Promise<void> {
  const bundled = [...new Set(paths)].sort();
  const notices = [...ownNotices(), ...bundled.map((path) => packageNotice(join(root, path)))];
  writeFileSync(join(folder, noticesFile), noticesText(notices));
  const bill = await billOfMaterials(
    { artefact: 'maestro-cli-npm', type: Enums.ComponentType.Application, bundled, installed: readLock().installed() },
    buildFacts(),
  );
  writeFileSync(join(folder, 'maestro-cli-npm.cdx.json'), bill);
}

/** Facts of the commit; a source archive or an image build has none, and may give them as COMMIT and COMMIT_DATE. */
function git(...args: readonly string[]): string | undefined {
  try {
    return execFileSync('git', args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim();
  } catch {
    return undefined;
  }
}

if (import.meta.main) {
  rmSync(join(root, 'dist'), { recursive: true, force: true });
  const outfile = join(root, 'dist/maestro-cli.cjs');
  const { packages } = await bundleCommand(outfile);
  writeCodeCaches(outfile);
  writeManPages(join(root, 'dist/man'), buildFacts());
  await describePackage(join(root, 'dist'), [...packages, ...(await buildLibrary(join(root, 'dist/lib')))]);
}
