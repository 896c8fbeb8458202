import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { architectures } from '../../artefacts/names.ts';
import { downloadUrl, type BuiltArtefact, type ReleaseManifest } from '../artefacts.ts';
import type { Release } from '../check.ts';
import { findTool, run } from '../../tools.ts';

/** Homebrew, krew, aqua and mise would find the files of this release under these names and checksums. */
export function entryFaults(release: Release): readonly string[] {
  const { folder, manifest, tell } = release;
  const faults: string[] = [];
  for (const { name, kind } of manifest.artefacts) {
    const text = (): string => readFileSync(join(folder, name), 'utf8');
    if (kind === 'formula' || kind === 'mise') faults.push(...addressFaults(name, text(), manifest));
    if (kind === 'krew') faults.push(...addressFaults(name, text(), manifest), ...krewFaults(text(), manifest));
    if (kind === 'aqua') faults.push(...aquaFaults(text(), manifest));
  }
  faults.push(...rubyFaults(release), ...krewInstallFaults(release));
  if (faults.length === 0) tell('ok  entries for Homebrew, krew, aqua and mise');
  return faults;
}

/** Each address is that of an artefact, and its checksum follows it before the next address does. */
export function addressFaults(name: string, text: string, { version, artefacts }: ReleaseManifest): readonly string[] {
  const addresses = [...text.matchAll(/https:\/\/\S+?\/releases\/download\/[^\s"']+/g)];
  if (addresses.length === 0) return [`${name} names no file of the release`];
  return addresses.flatMap(([address], index) => {
    const artefact = artefacts.find((one) => downloadUrl(version, one.name) === address);
    if (artefact === undefined) return [`${name} names ${address}, which is no artefact of this release`];
    const rest = text.slice(addresses[index]?.index, addresses[index + 1]?.index);
    return rest.includes(artefact.sha256) ? [] : [`${name} has another checksum for ${artefact.name}`];
  });
}

interface KrewManifest {
  readonly apiVersion?: string;
  readonly kind?: string;
  readonly metadata?: { readonly name?: string };
  readonly spec?: {
    readonly version?: string;
    readonly shortDescription?: string;
    readonly platforms?: readonly { readonly uri?: string; readonly bin?: string }[];
  };
}

/** What krew asks for of a manifest in its index. */
export function krewFaults(text: string, { version, artefacts }: ReleaseManifest): readonly string[] {
  const { apiVersion, kind, metadata, spec } = parse(text) as KrewManifest;
  const archives = artefacts.filter((artefact) => artefact.kind === 'archive');
  const faults: string[] = [];
  const expect = (holds: boolean, fault: string): void => void (holds || faults.push(`maestro.yaml: ${fault}`));
  expect(apiVersion === 'krew.googlecontainertools.github.com/v1alpha2' && kind === 'Plugin', 'it is no krew plugin');
  // The name is the file's, and the part of `kubectl NAME`.
  expect(metadata?.name === 'maestro', 'its name is not that of its file');
  expect(spec?.version === `v${version}`, `its version is ${spec?.version ?? 'absent'}`);
  const { length } = spec?.shortDescription ?? '';
  expect(length > 0 && length <= 50, 'its short description has no text, or more than 50 characters');
  expect(spec?.platforms?.length === archives.length, 'it does not have one platform for each archive');
  for (const { uri = '', bin } of spec?.platforms ?? [])
    expect(uri.endsWith('.tar.gz') && bin === 'maestro-cli', `${uri} is no archive with maestro-cli`);
  return faults;
}

interface AquaRegistry {
  readonly packages?: readonly {
    readonly asset?: string;
    readonly format?: string;
    readonly replacements?: Readonly<Record<string, string>>;
  }[];
}

/** The template of aqua leads to each archive. */
export function aquaFaults(text: string, { artefacts }: ReleaseManifest): readonly string[] {
  const [entry] = (parse(text) as AquaRegistry).packages ?? [];
  return artefacts
    .filter(
      (artefact): artefact is BuiltArtefact & Required<Pick<BuiltArtefact, 'arch'>> => artefact.kind === 'archive',
    )
    .flatMap(({ name, arch }) => {
      const goArch = architectures[arch];
      const filled = (entry?.asset ?? '')
        .replace('{{.OS}}', 'linux')
        .replace('{{.Arch}}', entry?.replacements?.[goArch] ?? goArch)
        .replace('{{.Format}}', entry?.format ?? '');
      return filled === name ? [] : [`aqua-registry.yaml leads to ${filled}, not to ${name}`];
    });
}

/** Ruby reads the formula, and what it installs runs. */
function rubyFaults({ folder, manifest, tell }: Release): readonly string[] {
  const formula = manifest.artefacts.find(({ kind }) => kind === 'formula')?.name;
  const ruby = findTool('ruby');
  if (formula === undefined) return ['there is no formula'];
  if (ruby === undefined) {
    tell(`--  ${formula} is not read by Ruby: there is none here`);
    return [];
  }
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-formula-'));
  try {
    const rehearsal = join(import.meta.dirname, 'rehearse-formula.rb');
    const printed = run(ruby, ['-w', rehearsal, join(folder, formula), folder, work, process.execPath]);
    if (!printed.includes(`maestro-cli ${manifest.version}`))
      return [`${formula}: what it installs prints ${JSON.stringify(printed)}`];
    tell(`ok  ${formula}: what it installs runs`);
    return [];
  } catch (error) {
    return [`${formula}: ${String(error)}`];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

/** Krew itself installs the archive of this machine's processor by the manifest, and `kubectl-maestro` runs. */
function krewInstallFaults({ folder, manifest, tell }: Release): readonly string[] {
  const krew = findTool('krew');
  const entry = manifest.artefacts.find(({ kind }) => kind === 'krew')?.name;
  const archive = manifest.artefacts.find(({ kind, arch }) => kind === 'archive' && arch === process.arch)?.name;
  if (krew === undefined || entry === undefined || archive === undefined) {
    tell('--  the plugin is not installed by krew: it is not here');
    return [];
  }
  const work = mkdtempSync(join(tmpdir(), 'maestro-cli-krew-'));
  try {
    const env = { ...process.env, KREW_ROOT: work };
    run(krew, ['install', `--manifest=${join(folder, entry)}`, `--archive=${join(folder, archive)}`], { env });
    const printed = run(join(work, 'bin/kubectl-maestro'), ['version'], { env: { PATH: '' } });
    if (!printed.startsWith(`maestro-cli ${manifest.version}`))
      return [`the plugin that krew installs prints ${JSON.stringify(printed)}`];
    tell('ok  krew installs the plugin, and kubectl-maestro runs');
    return [];
  } catch (error) {
    return [`krew: ${String(error)}`];
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}
