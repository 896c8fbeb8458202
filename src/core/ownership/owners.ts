import { isJsonObject, parseJson, type JsonValue } from '../json.ts';
import { manifestKey, manifestLabel, type ManifestWork } from '../works/manifest-work.ts';
import { managersAnnotation, ownAnnotationPrefix } from '../works/own-annotations.ts';

/** The manager for whom `build` made its output; apply writes it as that manager when it was told of none. */
export const builtByAnnotation = `${ownAnnotationPrefix}built-by`;

/** Manager of each manifest, by the manifest's label (`Kind.group/namespace/name`). */
export type Owners = ReadonlyMap<string, string>;

/**
 * Who owns each manifest of a stored work. Our annotation records it; a
 * manifest without a record belongs to the source, because that is who wrote
 * works before records were kept, and who writes them with other tools.
 */
export function ownersOf(work: ManifestWork, source: string): Owners {
  const recorded = recordedManagers(work);
  return new Map(
    work.manifests.map((manifest) => {
      const label = manifestLabel(manifestKey(manifest));
      return [label, recorded.get(label) ?? source];
    }),
  );
}

/** The work with its owners recorded; what the source owns needs no record. */
export function withOwners(work: ManifestWork, owners: Owners, source: string): ManifestWork {
  return recorded(work, (label) => {
    const manager = owners.get(label) ?? source;
    return manager === source ? undefined : manager;
  });
}

/** The work with all owners recorded, the source too: for works whose names would tell another owner. */
export function withOwnersOfAll(work: ManifestWork, owners: Owners): ManifestWork {
  return recorded(work, (label) => owners.get(label));
}

function recorded(work: ManifestWork, managerOf: (label: string) => string | undefined): ManifestWork {
  const byManager = new Map<string, string[]>();
  for (const label of new Set(work.manifests.map((manifest) => manifestLabel(manifestKey(manifest))))) {
    const manager = managerOf(label);
    if (manager !== undefined) byManager.set(manager, [...(byManager.get(manager) ?? []), label]);
  }
  const { [managersAnnotation]: _old, ...annotations } = work.annotations;
  if (byManager.size === 0) return { ...work, annotations };
  const record = Object.fromEntries(
    [...byManager].sort(([a], [b]) => (a < b ? -1 : 1)).map(([manager, labels]) => [manager, labels.sort()]),
  );
  return { ...work, annotations: { ...annotations, [managersAnnotation]: JSON.stringify(record) } };
}

/** The work without anything that maestro-cli records on it. */
export function withoutOwnAnnotations(work: ManifestWork): ManifestWork {
  const kept = Object.entries(work.annotations).filter(([name]) => !name.startsWith(ownAnnotationPrefix));
  return { ...work, annotations: Object.fromEntries(kept) };
}

/** Labels of the manifests whose manager is on record. */
export function recordedLabels(work: ManifestWork): ReadonlySet<string> {
  return new Set(recordedManagers(work).keys());
}

/** A record that somebody has damaged counts as none: its manifests fall to the source. */
function recordedManagers(work: ManifestWork): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  const text = work.annotations[managersAnnotation];
  if (text === undefined) return found;
  let record: JsonValue;
  try {
    record = parseJson(text);
  } catch {
    return found;
  }
  if (!isJsonObject(record)) return found;
  for (const [manager, labels] of Object.entries(record)) {
    if (!Array.isArray(labels)) continue;
    for (const label of labels as readonly JsonValue[]) if (typeof label === 'string') found.set(label, manager);
  }
  return found;
}
