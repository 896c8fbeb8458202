/**
 * Builds every artefact of a release into one folder, checks them, and writes SHA256SUMS and artefacts.json. It
 * publishes nothing and needs no secret: that is done by .github/workflows/release.yml with what lies in the folder.
 *
 *   npm run release -- [--dry-run] [--out <folder>] [--arch x64,arm64]
 *   npm run release -- --check <folder>
 *
 * Without --dry-run it refuses a tree with changes, a commit without the version's tag, a CHANGELOG that lacks the
 * version, and to leave anything out. With --dry-run it says so and goes on; nothing is fetched that npm has kept.
 */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { architectureOf, architectures, type Architecture } from '../artefacts/names.ts';
import { checksums, checksumsFile, manifestFile, type ReleaseManifest } from './artefacts.ts';
import { buildRelease } from './build.ts';
import { checkRelease } from './check.ts';
import { readStanding, refusals } from './refusals.ts';
import { run } from '../tools.ts';
import { packageVersion } from './version.ts';

const root = join(import.meta.dirname, '../..');

const tell = (line: string): void => console.log(line);

async function build(folder: string, archs: readonly Architecture[], dryRun: boolean): Promise<void> {
  const version = packageVersion(root);
  const reasons = refusals(readStanding(root, version));
  if (!dryRun && reasons.length > 0) throw new Error(`there is no release to make:\n${lines(reasons)}`);
  for (const reason of reasons) tell(`a release would be refused: ${reason}`);

  mkdirSync(folder, { recursive: true });
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty`);
  // What npm kept of an earlier run need not be asked for again.
  process.env['npm_config_prefer_offline'] = 'true';
  const commit = run('git', ['rev-parse', 'HEAD'], { cwd: root }).trim();
  const commitDate = run('git', ['log', '-1', '--format=%cI', commit], { cwd: root }).trim();
  // Every artefact says this commit, whatever is committed while they are made.
  Object.assign(process.env, { COMMIT: commit, COMMIT_DATE: commitDate });
  const { artefacts, leftOut } = await buildRelease({ root, folder, version, commitDate, archs, tell });
  for (const line of leftOut) tell(`left out ${line}`);
  if (!dryRun && leftOut.length > 0) throw new Error(`a release leaves nothing out:\n${lines(leftOut)}`);

  const manifest: ReleaseManifest = {
    version,
    commit,
    commitDate,
    artefacts,
    leftOut,
  };
  writeFileSync(join(folder, manifestFile), `${JSON.stringify(manifest, undefined, 2)}\n`);
  writeFileSync(join(folder, checksumsFile), checksums(artefacts));
}

async function check(folder: string): Promise<void> {
  const manifest = JSON.parse(readFileSync(join(folder, manifestFile), 'utf8')) as ReleaseManifest;
  const faults = await checkRelease(folder, manifest, tell);
  if (faults.length > 0) throw new Error(`the release in ${folder} is not in order:\n${lines(faults)}`);
  for (const { name, size } of manifest.artefacts) tell(`${sizeText(size).padStart(10)}  ${name}`);
  tell(`maestro-cli ${manifest.version} of ${manifest.commit.slice(0, 12)}: ${manifest.artefacts.length} artefacts`);
}

const sizeText = (bytes: number): string =>
  bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;

const lines = (texts: readonly string[]): string => texts.map((text) => `  ${text}`).join('\n');

function architecturesOf(text: string): readonly Architecture[] {
  return text.split(',').map(architectureOf);
}

const { values } = parseArgs({
  options: {
    'dry-run': { type: 'boolean', default: false },
    out: { type: 'string', default: 'release' },
    arch: { type: 'string', default: Object.keys(architectures).join(',') },
    check: { type: 'string' },
  },
});
try {
  if (values.check === undefined) await build(resolve(values.out), architecturesOf(values.arch), values['dry-run']);
  await check(resolve(values.check ?? values.out));
} catch (error) {
  console.error(`release: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
