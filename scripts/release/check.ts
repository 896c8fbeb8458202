/** Looks at a folder with a release as whoever installs from it would, and names what is not in order. */
import type { ReleaseManifest } from './artefacts.ts';
import { chartFaults } from './check/chart.ts';
import { checksumFaults } from './check/checksums.ts';
import { entryFaults } from './check/entries.ts';
import { executableFaults } from './check/executables.ts';
import { npmFaults } from './check/npm.ts';
import { paperFaults } from './check/papers.ts';

export interface Release {
  readonly folder: string;
  readonly manifest: ReleaseManifest;
  /** Told of what was looked at, or could not be, in lines for people. */
  readonly tell: (line: string) => void;
}

/** A sentence for each fault; none when the release is in order. */
export async function checkRelease(
  folder: string,
  manifest: ReleaseManifest,
  tell: (line: string) => void,
): Promise<readonly string[]> {
  const release: Release = { folder, manifest, tell };
  // Nothing is run whose checksum is not that of the list.
  const broken = await checksumFaults(release);
  if (broken.length > 0) return broken;
  return [
    ...npmFaults(release),
    ...executableFaults(release),
    ...chartFaults(release),
    ...paperFaults(release),
    ...entryFaults(release),
  ];
}
