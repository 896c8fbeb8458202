import { isJsonObject, parseJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { objectAt, textAt } from '../../core/json-fields.ts';
import { optionText } from '../../core/works/compare.ts';
import { storedContent } from '../../core/works/document.ts';
import { manifestKey, manifestLabel, type ManifestWork } from '../../core/works/manifest-work.ts';
import type { ResourceBundle } from '../../core/works/resource-bundle.ts';
import { contentHashOf, isApplication } from '../bundle/content-hash.ts';
import { updateStrategyFor } from '../bundle/draft-bundle.ts';
import { travellingFields, withVersion } from '../bundle/stored-bundle.ts';
import { contentHashStamp, freezeStampPrefix, migrationStamp, strategiesStamp, touchAnnotation } from '../constants.ts';

/** Migrations of bundles that are none of works: what the stamp of their run begins with. */
export const stampPrefixes = { freeze: freezeStampPrefix, uninstall: 'uninstall-' } as const;

/** What a run stamps on the bundles that it works on, so that the controllers leave them alone. */
export function stampOf(kind: keyof typeof stampPrefixes, runId: string): string {
  return `${stampPrefixes[kind]}${runId}`;
}

/** The stamp of the run that works on a bundle; "" when none does. */
export function migrationOf({ metadata }: Pick<ResourceBundle, 'metadata'>): string {
  return textAt(objectAt(metadata, 'annotations'), migrationStamp);
}

const readOnly: JsonObject = { type: 'ReadOnly' };
const createOnly: JsonObject = { type: 'CreateOnly' };

/**
 * The bundle as it changes nothing on the cluster and reports as before: every
 * manifest is `ReadOnly`. What it was stands in a stamp, so that it is put back
 * exactly; feedback rules and content stay.
 */
export function frozenForm(row: ResourceBundle, stamp: string): ManifestWork {
  const work = storedContent(row);
  return {
    ...work,
    annotations: {
      ...work.annotations,
      [migrationStamp]: stamp,
      [strategiesStamp]: JSON.stringify(work.manifestConfigs.map((config) => config['updateStrategy'] ?? null)),
    },
    manifestConfigs: work.manifestConfigs.map((config) => ({ ...config, updateStrategy: readOnly })),
  };
}

/** Whether all that it holds is `ReadOnly`. */
export function isReadOnly({ manifestConfigs }: Pick<ResourceBundle, 'manifestConfigs'>): boolean {
  return manifestConfigs.every((config) => optionText(objectAt(config, 'updateStrategy')) === optionText(readOnly));
}

/**
 * Manifests whose strategy no config of their own says, by label: how the agent applies them cannot be changed without
 * making one up.
 */
export function withoutConfig({
  manifests,
  manifestConfigs,
}: Pick<ResourceBundle, 'manifests' | 'manifestConfigs'>): readonly string[] {
  return manifests
    .map((manifest) => manifestKey(manifest))
    .filter(
      ({ group, namespace, name }) =>
        !manifestConfigs.some((config) => {
          const identifier = objectAt(config, 'resourceIdentifier');
          return (
            textAt(identifier, 'group') === group &&
            textAt(identifier, 'namespace') === namespace &&
            textAt(identifier, 'name') === name
          );
        }),
    )
    .map((key) => manifestLabel(key));
}

export interface Thawed {
  readonly work: ManifestWork;
  /** The Application was marked, so that the agent applies it once more. */
  readonly touched: boolean;
  /** It is what the controllers published last, so they have nothing to do. */
  readonly isAsPublished: boolean;
}

/**
 * The bundle as it was before it was frozen: its strategies from the stamp, and where that cannot be read, those that
 * the controllers give.
 *
 * The agent applies an Application only when it is another one than that which
 * it applied last, so what was changed on the cluster meanwhile stays. A `mark`
 * makes it another one. The controllers' hash leaves it out, so they find the
 * bundle unchanged. With an operation or a refresh in it, it is not marked:
 * applied once more, they would run once more.
 *
 * @param mark a text that was not used before; undefined: nothing is marked
 */
export function thawedForm(row: ResourceBundle, mark: string | undefined): Thawed {
  const stored = storedContent(row);
  const { [migrationStamp]: _stamp, [strategiesStamp]: strategies = '', ...annotations } = stored.annotations;
  const before = readStrategies(strategies, stored.manifestConfigs.length);
  const manifestConfigs = stored.manifestConfigs.map((config, at): JsonObject => {
    const { updateStrategy: _readOnly, ...others } = config;
    const strategy = before === undefined ? updateStrategyFor(objectAt(config, 'resourceIdentifier')) : before[at];
    return isJsonObject(strategy) ? { ...others, updateStrategy: strategy } : others;
  });
  const touched = mark !== undefined && Object.keys(travellingFields(stored.manifests)).length === 0;
  const work: ManifestWork = {
    ...stored,
    annotations,
    manifestConfigs,
    manifests: touched ? stored.manifests.map((manifest) => marked(manifest, mark)) : stored.manifests,
  };
  const isAsPublished = contentHashOf(work) === annotations[contentHashStamp];
  // The stamp of the version is believed, so it is put on nothing but what was published under this hash.
  return { work: isAsPublished ? withVersion(work, row.version + 1) : work, touched, isAsPublished };
}

function readStrategies(text: string, count: number): readonly JsonValue[] | undefined {
  if (text === '') return undefined;
  try {
    const value = parseJson(text);
    return Array.isArray(value) && value.length === count ? (value as readonly JsonValue[]) : undefined;
  } catch {
    // Somebody edited it.
    return undefined;
  }
}

function marked(manifest: JsonObject, mark: string): JsonObject {
  if (!isApplication(manifest)) return manifest;
  const metadata = objectAt(manifest, 'metadata');
  const annotations = { ...objectAt(metadata, 'annotations'), [touchAnnotation]: mark };
  return { ...manifest, metadata: { ...metadata, annotations } };
}

/**
 * The bundle as it lets go: what it holds stays when it is deleted, and it
 * changes nothing any more. With `CreateOnly` the agent still puts the owner
 * references right, which it does not with `ReadOnly`.
 */
export function leavingForm(row: ResourceBundle, stamp: string): ManifestWork {
  const work = storedContent(row);
  const { [strategiesStamp]: _strategies, ...annotations } = work.annotations;
  return {
    ...work,
    annotations: { ...annotations, [migrationStamp]: stamp },
    manifestConfigs: work.manifestConfigs.map((config) => ({ ...config, updateStrategy: createOnly })),
    deleteOption: { propagationPolicy: 'Orphan' },
  };
}

/** Whether it has been told to let go of all that it holds. */
export function isLeaving({ manifestConfigs, deleteOption }: ResourceBundle): boolean {
  return (
    textAt(deleteOption ?? {}, 'propagationPolicy') === 'Orphan' &&
    manifestConfigs.every((config) => optionText(objectAt(config, 'updateStrategy')) === optionText(createOnly))
  );
}
