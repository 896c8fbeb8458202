import { isJsonObject, type JsonObject, type JsonValue } from '../../../core/json.ts';
import { manifestWorkApiVersion, manifestWorkKind } from '../../../core/works/manifest-work.ts';
import type { SourceDocument } from '../../../core/yaml/read-documents.ts';

/**
 * The shorter forms that `build` takes, as the Go tool does: a list of
 * manifests, or the `spec`, `workload` or `manifests` of a ManifestWork by
 * itself. They become the ManifestWork that they stand for; places in messages
 * still point into the file.
 */
export function asManifestWork(document: SourceDocument, name: string): SourceDocument {
  const { value } = document;
  if (Array.isArray(value))
    return wrapped(document, name, { workload: { manifests: value as JsonValue } }, manifestsAt([]));
  if (!isJsonObject(value) || value['kind'] !== undefined) return document;
  const { spec, workload, manifests } = value;
  if (isJsonObject(spec)) return wrapped(document, name, spec, (path) => path);
  if (isJsonObject(workload)) return wrapped(document, name, value, (path) => path.slice(1));
  if (!Array.isArray(manifests)) return document;
  const { manifests: _manifests, ...rest } = value;
  return wrapped(
    document,
    name,
    { ...rest, workload: { manifests: manifests as JsonValue } },
    manifestsAt(['manifests']),
  );
}

type Path = readonly (string | number)[];

/** Paths into the ManifestWork, as paths into a file that holds its manifests at `prefix`. */
function manifestsAt(prefix: Path): (path: Path) => Path {
  return (path) => (path[1] === 'workload' ? [...prefix, ...path.slice(3)] : path.slice(1));
}

function wrapped(
  document: SourceDocument,
  name: string,
  spec: JsonObject,
  toFile: (path: Path) => Path,
): SourceDocument {
  return {
    ...document,
    value: { apiVersion: manifestWorkApiVersion, kind: manifestWorkKind, metadata: { name }, spec },
    locate: (path) => document.locate(toFile(path)),
  };
}
