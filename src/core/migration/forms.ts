import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { entriesOf } from '../status/find-evidence.ts';
import { sameContent } from '../works/compare.ts';
import { storedContent } from '../works/document.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import { ownAnnotationPrefix } from '../works/own-annotations.ts';
import type { ResourceBundle } from '../works/resource-bundle.ts';
import { addressed, concerns, exactIdentifier, strategyOf, withStrategy, type Addressed } from './configs.ts';
import { outlivesWork } from './delete-options.ts';
import { objectsOf } from './old-work.ts';
import type { NewWork } from './cluster-plan.ts';

/** Names of the feedback values by which an agent proves who owns an object, and which object it is. */
export const proofNames = { owners: 'migrationOwners', uid: 'migrationUid' } as const;

/** One name, not the whole references: an agent reports no list of more than 1,024 characters. */
const proofPaths: readonly JsonObject[] = [
  { name: proofNames.owners, path: '.metadata.ownerReferences[*].name' },
  { name: proofNames.uid, path: '.metadata.uid' },
];

/** The objects that a work owns on the cluster: all but those that it only looks at, and those that outlive it. */
export function ownedObjects({ work, resources }: Pick<NewWork, 'work' | 'resources'>): readonly Addressed[] {
  return objectsOf(work)
    .map((held) => addressed(held, { resources }))
    .filter((object) => strategyOf(work.manifestConfigs, object) !== 'ReadOnly')
    .filter((object) => !outlivesWork(work.deleteOption, object, work.name));
}

/**
 * The work with feedback rules that prove who owns its objects; the same work
 * when it owns none. They are added where the agent takes its feedback rules
 * from, so that none of the work's own is hidden by them.
 */
export function proofForm(one: Pick<NewWork, 'work' | 'resources'>): ManifestWork {
  const configs = [...one.work.manifestConfigs];
  const added: JsonObject[] = [];
  for (const object of ownedObjects(one)) {
    const about = [...configs.keys()].filter((at) => concerns(configs[at] ?? {}, object));
    const at = about.find((index) => rulesOf(configs[index]).length > 0) ?? about[0];
    if (at === undefined) added.push(withProof({ resourceIdentifier: exactIdentifier(object) }));
    else configs[at] = withProof(configs[at] ?? {});
  }
  if (added.length === 0 && configs.every((config, at) => config === one.work.manifestConfigs[at])) return one.work;
  return { ...one.work, manifestConfigs: [...added, ...configs] };
}

/** Adds the paths to the rule with paths, or a rule with them; the same config when they are there. */
function withProof(config: JsonObject): JsonObject {
  const rules = rulesOf(config);
  const byPath = rules.findIndex((rule) => rule['type'] === 'JSONPaths');
  const paths = byPath < 0 ? [] : listOf(rules[byPath]?.['jsonPaths']);
  if (paths.some((path) => isJsonObject(path) && path['name'] === proofNames.owners)) return config;
  const rule: JsonObject = { ...(rules[byPath] ?? { type: 'JSONPaths' }), jsonPaths: [...paths, ...proofPaths] };
  const feedbackRules = byPath < 0 ? [...rules, rule] : rules.with(byPath, rule);
  return { ...config, feedbackRules };
}

/** Whether the work has rules that prove its ownership. */
export function hasProof({ manifestConfigs }: Pick<ManifestWork, 'manifestConfigs'>): boolean {
  return manifestConfigs.some((config) => rulesOf(config).some((rule) => listOf(rule['jsonPaths']).some(isProofPath)));
}

/** The work without the rules that prove its ownership; what was there only for them goes as well. */
export function withoutProof(work: ManifestWork): ManifestWork {
  if (!hasProof(work)) return work;
  const manifestConfigs = work.manifestConfigs.flatMap((config): readonly JsonObject[] => {
    if (!hasProof({ manifestConfigs: [config] })) return [config];
    const { feedbackRules: _rules, ...others } = config;
    const rules = rulesOf(config).flatMap((rule): readonly JsonObject[] => {
      const paths = listOf(rule['jsonPaths']);
      const kept = paths.filter((path) => !isProofPath(path));
      if (kept.length === paths.length) return [rule];
      return kept.length === 0 ? [] : [{ ...rule, jsonPaths: kept }];
    });
    if (rules.length > 0) return [{ ...others, feedbackRules: rules }];
    return Object.keys(others).some((member) => member !== 'resourceIdentifier') ? [others] : [];
  });
  return { ...work, manifestConfigs };
}

function isProofPath(path: JsonValue): boolean {
  return isJsonObject(path) && (path['name'] === proofNames.owners || path['name'] === proofNames.uid);
}

/**
 * The work as it lets go of its objects: they stay when it is deleted, and it changes them no more, so that it does
 * not fight with the work that has them now.
 */
export function orphanForm({ work, resources }: Pick<NewWork, 'work' | 'resources'>): ManifestWork {
  const objects = objectsOf(work)
    .map((held) => addressed(held, { resources }))
    .filter((object) => strategyOf(work.manifestConfigs, object) !== 'ReadOnly');
  const manifestConfigs = withStrategy(work.manifestConfigs, objects, 'CreateOnly');
  return { ...work, manifestConfigs, deleteOption: { propagationPolicy: 'Orphan' } };
}

/** How a work of a plan stands in Maestro. */
export type Form =
  | 'absent'
  | 'deleting'
  /** As the plan has it. */
  | 'plain'
  /** The same with the rules that prove its ownership. */
  | 'proof'
  /** It has been told to let go of its objects. */
  | 'orphaned'
  /** Somebody else wrote it. */
  | 'other';

/** Tells how a work of a plan is stored. A work that owns nothing needs no proof: it is plain. */
export function formOf(one: Pick<NewWork, 'work' | 'resources'>, stored: ResourceBundle | undefined): Form {
  return stored?.deletedAt === undefined ? contentFormOf(one, stored) : 'deleting';
}

/** How its content is stored, whether it is being deleted or not. */
export function contentFormOf(
  one: Pick<NewWork, 'work' | 'resources'>,
  stored: ResourceBundle | undefined,
): Exclude<Form, 'deleting'> {
  if (stored === undefined) return 'absent';
  const content = storedContent(stored);
  const proof = proofForm(one);
  const is = (work: ManifestWork): boolean =>
    sameContent(content, work, { ignoreAnnotationsUnder: ownAnnotationPrefix });
  if (is(one.work)) return 'plain';
  if (is(proof)) return 'proof';
  if (is(orphanForm(one)) || is(orphanForm({ ...one, work: proof }))) return 'orphaned';
  return 'other';
}

/**
 * The objects of which no report proves yet that the stored work owns them, by label: the agent names the owners of
 * each, and one of them ends in the id of the work.
 */
export function unproven(one: NewWork, stored: ResourceBundle): readonly string[] {
  const { status } = stored;
  return ownedObjects(one)
    .filter(({ label }) => {
      const [manifest] = objectsOf(one.work).find((held) => held.label === label)?.manifests ?? [];
      if (manifest === undefined || status === undefined) return true;
      const values = entriesOf(manifest, status).flatMap(({ feedback }) => feedback);
      return !values.some(
        ({ name, value }) => name === proofNames.owners && namesOf(value).some((owner) => owner.endsWith(one.id)),
      );
    })
    .map(({ label }) => label);
}

function namesOf(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];
}

function rulesOf(config: JsonObject | undefined): readonly JsonObject[] {
  return listOf(config?.['feedbackRules']).filter((rule) => isJsonObject(rule));
}

function listOf(value: JsonValue | undefined): readonly JsonValue[] {
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [];
}
