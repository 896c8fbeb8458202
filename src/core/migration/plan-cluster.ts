import { optionText, sameContent } from '../works/compare.ts';
import { bundleId } from '../works/bundle-id.ts';
import type { ManifestWork } from '../works/manifest-work.ts';
import { ownAnnotationPrefix, withExecutorRecord } from '../works/own-annotations.ts';
import { withOwnersOfAll } from '../ownership/owners.ts';
import { validateWork } from '../works/validate.ts';
import type { ClusterPlan, NewWork } from './cluster-plan.ts';
import { proofForm, withoutProof } from './forms.ts';
import { unitedConfigs } from './configs.ts';
import { unitedDeleteOption } from './delete-options.ts';
import { namesFor } from './names.ts';
import { labelOf, type OldWork, type Pattern } from './old-work.ts';
import { partsOf, type Part } from './parts.ts';
import { RefusedError, type Refusal } from './refusal.ts';
import { replacedBy, withReplaced, withUnited } from './replaces.ts';
import { unitedMaps } from './united-maps.ts';

/** What is to become of the works of one cluster, and what the user has decided for it. */
export interface PlanRequest {
  readonly consumer: string;
  readonly source: string;
  readonly to: Pattern;
  /** A template for the names of the new works; see `defaultNames`. */
  readonly name: string;
  /** Managers of works for which nothing tells one, by the names of works. */
  readonly managerOf: Readonly<Record<string, string>>;
  /** The work whose content, labels and annotations count where two differ. */
  readonly prefer?: string;
}

export type PlannedCluster =
  | { readonly kind: 'planned'; readonly plan: ClusterPlan }
  | { readonly kind: 'refused'; readonly consumer: string; readonly refusals: readonly Refusal[] };

/**
 * Plans the new works of one cluster. Pure: the same works give the same plan.
 *
 * Each object of the old works comes into exactly one new work, with its
 * manager, its options and whether it outlives its work. What cannot be said of
 * the new works as it was of the old ones is refused, with the names of the works.
 *
 * @param old the works to replace, applied at their versions
 * @param taken names on this consumer that works of others, or works that stay, have
 */
export function planCluster(old: readonly OldWork[], taken: ReadonlySet<string>, request: PlanRequest): PlannedCluster {
  const sorted = [...old].sort((a, b) => (a.work.name < b.work.name ? -1 : 1));
  // Rules that an earlier migration proved ownership by are no part of what the works are to be.
  const content = sorted.map((one): OldWork => ({ ...one, work: withoutProof(one.work) }));
  const { parts, managers, notes, refusals } = partsOf(content, request);
  if (refusals.length > 0) return { kind: 'refused', consumer: request.consumer, refusals };
  const groups = groupsOf(parts, request.to);
  const names = namesFor(
    request.name,
    groups.map((group) => factsOf(group, request)),
  );
  const made: NewWork[] = [];
  const found: Refusal[] = [];
  for (const [at, group] of groups.entries()) {
    try {
      made.push(newWork(group, names[at] ?? '', request));
    } catch (caught) {
      if (!(caught instanceof RefusedError)) throw caught;
      found.push(caught.refusal);
    }
  }
  const kept = made.filter((one) => isKept(one, sorted));
  const keptNames = new Set(kept.map(({ work }) => work.name));
  const leaving = sorted.filter(({ work }) => !keptNames.has(work.name));
  const coming = made.filter(({ work }) => !keptNames.has(work.name));
  found.push(...nameRefusals(coming, leaving, taken));
  if (found.length > 0) return { kind: 'refused', consumer: request.consumer, refusals: found };
  const plan: ClusterPlan = {
    consumer: request.consumer,
    old: leaving,
    new: coming.map((one) => ({ ...one, work: withReplaced(one.work, replacedNames(one, leaving, made)) })),
    managers,
    notes: [...notes, ...kept.map(({ work }) => `${work.name} is as it should be, and stays`)],
  };
  return { kind: 'planned', plan };
}

/** What goes into one new work. */
type Group = readonly Part[];

/** In the order of the old works; the objects of one keep theirs. */
function groupsOf(parts: readonly Part[], to: Pattern): readonly Group[] {
  if (to === 'C') return parts.length === 0 ? [] : [parts];
  const groups = new Map<string, Part[]>();
  for (const part of parts) {
    const key = to === 'A' ? part.manager : part.object.label;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [part]);
    else group.push(part);
  }
  return [...groups.values()];
}

function factsOf(group: Group, { consumer, to }: PlanRequest): Parameters<typeof namesFor>[1][number] {
  const [first] = group;
  const manager = first?.manager ?? '';
  switch (to) {
    case 'A':
      return { cluster: consumer, manager, identity: manager };
    case 'B':
      return {
        cluster: consumer,
        manager,
        ...(first === undefined ? {} : { key: first.key }),
        identity: first?.object.label ?? '',
      };
    case 'C':
      return { cluster: consumer, identity: consumer };
  }
}

function newWork(group: Group, name: string, request: PlanRequest): NewWork {
  const olds = [...new Set(group.map(({ from }) => from))];
  const executor = oneExecutor(olds);
  const { labels, annotations, record } = unitedMaps(
    olds.map((from) => ({
      work: from.work,
      given: new Set(group.filter((part) => part.from === from).map(({ manager }) => manager)),
    })),
    request.prefer,
  );
  const deleteOption = unitedDeleteOption(group);
  const bare: ManifestWork = {
    name,
    labels,
    annotations,
    manifests: group.flatMap(({ manifests }) => manifests),
    manifestConfigs: unitedConfigs(group),
    ...(deleteOption === undefined ? {} : { deleteOption }),
    ...(executor === undefined ? {} : { executor }),
  };
  const owners = new Map(group.map(({ object, manager }) => [object.label, manager]));
  const work = withExecutorRecord(withUnited(withOwnersOfAll(bare, owners), record));
  const resources = Object.fromEntries(
    group.flatMap(({ object }) => (object.resource === undefined ? [] : [[object.label, object.resource] as const])),
  );
  const one = { id: bundleId(request.source, request.consumer, name), work, resources };
  const [problem] = validateWork(proofForm(one)).filter(({ severity }) => severity === 'error');
  if (problem !== undefined)
    throw new RefusedError(
      olds.map((old) => old.work.name),
      `the new work ${name} could not be stored: ${problem.message}`,
    );
  return one;
}

function oneExecutor(olds: readonly OldWork[]): ManifestWork['executor'] {
  const [first, ...others] = olds;
  const text = optionText(first?.work.executor);
  const different = others.filter(({ work }) => optionText(work.executor) !== text);
  if (different.length > 0)
    throw new RefusedError(
      olds.map(({ work }) => work.name),
      'they are applied by different executors, and one work has one',
    );
  return first?.work.executor;
}

/**
 * An old work is what a new one is to be, so that nothing has to move. One that shares an object with a work that goes
 * is not: nothing would prove that it owns the object before the other lets go.
 */
function isKept({ work }: NewWork, olds: readonly OldWork[]): boolean {
  const labels = new Set(work.manifests.map((manifest) => labelOf(manifest)));
  return olds.some(
    (old) =>
      old.work.name === work.name &&
      sameContent(old.work, work, { ignoreAnnotationsUnder: ownAnnotationPrefix }) &&
      optionText(old.work.executor) === optionText(work.executor) &&
      !olds.some((other) => other !== old && other.work.manifests.some((manifest) => labels.has(labelOf(manifest)))),
  );
}

function nameRefusals(
  coming: readonly NewWork[],
  leaving: readonly OldWork[],
  taken: ReadonlySet<string>,
): readonly Refusal[] {
  const olds = new Set(leaving.map(({ work }) => work.name));
  const seen = new Set<string>();
  return coming.flatMap(({ work: { name } }): Refusal[] => {
    const twice = seen.has(name);
    seen.add(name);
    if (twice)
      return [
        { works: [name], text: 'several new works would have this name; the template of names has to tell them apart' },
      ];
    if (olds.has(name))
      return [{ works: [name], text: 'a new work would have the name of an old one; name it otherwise' }];
    if (taken.has(name))
      return [
        {
          works: [name],
          text: 'the name of a new work is taken: another work has it, or has taken its place',
        },
      ];
    return [];
  });
}

/** The old works of which something is in the new one, and those that they had taken the place of themselves. */
function replacedNames({ work }: NewWork, leaving: readonly OldWork[], made: readonly NewWork[]): readonly string[] {
  const labels = new Set(work.manifests.map((manifest) => labelOf(manifest)));
  const current = new Set(made.map((one) => one.work.name));
  return leaving
    .filter((old) => old.work.manifests.some((manifest) => labels.has(labelOf(manifest))))
    .flatMap((old) => [old.work.name, ...replacedBy(old.work)])
    .filter((name) => !current.has(name));
}
