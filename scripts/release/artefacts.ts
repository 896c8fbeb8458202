/** The one list of what a release consists of: build, check, checksums and entries for package managers read it. */
import { createHash } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { executableName, noticesFile, type Architecture } from '../artefacts/names.ts';

/** Of GitHub: where a release and its files are. */
export const repository = 'openshift-hyperfleet/maestro-cli';
export const repositoryUrl = `https://github.com/${repository}`;
export const chartName = 'multicluster-maestro-integrations';

export type ArtefactKind =
  | 'npm'
  | 'executable'
  | 'archive'
  | 'chart'
  | 'schemas'
  | 'man'
  | 'sbom'
  | 'notices'
  | 'formula'
  | 'krew'
  | 'aqua'
  | 'mise'
  | 'notes';

export interface Artefact {
  readonly name: string;
  readonly kind: ArtefactKind;
  /** Of an executable and its archive. */
  readonly arch?: Architecture;
  /** Of a bill of materials: the artefact that it tells of. */
  readonly of?: string;
}

/** One that lies in the folder. */
export interface BuiltArtefact extends Artefact {
  /** In bytes. */
  readonly size: number;
  /** In hexadecimal digits. */
  readonly sha256: string;
}

/** Written into the folder as `artefacts.json`. */
export interface ReleaseManifest {
  readonly version: string;
  /** All 40 digits. */
  readonly commit: string;
  /** RFC 3339, of the commit. */
  readonly commitDate: string;
  readonly artefacts: readonly BuiltArtefact[];
  /** What a dry run left out, and why; empty in a release. */
  readonly leftOut: readonly string[];
}

export const manifestFile = 'artefacts.json';
export const checksumsFile = 'SHA256SUMS';

export const archiveName = (arch: Architecture): string => `${executableName(arch)}.tar.gz`;
export const npmTarballName = (version: string): string => `openshift-hyperfleet-maestro-cli-${version}.tgz`;
export const chartArchiveName = (version: string): string => `${chartName}-${version}.tgz`;
export const sbomName = (artefact: string): string => `${artefact}.cdx.json`;

/** What is made before anything that needs the checksum of another artefact. */
export function firstArtefacts(version: string, archs: readonly Architecture[]): readonly Artefact[] {
  const npm = npmTarballName(version);
  return [
    { name: npm, kind: 'npm' },
    { name: sbomName(npm), kind: 'sbom', of: npm },
    ...archs.flatMap((arch): readonly Artefact[] => {
      const name = executableName(arch);
      return [
        { name, kind: 'executable', arch },
        { name: archiveName(arch), kind: 'archive', arch },
        { name: sbomName(name), kind: 'sbom', of: name },
      ];
    }),
    { name: noticesFile, kind: 'notices' },
    { name: chartArchiveName(version), kind: 'chart' },
    { name: `maestro-cli-schemas-${version}.tar.gz`, kind: 'schemas' },
    { name: `maestro-cli-man-${version}.tar.gz`, kind: 'man' },
    { name: 'RELEASE-NOTES.md', kind: 'notes' },
  ];
}

/** Entries for package managers, made from the checksums of the others. */
export const entryArtefacts: readonly Artefact[] = [
  { name: 'maestro-cli.rb', kind: 'formula' },
  { name: 'maestro.yaml', kind: 'krew' },
  { name: 'aqua-registry.yaml', kind: 'aqua' },
  { name: 'mise.toml', kind: 'mise' },
];

/** Where users get a file of the release from. */
export function downloadUrl(version: string, name: string): string {
  return `${repositoryUrl}/releases/download/v${version}/${name}`;
}

/** The checksum of an artefact. @throws Error when there is none of that name. */
export function checksumOf(artefacts: readonly BuiltArtefact[], name: string): string {
  const found = artefacts.find((artefact) => artefact.name === name);
  if (found === undefined) throw new Error(`the release has no ${name}`);
  return found.sha256;
}

export async function sha256OfFile(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Adds size and checksum of the file that lies in the folder. */
export async function measured(folder: string, artefact: Artefact): Promise<BuiltArtefact> {
  const file = join(folder, artefact.name);
  return { ...artefact, size: statSync(file).size, sha256: await sha256OfFile(file) };
}

/** As `sha256sum` prints them and `sha256sum --check` reads them, in the order of their names. */
export function checksums(artefacts: readonly BuiltArtefact[]): string {
  return artefacts
    .map(({ name, sha256 }) => `${sha256}  ${name}\n`)
    .sort((a, b) => (a.slice(66) < b.slice(66) ? -1 : 1))
    .join('');
}
