import { isJsonObject, parseJson, toWireJson, type JsonObject, type JsonValue } from '../../core/json.ts';
import { objectAt, objectsAt, textAt } from '../../core/json-fields.ts';
import { manifestKey } from '../../core/works/manifest-work.ts';
import { isApplication } from '../bundle/content-hash.ts';
import { applicationsResource, argoGroup } from '../constants.ts';

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

const letGoStrategy = { type: 'CreateOnly' } as const;
const letGoDeletion = { propagationPolicy: 'Orphan' } as const;

/** The options with which the work lets go of the Applications among its manifests. */
export function letGoOptions(
  manifests: readonly JsonObject[],
  { manifestConfigs }: Pick<WorkOptions, 'manifestConfigs'>,
): WorkOptions {
  return { manifestConfigs: withStrategy(manifests, manifestConfigs, letGoStrategy), deleteOption: letGoDeletion };
}

/**
 * The options with which a work takes its Applications back. One that only
 * looks (`ReadOnly`) adds no owner reference, so it may create until it owns.
 */
export function owningOptions(manifests: readonly JsonObject[], before: WorkOptions): WorkOptions {
  const looking = manifests.filter(
    (manifest) => isApplication(manifest) && strategyOf(manifest, before.manifestConfigs) === 'ReadOnly',
  );
  if (looking.length === 0) return before;
  return { ...before, manifestConfigs: withStrategy(looking, before.manifestConfigs, letGoStrategy) };
}

/** True of options that `letGoOptions` made, whatever else they say. */
export function hasLetGo(manifests: readonly JsonObject[], { manifestConfigs, deleteOption }: WorkOptions): boolean {
  return (
    textAt(deleteOption ?? {}, 'propagationPolicy') === letGoDeletion.propagationPolicy &&
    manifests
      .filter((manifest) => isApplication(manifest))
      .every((manifest) => strategyOf(manifest, manifestConfigs) === letGoStrategy.type)
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
  let value: JsonValue;
  try {
    value = parseJson(text);
  } catch {
    return undefined;
  }
  if (!isJsonObject(value) || !Array.isArray(value['manifestConfigs'])) return undefined;
  const deleteOption = value['deleteOption'];
  return {
    manifestConfigs: objectsAt(value, 'manifestConfigs'),
    ...(isJsonObject(deleteOption) ? { deleteOption } : {}),
  };
}

function withStrategy(
  manifests: readonly JsonObject[],
  configs: readonly JsonObject[],
  updateStrategy: JsonObject,
): readonly JsonObject[] {
  const others = [...configs];
  // First, because an agent takes the first that is about an object.
  const first = manifests
    .filter((manifest) => isApplication(manifest))
    .map((manifest) => {
      const at = others.findIndex((config) => isAbout(config, manifest));
      const [own] = at < 0 ? [undefined] : others.splice(at, 1);
      const { namespace, name } = manifestKey(manifest);
      const resourceIdentifier = { group: argoGroup, resource: applicationsResource, namespace, name };
      return { resourceIdentifier, ...own, updateStrategy };
    });
  return [...first, ...others];
}

function strategyOf(manifest: JsonObject, configs: readonly JsonObject[]): string {
  const config = configs.find((one) => isAbout(one, manifest));
  return textAt(objectAt(config ?? {}, 'updateStrategy'), 'type') || 'Update';
}

function isAbout(config: JsonObject, manifest: JsonObject): boolean {
  const identifier = objectAt(config, 'resourceIdentifier');
  const { namespace, name } = manifestKey(manifest);
  return (
    textAt(identifier, 'group') === argoGroup &&
    textAt(identifier, 'resource') === applicationsResource &&
    textAt(identifier, 'namespace') === namespace &&
    textAt(identifier, 'name') === name
  );
}
