import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { optionText } from '../works/compare.ts';
import { exactIdentifier, type Addressed } from './configs.ts';
import type { OldWork } from './old-work.ts';
import { RefusedError } from './refusal.ts';

/**
 * Whether an object stays on the cluster when its work is deleted. The agent
 * gives such an object no owner.
 *
 * @throws RefusedError for what no agent of today knows
 */
export function outlivesWork(deleteOption: JsonObject | undefined, object: Addressed, work: string): boolean {
  const policy = deleteOption?.['propagationPolicy'] ?? 'Foreground';
  switch (policy) {
    case '':
    case 'Foreground':
      return false;
    case 'Orphan':
      return true;
    case 'SelectivelyOrphan':
      return orphaningRules(deleteOption).some((rule) => isExactly(rule, object));
    default:
      throw new RefusedError([work], `its propagation policy is ${JSON.stringify(policy)}, which is not known`);
  }
}

/** An object that is put into a new work, and what its old work says of deletion. */
export interface PlacedForDeletion {
  readonly object: Addressed;
  readonly from: Pick<OldWork, 'work'>;
}

/**
 * The deleteOption of a new work that keeps exactly those objects which the old works keep.
 *
 * @throws RefusedError when it cannot be said
 */
export function unitedDeleteOption(placed: readonly PlacedForDeletion[]): JsonObject | undefined {
  const works = [...new Set(placed.map(({ from }) => from.work))];
  const lifetimes = new Set(works.map(({ deleteOption }) => optionText(rest(deleteOption))));
  if (lifetimes.size > 1)
    throw new RefusedError(
      works.map(({ name }) => name),
      'their deleteOptions differ in ttlSecondsAfterFinished, and one work has one',
    );
  const kept = placed.filter(({ object, from }) => outlivesWork(from.work.deleteOption, object, from.work.name));
  const lifetime = rest(works[0]?.deleteOption);
  if (kept.length === 0) {
    const policies = works.map(({ deleteOption }) => deleteOption?.['propagationPolicy']);
    if (policies.every((policy) => policy === 'Foreground')) return { propagationPolicy: 'Foreground', ...lifetime };
    return Object.keys(lifetime).length === 0 ? undefined : { propagationPolicy: 'Foreground', ...lifetime };
  }
  if (kept.length === placed.length) return { propagationPolicy: 'Orphan', ...lifetime };
  const unknown = kept.find(({ object }) => object.resource === undefined);
  if (unknown !== undefined)
    throw new RefusedError(
      [unknown.from.work.name],
      `${unknown.object.label} is to stay on the cluster, and its agent has not told the plural name of its kind, which the rule that says so needs`,
    );
  return {
    propagationPolicy: 'SelectivelyOrphan',
    selectivelyOrphans: { orphaningRules: kept.map(({ object }) => exactIdentifier(object)) },
    ...lifetime,
  };
}

/** What a deleteOption says beside which objects stay. */
function rest(deleteOption: JsonObject | undefined): JsonObject {
  const { propagationPolicy: _policy, selectivelyOrphans: _rules, ...others } = deleteOption ?? {};
  return others;
}

function orphaningRules(deleteOption: JsonObject | undefined): readonly JsonObject[] {
  const selective = deleteOption?.['selectivelyOrphans'];
  const rules = isJsonObject(selective) ? selective['orphaningRules'] : undefined;
  return Array.isArray(rules) ? (rules as readonly JsonValue[]).filter((rule) => isJsonObject(rule)) : [];
}

/** Rules know no `*`. */
function isExactly(rule: JsonObject, { key, resource }: Addressed): boolean {
  return (
    text(rule['group']) === key.group &&
    text(rule['resource']) === resource &&
    text(rule['namespace']) === key.namespace &&
    text(rule['name']) === key.name
  );
}

function text(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
