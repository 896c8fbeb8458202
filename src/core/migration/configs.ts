import type { JsonObject } from '../json.ts';
import { optionText } from '../works/compare.ts';
import { isAboutResource } from '../works/config-address.ts';
import type { HeldObject, OldWork } from './old-work.ts';

/** An object with the plural name of its resource; undefined where no agent has told it. */
export type Addressed = Pick<HeldObject, 'label' | 'key'> & { readonly resource: string | undefined };

export function addressed({ label, key }: HeldObject, { resources }: Pick<OldWork, 'resources'>): Addressed {
  return { label, key, resource: resources[label] };
}

/** Whether the agent takes this config for that object. */
export function concerns(config: JsonObject, { key, resource }: Addressed): boolean {
  return isAboutResource(config, key, resource);
}

/** What configs say of an object beside whom they are about, in their order: the agent takes the first that says it. */
export function effectText(configs: readonly JsonObject[], object: Addressed): string {
  return JSON.stringify(
    configs
      .filter((config) => concerns(config, object))
      .map(({ resourceIdentifier: _address, ...options }) => optionText(options)),
  );
}

/** The address of one object and no other. */
export function exactIdentifier({ key, resource }: Addressed): JsonObject {
  return {
    ...(key.group === '' ? {} : { group: key.group }),
    resource: resource ?? '',
    name: key.name,
    ...(key.namespace === '' ? {} : { namespace: key.namespace }),
  };
}

/** An object that is put into a new work, with the old work that it and its options come from. */
export interface Placed {
  readonly object: Addressed;
  readonly from: OldWork;
}

/**
 * The options of a new work: those of its objects, from the works that these
 * come from. One with `*` in its address that would reach objects of another
 * work is put down for each of its own instead.
 */
export function unitedConfigs(placed: readonly Placed[]): readonly JsonObject[] {
  const found = new Map<string, JsonObject>();
  for (const old of new Set(placed.map(({ from }) => from))) {
    const own = placed.filter(({ from }) => from === old).map(({ object }) => object);
    const others = placed.filter(({ from }) => from !== old);
    for (const config of old.work.manifestConfigs) {
      const about = own.filter((object) => concerns(config, object));
      const text = optionText(config);
      const strays = others.some(
        ({ object, from }) =>
          concerns(config, object) && !from.work.manifestConfigs.some((other) => optionText(other) === text),
      );
      if (about.length === 0) continue;
      if (strays) for (const object of about) add(found, { ...config, resourceIdentifier: exactIdentifier(object) });
      else add(found, config);
    }
  }
  return [...found.values()];
}

/** Two works that hold one object, or the same pattern, say the same of it. */
function add(found: Map<string, JsonObject>, config: JsonObject): void {
  const text = optionText(config);
  if (!found.has(text)) found.set(text, config);
}

/** How an agent brings an object to the cluster: the first config that says so, else `Update`. */
export function strategyOf(configs: readonly JsonObject[], object: Addressed): string {
  for (const config of configs) {
    const strategy = config['updateStrategy'];
    if (!isStrategy(strategy) || !concerns(config, object)) continue;
    return typeof strategy['type'] === 'string' ? strategy['type'] : 'Update';
  }
  return 'Update';
}

/**
 * Configs that have each object brought to the cluster in this way. They stand first, one for each object and no
 * other, because an agent takes the first that is about it; what the object's own said beside stays.
 */
export function withStrategy(
  configs: readonly JsonObject[],
  objects: readonly Addressed[],
  type: string,
): readonly JsonObject[] {
  const others = [...configs];
  const first = objects.map((object) => {
    const identifier = exactIdentifier(object);
    const at = others.findIndex((config) => optionText(config['resourceIdentifier']) === optionText(identifier));
    const [own] = at < 0 ? [undefined] : others.splice(at, 1);
    return { ...own, resourceIdentifier: identifier, updateStrategy: { type } };
  });
  return [...first, ...others];
}

function isStrategy(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null;
}
