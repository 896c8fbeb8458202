/** Makes every artefact of a release into one folder. Nothing is published, and no secret is read. */
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { architectures, executableName, noticesFile, type Architecture } from '../artefacts/names.ts';
import { writeManPages } from '../man-pages.ts';
import { packageCommand } from '../package.ts';
import {
  entryArtefacts,
  firstArtefacts,
  measured,
  sbomName,
  type Artefact,
  type ArtefactKind,
  type BuiltArtefact,
} from './artefacts.ts';
import { releaseNotes, withFullLinks } from './changelog.ts';
import { aquaRegistry, miseConfig } from './entries/aqua.ts';
import { formula } from './entries/formula.ts';
import { krewManifest } from './entries/krew.ts';
import { findTool, run } from '../tools.ts';
import { chartFolder } from './version.ts';

export interface BuildRequest {
  /** The repository. */
  readonly root: string;
  /** Empty, or not there yet. */
  readonly folder: string;
  readonly version: string;
  /** RFC 3339: the time of files in archives, so that the same commit packs the same bytes. */
  readonly commitDate: string;
  readonly archs: readonly Architecture[];
  /** Told of each artefact, in lines for people. */
  readonly tell: (line: string) => void;
}

export interface Built {
  readonly artefacts: readonly BuiltArtefact[];
  /** What could not be made here, and why. */
  readonly leftOut: readonly string[];
}

export async function buildRelease(request: BuildRequest): Promise<Built> {
  const { folder, version, archs, tell } = request;
  const built: BuiltArtefact[] = [];
  const leftOut = (Object.keys(architectures) as Architecture[])
    .filter((arch) => !archs.includes(arch))
    .map((arch) => `${executableName(arch)}: --arch does not name it`);
  mkdirSync(folder, { recursive: true });
  for (const artefact of firstArtefacts(version, archs)) {
    const reason = reasonToLeaveOut(artefact, request);
    if (reason !== undefined) {
      leftOut.push(`${artefact.name}: ${reason}`);
      continue;
    }
    await make(artefact, request);
    built.push(await measured(folder, artefact));
    tell(`made ${artefact.name}`);
  }
  for (const artefact of entryArtefacts) {
    writeFileSync(join(folder, artefact.name), entryText(artefact.kind, request, built));
    built.push(await measured(folder, artefact));
    tell(`made ${artefact.name}`);
  }
  return { artefacts: built, leftOut };
}

/** Tools that not every machine has, and what comes with what they make. */
function reasonToLeaveOut({ kind, name }: Artefact, { folder }: BuildRequest): string | undefined {
  if (kind === 'chart' && findTool('helm') === undefined)
    return 'there is no helm here; scripts/gitops-rig.sh brings it';
  if ((kind === 'notices' || kind === 'sbom') && !existsSync(join(folder, name))) return 'no executable was made';
  return undefined;
}

async function make(artefact: Artefact, request: BuildRequest): Promise<void> {
  const { root, folder, version, commitDate } = request;
  const file = join(folder, artefact.name);
  const { arch } = artefact;
  switch (artefact.kind) {
    case 'npm':
      // What `prepack` prints stays in the captured output.
      run('npm', ['pack', `--pack-destination=${folder}`], { cwd: root });
      copyFileSync(join(root, 'dist/maestro-cli-npm.cdx.json'), join(folder, sbomName(artefact.name)));
      return;
    case 'executable':
      await packageExecutable(folder, arch ?? 'x64');
      return;
    case 'archive':
      packExecutable(file, request, arch ?? 'x64');
      return;
    // Made with what they are of.
    case 'sbom':
    case 'notices':
      return;
    case 'chart':
      run(findTool('helm') ?? 'helm', ['package', join(root, chartFolder), `--destination=${folder}`]);
      return;
    case 'schemas':
      archive(file, { from: root, paths: ['schemas'], commitDate });
      return;
    case 'man':
      packManPages(file, request);
      return;
    case 'notes':
      writeFileSync(
        file,
        withFullLinks(releaseNotes(readFileSync(join(root, 'CHANGELOG.md'), 'utf8'), version), version),
      );
      return;
    case 'formula':
    case 'krew':
    case 'aqua':
    case 'mise':
      throw new Error(`${artefact.name} is made from the others`);
  }
}

function entryText(kind: ArtefactKind, { version, archs }: BuildRequest, built: readonly BuiltArtefact[]): string {
  switch (kind) {
    case 'formula':
      return formula(version, built);
    case 'krew':
      return krewManifest(version, built, archs);
    case 'aqua':
      return aquaRegistry();
    case 'mise':
      return miseConfig(version, built, archs);
    default:
      throw new Error(`${kind} is no entry for a package manager`);
  }
}

/** The executable, its bill of materials and the notices, without a checksum file: those of a release are in one. */
async function packageExecutable(folder: string, arch: Architecture): Promise<void> {
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-release-'));
  try {
    const { executable } = await packageCommand(work, { arch });
    copyFileSync(executable, join(folder, executableName(arch)));
    copyFileSync(`${executable}.cdx.json`, join(folder, sbomName(executableName(arch))));
    // The same for each processor.
    copyFileSync(join(work, noticesFile), join(folder, noticesFile));
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Under the name that users type, with its licences beside it, as krew asks for. */
function packExecutable(file: string, { root, folder, version, commitDate }: BuildRequest, arch: Architecture): void {
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-release-'));
  try {
    copyFileSync(join(folder, executableName(arch)), join(work, 'maestro-cli'));
    chmodSync(join(work, 'maestro-cli'), 0o755);
    copyFileSync(join(root, 'LICENSE'), join(work, 'LICENSE'));
    copyFileSync(join(folder, noticesFile), join(work, noticesFile));
    writeManPages(join(work, 'man'), { version, date: commitDate });
    archive(file, { from: work, paths: ['maestro-cli', 'LICENSE', noticesFile, 'man'], commitDate });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

function packManPages(file: string, { version, commitDate }: BuildRequest): void {
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-release-'));
  try {
    writeManPages(join(work, 'man'), { version, date: commitDate });
    archive(file, { from: work, paths: ['man'], commitDate });
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

interface ArchiveContents {
  readonly from: string;
  readonly paths: readonly string[];
  readonly commitDate: string;
}

/** A .tar.gz that the same files give the same bytes of, whoever packs them and when. */
function archive(file: string, { from, paths, commitDate }: ArchiveContents): void {
  run('tar', [
    '--sort=name',
    '--owner=0',
    '--group=0',
    '--numeric-owner',
    '--mode=u=rwX,go=rX',
    `--mtime=${commitDate}`,
    '--use-compress-program=gzip --no-name',
    `--directory=${from}`,
    `--file=${file}`,
    '--create',
    ...paths,
  ]);
}
