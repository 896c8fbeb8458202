import { present } from '../core/present.ts';
import { shellWord } from '../core/shell-word.ts';
import { MaestroError } from '../errors.ts';
import type { FlagSpec } from './command-spec.ts';
import type { FlagReader } from './flag-values.ts';

/** Where manifests come from. */
export interface ManifestInput {
  /** Files, directories, globs and `-`. */
  readonly files: readonly string[];
  /** A directory that kustomize makes them of, in the place of files. */
  readonly kustomize?: string;
  /** Of directories take what lies deeper, too. */
  readonly recursive?: boolean;
}

/** Beside the flag for files. */
export const manifestInputFlags: readonly FlagSpec[] = [
  {
    flags: '-k, --kustomize <dir>',
    about:
      'take what `kubectl kustomize DIR`, else `kustomize build DIR`, makes of this directory, in the place of files',
  },
  { flags: '-R, --recursive', about: 'take the files of directories below those of -f, too' },
];

/**
 * What those flags say.
 *
 * @param filesFlag the attribute of the flag for files
 * @throws MaestroError usage for flags that contradict each other
 */
export function manifestInput(flags: FlagReader, filesFlag = 'manifestFile'): ManifestInput {
  const files = flags.list(filesFlag);
  const kustomize = flags.text('kustomize');
  const recursive = flags.on('recursive');
  if (kustomize === undefined) return { files, ...(recursive ? { recursive } : {}) };
  if (files.length > 0) {
    throw new MaestroError('usage', '-f and -k both say where manifests come from; leave one out', {
      hint: `Together: kubectl kustomize ${shellWord(kustomize)} | maestro-cli … -f - ${files.map((file) => `-f ${shellWord(file)}`).join(' ')}`,
    });
  }
  if (recursive) throw new MaestroError('usage', '-R is about the directories of -f, and -k was given');
  return { files, ...present({ kustomize }) };
}

/** Whether any were named. */
export function namesManifests({ files, kustomize }: ManifestInput): boolean {
  return files.length > 0 || kustomize !== undefined;
}
