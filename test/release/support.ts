import { createHash } from 'node:crypto';
import { type Architecture } from '../../scripts/artefacts/names.ts';
import { firstArtefacts, type BuiltArtefact, type ReleaseManifest } from '../../scripts/release/artefacts.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A release whose files hold their own names. */
export function inventedRelease(
  version: string,
  archs: readonly Architecture[] = ['x64', 'arm64'],
): ReleaseManifest & { readonly artefacts: readonly BuiltArtefact[] } {
  return {
    version,
    commit: '0123456789abcdef0123456789abcdef01234567',
    commitDate: '2026-01-02T03:04:05Z',
    artefacts: firstArtefacts(version, archs).map((artefact) => ({
      ...artefact,
      size: artefact.name.length,
      sha256: sha256(artefact.name),
    })),
    leftOut: [],
  };
}
