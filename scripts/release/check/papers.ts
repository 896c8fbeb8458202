import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sbomName, type ArtefactKind } from '../artefacts.ts';
import type { Release } from '../check.ts';

/** What foreign code ships in, and so needs a bill of materials. */
const withSbom: readonly ArtefactKind[] = ['npm', 'executable'];

/** Bills of materials, licences of others and the notes are there and speak of this release. */
export function paperFaults({ folder, manifest, tell }: Release): readonly string[] {
  const faults: string[] = [];
  const names = new Set(manifest.artefacts.map(({ name }) => name));
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  for (const { name, kind } of manifest.artefacts) {
    if (!withSbom.includes(kind)) continue;
    const sbom = sbomName(name);
    if (names.has(sbom)) faults.push(...sbomFaults(read(sbom), manifest.version).map((fault) => `${sbom}: ${fault}`));
    else if (!manifest.leftOut.some((line) => line.startsWith(`${sbom}: `)))
      faults.push(`${name} has no bill of materials`);
  }
  for (const [kind, minimum] of [
    ['notices', 1_000],
    ['notes', 10],
  ] as const) {
    const name = manifest.artefacts.find((artefact) => artefact.kind === kind)?.name;
    // What is left out was told when it was.
    if (name === undefined && manifest.leftOut.length > 0) continue;
    if (name === undefined) faults.push(`there is no artefact with the ${kind}`);
    else if (read(name).length < minimum) faults.push(`${name} is nearly empty`);
  }
  if (faults.length === 0) tell('ok  bills of materials, notices and notes');
  return faults;
}

export function sbomFaults(text: string, version: string): readonly string[] {
  const bom = JSON.parse(text) as {
    bomFormat?: string;
    metadata?: { component?: { version?: string } };
    components?: readonly unknown[];
  };
  const faults: string[] = [];
  if (bom.bomFormat !== 'CycloneDX') faults.push('it is no CycloneDX document');
  const told = bom.metadata?.component?.version;
  if (told !== version) faults.push(`it tells of version ${told ?? 'none'}`);
  if ((bom.components ?? []).length === 0) faults.push('it names no component');
  return faults;
}
