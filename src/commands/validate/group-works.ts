import type { Problem } from '../../core/works/problem.ts';
import { readWorks, type WorkInput } from '../../core/works/read-works.ts';
import type { SourceDocument } from '../../core/yaml/read-documents.ts';
import { MaestroError } from '../../errors.ts';
import type { ReadFile } from './read-files.ts';

/** Documents that were read together, and the works in them. */
export interface WorkGroup {
  readonly files: readonly string[];
  readonly works: readonly WorkInput[];
  readonly problems: readonly Problem[];
  /** Plain manifests, whose paths begin at the manifest. */
  readonly plain: boolean;
  /** The plain manifests got a name for their work. */
  readonly named: boolean;
}

/** Stands for the name that plain manifests have not got yet. */
const placeholder = 'unnamed';

/**
 * With a name, the documents of all files are read as apply reads them. Without
 * one each file stands for itself, so that a directory may hold works beside
 * plain manifests, and the plain manifests of a file are checked together.
 */
export function groupWorks(files: readonly ReadFile[], name: string | undefined): readonly WorkGroup[] {
  const full = files.filter(({ documents }) => documents.length > 0);
  if (name === undefined) return full.map((file) => groupOf([file], name));
  return full.length === 0 ? [] : [groupOf(full, name)];
}

function groupOf(files: readonly ReadFile[], name: string | undefined): WorkGroup {
  const documents = files.flatMap((file) => file.documents);
  const plain = isPlain(documents);
  const { works, problems } = readWorks(
    documents,
    name === undefined ? (plain ? { name: placeholder } : {}) : { name },
  );
  return { files: files.map((file) => file.name), works, problems, plain, named: name !== undefined };
}

/** Only plain manifests cannot be read without a name. */
function isPlain(documents: readonly SourceDocument[]): boolean {
  try {
    readWorks(documents);
    return false;
  } catch (caught) {
    if (MaestroError.from(caught).code === 'usage') return true;
    throw caught;
  }
}
