import type { JsonObject, JsonValue } from '../../../core/json.ts';
import type { Notation, Sides } from '../../../core/fleet/consumer-notation.ts';
import { maskAnnotations, maskSecretPair } from '../../../core/mask-secrets.ts';
import { secretValues } from '../../../core/secret-texts.ts';
import { contentDifferences, type Change, type ContentDifference } from '../../../core/works/compare.ts';
import { manifestKey, manifestLabel, type ManifestKey, type ManifestWork } from '../../../core/works/manifest-work.ts';
import { ownAnnotationPrefix } from '../../../core/works/own-annotations.ts';
import { canonicalYaml } from '../../../output/canonical-yaml.ts';
import { oneLine } from '../../../core/shown-text.ts';
import { unifiedDiff } from '../../../output/unified-diff.ts';

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

/** What else is compared, and how what differs is shown. */
export interface ChangeOptions {
  readonly executor?: ExecutorChange | undefined;
  /** In the words of the template, where there is one; else as it is. */
  readonly notation?: Notation | undefined;
}

const asTheyAre: Notation = { key: (key) => key, sides: (_part, sides) => sides };

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
  { executor, notation = asTheyAre }: ChangeOptions = {},
): readonly PartChange[] {
  const stored = before ?? nothing;
  const differences = contentDifferences(stored, after, { ignoreAnnotationsUnder: ownAnnotationPrefix });
  const seen = new Set<string>();
  const works = {
    before: stored,
    after,
    isNew: before === undefined,
    notation,
    secrets: differences.length === 0 ? new Set<string>() : secretValues([...stored.manifests, ...after.manifests]),
  };
  const changes = differences.flatMap((difference) => {
    // One entry for the whole of the labels, and one for manifests that share an address.
    const address = difference.part === 'manifest' ? JSON.stringify(difference.key) : difference.part;
    if (seen.has(address)) return [];
    seen.add(address);
    return [partChange(difference, works)];
  });
  const executorChange =
    executor === undefined ? [] : [change('executor', 'executor', notation.sides('executor', executor))];
  return [...changes, ...executorChange].sort(byPartAndSubject);
}

/** Two works that are compared. */
interface Compared {
  readonly before: ManifestWork;
  readonly after: ManifestWork;
  readonly isNew: boolean;
  readonly notation: Notation;
  /** Of all manifests of both: one may hold a copy of what is secret in another. */
  readonly secrets: ReadonlySet<string>;
}

function partChange(difference: ContentDifference, works: Compared): PartChange {
  const { before, after, isNew, notation, secrets } = works;
  const changeOf = (part: Exclude<ContentDifference['part'], 'manifest'>, sides: Sides, subject: string = part) =>
    change(part, subject, notation.sides(part, sides));
  switch (difference.part) {
    case 'labels':
      return changeOf('labels', maskedLabels(before, after, secrets));
    case 'annotations':
      return changeOf('annotations', {
        before: filled(shownAnnotations(before)),
        after: filled(shownAnnotations(after)),
      });
    case 'manifest':
      return manifestChange(difference.key, works);
    case 'manifestConfigs':
    case 'deleteOption':
      return changeOf(difference.part, {
        before: filled(before[difference.part]),
        after: filled(after[difference.part]),
      });
    case 'order':
      return changeOf(
        'order',
        { before: isNew ? undefined : labelsOf(before), after: labelsOf(after) },
        'order of manifests',
      );
  }
}

/** Manifests of one address; a stored work may, against all rules, hold several. */
function manifestChange(key: ManifestKey, { before, after, notation, secrets }: Compared): PartChange {
  const masked = maskSecretPair({ items: manifestsAt(before, key) }, { items: manifestsAt(after, key) }, secrets);
  const [oldOnes, newOnes] = [masked.before?.['items'], masked.after?.['items']] as readonly (readonly JsonValue[])[];
  const shown = notation.key(key);
  const sides = notation.sides(key, { before: oneOrAll(oldOnes), after: oneOrAll(newOnes) });
  return { ...change('manifest', manifestLabel(shown), sides), key: shown };
}

function change(part: PartChange['part'], subject: string, { before, after }: Sides): PartChange {
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

function maskedLabels(before: ManifestWork, after: ManifestWork, secrets: ReadonlySet<string>): Sides {
  const masked = maskSecretPair({ labels: before.labels }, { labels: after.labels }, secrets);
  return { before: filled(masked.before?.['labels']), after: filled(masked.after?.['labels']) };
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
