import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import { conditionType } from '../status/work-status.ts';
import { isAbout } from '../works/config-address.ts';
import { manifestKey, manifestLabel } from '../works/manifest-work.ts';
import type { ManifestKey } from '../works/manifest-work.ts';
import { formatExpression, formatSelector } from './format.ts';
import { atomsOf } from './syntax-tree.ts';
import type { Expression, ResourceAtom, Selector } from './syntax-tree.ts';

/** Conditions that every agent reports of a manifest, with or without feedback rules. */
const reportedConditions: readonly string[] = [
  conditionType.applied,
  conditionType.available,
  conditionType.feedbackSynced,
];

/** Whether a manifest is among those that a selector means. */
export function matchesSelector(selector: Selector, key: ManifestKey): boolean {
  return (
    key.kind.toLowerCase() === selector.resourceKind.toLowerCase() &&
    (selector.group === undefined || key.group.toLowerCase() === selector.group.toLowerCase()) &&
    (selector.namespace === undefined || key.namespace === selector.namespace) &&
    (selector.name === undefined || key.name === selector.name)
  );
}

/** Every selector of the expression, from left to right. */
export function selectorsOf(expression: Expression): readonly Selector[] {
  return resourceAtomsOf(expression).map((atom) => atom.selector);
}

/** The selectors, as text, that match no manifest of the work: such a wait could never end. */
export function unmatchedSelectors(expression: Expression, manifests: readonly JsonObject[]): string[] {
  const keys = manifests.map((manifest) => manifestKey(manifest));
  const unmatched = selectorsOf(expression).filter((selector) => !keys.some((key) => matchesSelector(selector, key)));
  return [...new Set(unmatched.map((selector) => formatSelector(selector)))];
}

/**
 * The tests that need feedback from a manifest for which the work asks for
 * none, as `test: manifest`. Such a test stays unknown for ever. A condition
 * can also come from a condition rule of the agent.
 */
export function feedbackTestsWithoutRule(
  expression: Expression,
  manifests: readonly JsonObject[],
  manifestConfigs: readonly JsonObject[],
): string[] {
  const lacking = resourceAtomsOf(expression).flatMap((atom) => {
    const { test } = atom;
    if (test.kind === 'condition' && reportedConditions.includes(test.type)) return [];
    const rules = test.kind === 'condition' ? ['feedbackRules', 'conditionRules'] : ['feedbackRules'];
    return manifests
      .map((manifest) => manifestKey(manifest))
      .filter((key) => matchesSelector(atom.selector, key))
      .filter(
        (key) =>
          !manifestConfigs.some(
            (config) => isAbout(config, key) && hasRule(config, rules) && !isLeftOut(config, key.kind, test),
          ),
      )
      .map((key) => `${formatExpression(atom)}: ${manifestLabel(key)}`);
  });
  return [...new Set(lacking)];
}

function resourceAtomsOf(expression: Expression): readonly ResourceAtom[] {
  return atomsOf(expression).filter((atom) => atom.kind === 'resource');
}

/**
 * Of a Job's conditions WellKnownStatus tells Complete alone: nothing ever says that it Failed (seen on a real agent,
 * recordings/outcomes.json).
 */
function isLeftOut(config: JsonObject, kind: string, test: ResourceAtom['test']): boolean {
  if (kind !== 'Job' || test.kind !== 'condition' || hasRule(config, ['conditionRules'])) return false;
  const { feedbackRules } = config;
  const rules = Array.isArray(feedbackRules) ? (feedbackRules as readonly JsonValue[]) : [];
  return (
    rules.every((rule) => isJsonObject(rule) && rule['type'] === 'WellKnownStatus') &&
    !['complete', 'jobcomplete'].includes(test.type.toLowerCase())
  );
}

function hasRule(config: JsonObject, members: readonly string[]): boolean {
  return members.some((member) => {
    const rules = config[member];
    return Array.isArray(rules) && rules.length > 0;
  });
}
