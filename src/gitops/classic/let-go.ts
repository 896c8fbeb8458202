import { isJsonObject, parseJsonObject, toWireJson, type JsonObject } from '../../core/json.ts';
import { objectAt, objectsAt, textAt } from '../../core/json-fields.ts';
import { strategyOf, withStrategy, type Addressed } from '../../core/migration/configs.ts';
import { manifestKey, manifestLabel } from '../../core/works/manifest-work.ts';
import { isApplication } from '../bundle/content-hash.ts';
import { applicationsResource } from '../constants.ts';

/**
 * The options of a work by which it lets go of its Application: `Orphan` takes
 * the agent's owner reference off, and `CreateOnly` keeps it from writing
 * anything else. A work without an applying strategy (`ReadOnly`) would keep
 * its reference, and its deletion would take the Application along.
 */
export interface WorkOptions {
  readonly manifestConfigs: readonly JsonObject[];
  readonly deleteOption?: JsonObject;
}

const letGoStrategy = 'CreateOnly';
const letGoDeletion = { propagationPolicy: 'Orphan' } as const;

/** The options with which the work lets go of the Applications among its manifests. */
export function letGoOptions(
  manifests: readonly JsonObject[],
  { manifestConfigs }: Pick<WorkOptions, 'manifestConfigs'>,
): WorkOptions {
  return {
    manifestConfigs: withStrategy(manifestConfigs, applicationsOf(manifests), letGoStrategy),
    deleteOption: letGoDeletion,
  };
}

/**
 * The options with which a work takes its Applications back. One that only
 * looks (`ReadOnly`) adds no owner reference, so it may create until it owns.
 */
export function owningOptions(manifests: readonly JsonObject[], before: WorkOptions): WorkOptions {
  const { manifestConfigs } = before;
  const looking = applicationsOf(manifests).filter((one) => strategyOf(manifestConfigs, one) === 'ReadOnly');
  if (looking.length === 0) return before;
  return { ...before, manifestConfigs: withStrategy(manifestConfigs, looking, letGoStrategy) };
}

/** True of options that `letGoOptions` made, whatever else they say. */
export function hasLetGo(manifests: readonly JsonObject[], { manifestConfigs, deleteOption }: WorkOptions): boolean {
  return (
    textAt(deleteOption ?? {}, 'propagationPolicy') === letGoDeletion.propagationPolicy &&
    applicationsOf(manifests).every((one) => strategyOf(manifestConfigs, one) === letGoStrategy)
  );
}

/** The options of a ManifestWork of the hub. */
export function optionsOf(work: JsonObject): WorkOptions {
  const spec = objectAt(work, 'spec');
  const deleteOption = objectAt(spec, 'deleteOption');
  return {
    manifestConfigs: objectsAt(spec, 'manifestConfigs'),
    ...(Object.keys(deleteOption).length === 0 ? {} : { deleteOption }),
  };
}

/** The manifests of a ManifestWork of the hub. */
export function manifestsOf(work: JsonObject): readonly JsonObject[] {
  return objectsAt(objectAt(objectAt(work, 'spec'), 'workload'), 'manifests');
}

/** `spec` of a ManifestWork with other options. */
export function specWith(work: JsonObject, { manifestConfigs, deleteOption }: WorkOptions): JsonObject {
  const { manifestConfigs: _configs, deleteOption: _option, ...rest } = objectAt(work, 'spec');
  return {
    ...rest,
    ...(manifestConfigs.length === 0 ? {} : { manifestConfigs }),
    ...(deleteOption === undefined ? {} : { deleteOption }),
  };
}

/** Options as the text of an annotation, so that whoever puts the work back needs nothing but the work. */
export function optionsText({ manifestConfigs, deleteOption }: WorkOptions): string {
  return toWireJson({ manifestConfigs, ...(deleteOption === undefined ? {} : { deleteOption }) });
}

/** Reads them back; undefined for what is no such text. */
export function readOptions(text: string): WorkOptions | undefined {
  const value = parseJsonObject(text);
  if (value === undefined || !Array.isArray(value['manifestConfigs'])) return undefined;
  const deleteOption = value['deleteOption'];
  return {
    manifestConfigs: objectsAt(value, 'manifestConfigs'),
    ...(isJsonObject(deleteOption) ? { deleteOption } : {}),
  };
}

/** The Applications among manifests, as their agent finds the configs that are about them. */
export function applicationsOf(manifests: readonly JsonObject[]): readonly Addressed[] {
  return manifests
    .filter((manifest) => isApplication(manifest))
    .map((manifest) => {
      const key = manifestKey(manifest);
      return { label: manifestLabel(key), key, resource: applicationsResource };
    });
}
