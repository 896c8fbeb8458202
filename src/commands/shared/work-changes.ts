import type { JsonObject, JsonValue } from '../../core/json.ts';
import { maskAnnotations, maskSecretPair } from '../../core/mask-secrets.ts';
import { contentDifferences, type Change, type ContentDifference } from '../../core/works/compare.ts';
import { manifestKey, manifestLabel, type ManifestKey, type ManifestWork } from '../../core/works/manifest-work.ts';
import { ownAnnotationPrefix } from '../../core/works/own-annotations.ts';
import { canonicalYaml } from '../../output/canonical-yaml.ts';
import { oneLine } from '../../core/shown-text.ts';
import { unifiedDiff } from '../../output/unified-diff.ts';

/** One part of a work that an apply would change. Values of Secrets are masked in all of it. */
export interface PartChange {
  /** Which part of the work it is; `order` is that of its manifests. */
  readonly part: ContentDifference['part'] | 'executor';
  /** What would become of it. */
  readonly change: Change;
  /** `ConfigMap/default/settings`, or the name of the part. */
  readonly subject: string;
  /** Group, version, kind, namespace and name of a manifest. */
  readonly key?: ManifestKey;
  /** What is stored. */
  readonly before?: JsonValue;
  /** What would be stored. */
  readonly after?: JsonValue;
  /** A unified diff of both as YAML. */
  readonly diff: string;
}

/** What is known of a stored executor, for comparing it with the one that would be written. */
export interface ExecutorChange {
  readonly before: JsonObject | undefined;
  readonly after: JsonObject | undefined;
}

/** The order in which the parts are told. */
const partOrder: readonly PartChange['part'][] = [
  'labels',
  'annotations',
  'manifest',
  'manifestConfigs',
  'deleteOption',
  'executor',
  'order',
];

const nothing: ManifestWork = { name: '', labels: {}, annotations: {}, manifests: [], manifestConfigs: [] };

/**
 * Everything that would change, sorted, with what differs in each part. Our
 * own annotations are no content. With nothing stored, everything is added.
 */
export function changesBetween(
  before: ManifestWork | undefined,
  after: ManifestWork,
  executor?: ExecutorChange,
): readonly PartChange[] {
  const stored = before ?? nothing;
  const differences = contentDifferences(stored, after, { ignoreAnnotationsUnder: ownAnnotationPrefix });
  const seen = new Set<string>();
  const changes = differences.flatMap((difference) => {
    // One entry for the whole of the labels, and one for manifests that share an address.
    const address = difference.part === 'manifest' ? JSON.stringify(difference.key) : difference.part;
    if (seen.has(address)) return [];
    seen.add(address);
    return [partChange(difference, stored, after, before === undefined)];
  });
  const executorChange =
    executor === undefined ? [] : [change('executor', 'executor', executor.before, executor.after)];
  return [...changes, ...executorChange].sort(byPartAndSubject);
}

function partChange(
  difference: ContentDifference,
  before: ManifestWork,
  after: ManifestWork,
  isNew: boolean,
): PartChange {
  switch (difference.part) {
    case 'labels':
      return change('labels', 'labels', filled(before.labels), filled(after.labels));
    case 'annotations':
      return change('annotations', 'annotations', filled(shownAnnotations(before)), filled(shownAnnotations(after)));
    case 'manifest':
      return manifestChange(difference.key, before, after);
    case 'manifestConfigs':
      return change(
        'manifestConfigs',
        'manifestConfigs',
        filled(before.manifestConfigs),
        filled(after.manifestConfigs),
      );
    case 'deleteOption':
      return change('deleteOption', 'deleteOption', filled(before.deleteOption), filled(after.deleteOption));
    case 'order':
      return change('order', 'order of manifests', isNew ? undefined : labelsOf(before), labelsOf(after));
  }
}

/** Manifests of one address; a stored work may, against all rules, hold several. */
function manifestChange(key: ManifestKey, before: ManifestWork, after: ManifestWork): PartChange {
  const masked = maskSecretPair({ items: manifestsAt(before, key) }, { items: manifestsAt(after, key) });
  const [oldOnes, newOnes] = [masked.before?.['items'], masked.after?.['items']] as readonly (readonly JsonValue[])[];
  return { ...change('manifest', manifestLabel(key), oneOrAll(oldOnes), oneOrAll(newOnes)), key };
}

function change(
  part: PartChange['part'],
  subject: string,
  before: JsonValue | undefined,
  after: JsonValue | undefined,
): PartChange {
  const name = oneLine(subject);
  return {
    part,
    change: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    subject: name,
    ...(before === undefined ? {} : { before }),
    ...(after === undefined ? {} : { after }),
    diff: unifiedDiff(
      { name: `stored/${name}`, text: asText(before) },
      { name: `applied/${name}`, text: asText(after) },
    ),
  };
}

function asText(value: JsonValue | undefined): string | undefined {
  return value === undefined ? undefined : canonicalYaml(value);
}

function manifestsAt(work: ManifestWork, key: ManifestKey): readonly JsonObject[] {
  const address = JSON.stringify(key);
  return work.manifests.filter((manifest) => JSON.stringify(manifestKey(manifest)) === address);
}

function oneOrAll(items: readonly JsonValue[] | undefined): JsonValue | undefined {
  return items === undefined || items.length <= 1 ? items?.[0] : items;
}

function shownAnnotations(work: ManifestWork): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(maskAnnotations(work.annotations, work.manifests)).filter(
      ([name]) => !name.startsWith(ownAnnotationPrefix),
    ),
  );
}

function labelsOf(work: ManifestWork): JsonValue {
  return work.manifests.map((manifest) => manifestLabel(manifestKey(manifest)));
}

/** Empty parts of the envelope mean the same as absent ones. */
function filled<T extends JsonValue>(value: T | undefined): T | undefined {
  if (value === undefined || value === null || typeof value !== 'object') return value;
  return Object.keys(value).length === 0 ? undefined : value;
}

/** By code units, so that the order is the same everywhere. */
function byPartAndSubject(left: PartChange, right: PartChange): number {
  const parts = partOrder.indexOf(left.part) - partOrder.indexOf(right.part);
  if (parts !== 0) return parts;
  const [leftText, rightText] = [textOf(left), textOf(right)];
  if (leftText === rightText) return 0;
  return leftText < rightText ? -1 : 1;
}

function textOf({ subject, key }: PartChange): string {
  return `${subject} ${key?.version ?? ''}`;
}
