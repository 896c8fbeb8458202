import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { checksums, checksumsFile, manifestFile, sha256OfFile } from '../artefacts.ts';
import type { Release } from '../check.ts';
import { run } from '../../tools.ts';

/** Every artefact of the list is there as it was listed, nothing else is, and `sha256sum` says so too. */
export async function checksumFaults({ folder, manifest, tell }: Release): Promise<readonly string[]> {
  const faults: string[] = [];
  const there = new Set(readdirSync(folder));
  for (const { name, sha256 } of manifest.artefacts) {
    if (!there.delete(name)) faults.push(`${name} is missing`);
    else if ((await sha256OfFile(join(folder, name))) !== sha256)
      faults.push(`${name} has another checksum than ${manifestFile} says`);
  }
  if (!there.delete(checksumsFile)) faults.push(`${checksumsFile} is missing`);
  else if (readFileSync(join(folder, checksumsFile), 'utf8') !== checksums(manifest.artefacts))
    faults.push(`${checksumsFile} is not what ${manifestFile} says`);
  there.delete(manifestFile);
  // Signatures are laid beside the checksums by the workflow.
  for (const name of there) if (!name.endsWith('.sigstore.json')) faults.push(`${name} is no artefact of this release`);
  if (faults.length > 0) return faults;
  try {
    run('sha256sum', ['--check', '--strict', '--quiet', checksumsFile], { cwd: folder });
    tell(`ok  ${manifest.artefacts.length} checksums`);
  } catch (error) {
    faults.push(`sha256sum --check: ${String(error)}`);
  }
  return faults;
}
