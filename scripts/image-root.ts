/**
 * Lays out what the image adds to its base, with its owners' rights: the
 * executable, the licences of what is inside, and the bill of materials of the
 * executable and the base together. The Dockerfile runs it.
 *
 *   node scripts/image-root.ts --out <folder> --base-packages <folder> [--arch <as Docker names it>]
 *
 * VERSION, COMMIT and COMMIT_DATE have to be there, because the image says
 * them of itself and a copy of the sources cannot tell.
 */
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { Enums } from '@cyclonedx/cyclonedx-library';
import { billOfMaterials, type Contents, type DebianPackage } from './artefacts/bill-of-materials.ts';
import { architectureOf, noticesFile } from './artefacts/names.ts';
import { buildFacts } from './build.ts';
import { packageCommand } from './package.ts';

const root = join(import.meta.dirname, '..');

const { values } = parseArgs({
  options: { out: { type: 'string' }, 'base-packages': { type: 'string' }, arch: { type: 'string' } },
});
const { out, 'base-packages': basePackages, arch } = values;
if (out === undefined || basePackages === undefined) throw new Error('--out and --base-packages are needed');
refuseUnknownBuild();

const work = mkdtempSync(join(tmpdir(), 'maestro-cli-image-'));
try {
  const of = arch === undefined || arch === '' ? process.arch : arch;
  const { executable, contents } = await packageCommand(work, { arch: architectureOf(of) });
  put(executable, 'usr/local/bin/maestro-cli', 0o755);
  put(join(root, 'LICENSE'), 'licenses/maestro-cli/LICENSE');
  put(join(work, noticesFile), `licenses/maestro-cli/${noticesFile}`);
  const bill = join(work, 'image.cdx.json');
  const artefact = contents.artefact.replace('maestro-cli', 'maestro-cli-image');
  const image: Contents = {
    ...contents,
    artefact,
    type: Enums.ComponentType.Container,
    debian: debianPackages(basePackages),
  };
  writeFileSync(bill, await billOfMaterials(image, buildFacts()));
  put(bill, 'usr/share/doc/maestro-cli/maestro-cli-image.cdx.json');
} finally {
  rmSync(work, { recursive: true, force: true });
}

function put(from: string, path: string, mode = 0o644): void {
  const to = join(out ?? '', path);
  mkdirSync(dirname(to), { recursive: true });
  copyFileSync(from, to);
  chmodSync(to, mode);
}

function refuseUnknownBuild(): void {
  const { version, commit, date } = buildFacts();
  const wrong = [
    process.env['VERSION'] === version
      ? []
      : [`VERSION is ${String(process.env['VERSION'])}, and package.json says ${version}`],
    /^[0-9a-f]{12}$/.test(commit) ? [] : ['COMMIT is not the hash of a commit'],
    Number.isNaN(Date.parse(date)) ? ['COMMIT_DATE is not the date of a commit'] : [],
  ].flat();
  if (wrong.length > 0)
    throw new Error(`${wrong.join('; ')}: build with scripts/build-image.sh, or give these as build arguments`);
}

/** As a base without dpkg keeps them: a file for each in a folder, beside files of checksums. */
function debianPackages(folder: string): readonly DebianPackage[] {
  const found = readdirSync(folder)
    .sort()
    .flatMap((file) => {
      const text = readFileSync(join(folder, file), 'utf8');
      const field = (name: string): string | undefined => new RegExp(`^${name}: (.+)$`, 'm').exec(text)?.[1];
      const [name, version, architecture] = [field('Package'), field('Version'), field('Architecture')];
      if (name === undefined) return [];
      if (version === undefined || architecture === undefined)
        throw new Error(`${join(folder, file)} does not tell version and architecture of ${name}`);
      return [{ name, version, architecture }];
    });
  if (found.length === 0) throw new Error(`${folder} names no package of the base`);
  return found;
}
