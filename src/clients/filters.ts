import { isJsonObject, type JsonObject, type JsonValue } from '../core/json.ts';
import { replacedBy } from '../core/migration/replaces.ts';
import { textMap } from '../core/works/text-maps.ts';
import { workName, type Consumer, type ResourceBundle } from '../core/works/resource-bundle.ts';

/**
 * Which bundles are meant. Every member narrows the choice, an absent one does not; a list means "one of these", and an
 * empty list nothing at all.
 */
export interface BundleFilter {
  /** Bundle ids. */
  readonly ids?: readonly string[];
  /** Names of consumers. */
  readonly consumers?: readonly string[];
  /** REST shows the source of a bundle nowhere, but finds it. */
  readonly source?: string;
  /** Names of the works themselves, `metadata.name`. */
  readonly names?: readonly string[];
  /** Works that a migration put in the place of the work of this name; `*` for those in the place of any. */
  readonly replacing?: string;
  /** All of these labels. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * An executor that contains this one, any executor when it is `{}`: REST does not show executors, so to look for them
   * is the only way to learn about them.
   */
  readonly executor?: JsonObject;
  /**
   * A manifest that contains one of these patterns: `{kind, metadata: {namespace, name}}` or less. Each counts as one
   * of the ten conditions that Maestro takes.
   */
  readonly manifests?: readonly JsonObject[];
  /** Changed after the time (RFC 3339); status writes count as changes. */
  readonly updatedAfter?: string;
}

/** Which consumers are meant; as `BundleFilter`. */
export interface ConsumerFilter {
  readonly ids?: readonly string[];
  readonly names?: readonly string[];
}

/** What REST does not show of a bundle. */
export interface HiddenFacts {
  readonly source: string;
  readonly executor?: JsonObject;
}

/**
 * Whether a bundle is one of those that are meant.
 *
 * @param hidden for who knows it; without it the bundle is judged by what REST shows, and by no time of a change
 */
export function matchesBundle(where: BundleFilter, bundle: ResourceBundle, hidden?: HiddenFacts): boolean {
  const { ids, consumers, names, replacing, labels = {}, manifests } = where;
  return (
    isOneOf(ids, bundle.id) &&
    isOneOf(consumers, bundle.consumerName) &&
    isOneOf(names, workName(bundle)) &&
    (replacing === undefined || replaces(bundle, replacing)) &&
    (Object.keys(labels).length === 0 || contains(bundle.metadata['labels'], labels)) &&
    (manifests === undefined ||
      bundle.manifests.some((manifest) => manifests.some((pattern) => contains(manifest, pattern)))) &&
    (hidden === undefined || matchesHidden(where, bundle, hidden))
  );
}

/** Whether a consumer is one of those that are meant. */
export function matchesConsumer({ ids, names }: ConsumerFilter, consumer: Consumer): boolean {
  return isOneOf(ids, consumer.id) && isOneOf(names, consumer.name);
}

function matchesHidden(
  { source, executor, updatedAfter }: BundleFilter,
  { updatedAt }: ResourceBundle,
  hidden: HiddenFacts,
): boolean {
  return (
    (source === undefined || hidden.source === source) &&
    (executor === undefined || contains(hidden.executor, executor)) &&
    (updatedAfter === undefined || isLater(updatedAt, updatedAfter))
  );
}

/** To the last digit: Maestro keeps microseconds, and `Date` milliseconds. */
function isLater(time: string, than: string): boolean {
  const secondOf = (text: string): number => Math.floor(Date.parse(text) / 1000);
  const fractionOf = (text: string): number => Number(`0${/\.\d+/.exec(text)?.[0] ?? ''}`);
  const seconds = secondOf(time) - secondOf(than);
  return seconds === 0 ? fractionOf(time) > fractionOf(than) : seconds > 0;
}

function replaces({ metadata }: ResourceBundle, name: string): boolean {
  const names = replacedBy({ annotations: textMap(metadata['annotations']) });
  return name === '*' ? names.length > 0 : names.includes(name);
}

function isOneOf(wanted: readonly string[] | undefined, value: string): boolean {
  return wanted === undefined || wanted.includes(value);
}

/** As `@>` of PostgreSQL: every part of the pattern is in the value. */
function contains(value: JsonValue | undefined, pattern: JsonValue | undefined): boolean {
  if (isJsonList(pattern)) {
    return isJsonList(value) && pattern.every((wanted) => value.some((member) => contains(member, wanted)));
  }
  if (!isJsonObject(pattern)) return value === pattern;
  return isJsonObject(value) && Object.entries(pattern).every(([key, member]) => contains(value[key], member));
}

function isJsonList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
