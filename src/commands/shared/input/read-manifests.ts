import type { ManifestInput } from '../../../command-line/manifest-input.ts';
import { ReadingRoom } from '../../../core/yaml/reading-room.ts';
import { readDocuments, type SourceDocument } from '../../../core/yaml/read-documents.ts';
import { readInputs, type Source } from '../../../io/input-files.ts';
import type { KustomizeContext } from './kustomize.ts';

/** What manifests are read with. */
export interface ManifestSource extends Source, KustomizeContext {}

/** The documents of one file, or of one kustomization. */
export interface ManifestFile {
  readonly file: string;
  readonly documents: readonly SourceDocument[];
}

/**
 * Reads all that was named; nothing is checked but that it is YAML or JSON.
 *
 * @param warn told what a program said that built a kustomization
 * @throws MaestroError invalid-input, usage, timeout
 */
export async function readManifestFiles(
  { files, kustomize, recursive }: ManifestInput,
  source: ManifestSource,
  warn: (text: string) => void,
): Promise<readonly ManifestFile[]> {
  const room = new ReadingRoom(() => source.roomBytes ?? Number.POSITIVE_INFINITY);
  if (kustomize !== undefined) return [await readKustomization(kustomize, { source, room, warn })];
  return (await readInputs(files, source, { recursive })).map(({ name, text }) => ({
    file: name,
    documents: readDocuments(text, name, { room }),
  }));
}

/** Places are in what the program made; which of its documents it is tells more than the line. */
export async function readKustomization(
  dir: string,
  {
    source,
    room,
    warn,
  }: { readonly source: ManifestSource; readonly room: ReadingRoom; readonly warn: (text: string) => void },
): Promise<ManifestFile> {
  const { buildKustomization } = await import('./kustomize.ts');
  const { name, text, warnings } = await buildKustomization(dir, source);
  for (const warning of warnings) warn(warning);
  const documents = readDocuments(text, name, { room });
  return {
    file: name,
    documents: documents.map((document, index) => ({ ...document, file: `${name}, document ${index + 1}` })),
  };
}
