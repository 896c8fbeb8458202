import { MaestroError } from '../../errors.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json.ts';
import type { Condition } from '../status/work-status.ts';
import { plausiblePlurals } from '../works/config-address.ts';
import { nearest } from '../works/did-you-mean.ts';
import { manifestKey, manifestLabel } from '../works/manifest-work.ts';
import { formatSelector } from './format.ts';
import { matchesSelector, unmatchedSelectors } from './selectors.ts';
import { atomsOf, type Expression, type Selector } from './syntax-tree.ts';
import { workConditions } from './words.ts';

/** What is known of the work that an expression is about. */
export interface ExpressionSubject {
  readonly name: string;
  readonly manifests: readonly JsonObject[];
  readonly manifestConfigs: readonly JsonObject[];
  /** Conditions that the work shows already. */
  readonly conditions?: readonly Condition[];
}

/**
 * Refuses what could never become true, before anybody waits for it: a
 * selector without a manifest, and a condition that nothing reports of a work.
 * An agent reports a closed set of them (`workConditions`), and of others those
 * that a condition rule of the work makes. Quotes ask for any other one.
 *
 * @param work undefined while it does not exist: then only the closed set is known
 * @param begin first sentence of the hint, such as "Nothing was sent."
 * @throws MaestroError usage
 */
export function refuseImpossible(
  expressions: readonly Expression[],
  work: ExpressionSubject | undefined,
  begin = '',
): void {
  for (const expression of expressions) {
    refuseUnknownConditions(expression, work, begin);
    if (work !== undefined) refuseUnmatched(expression, work, begin);
  }
}

function refuseUnknownConditions(expression: Expression, work: ExpressionSubject | undefined, begin: string): void {
  const ofWork =
    work === undefined ? [] : [...ruledConditions(work), ...(work.conditions ?? []).map(({ type }) => type)];
  const known = [...workConditions, ...ofWork];
  const lower = new Set(known.map((type) => type.toLowerCase()));
  for (const atom of atomsOf(expression)) {
    if (atom.kind !== 'work-condition' || atom.quoted === true || lower.has(atom.type.toLowerCase())) continue;
    const meant = nearest(atom.type, known);
    const advice =
      meant === undefined
        ? `A work has ${[...new Set(known)].join(', ')}. For a condition of an object write Kind/name:${atom.type}; ` +
          `"${atom.type}" in quotes waits for one that a condition rule will report.`
        : `Did you mean ${meant}? In quotes, "${atom.type}" is awaited all the same.`;
    throw new MaestroError(
      'usage',
      `nothing reports a condition ${atom.type} of ${work?.name ?? 'a work'}, so the wait would never end`,
      {
        reason: 'InvalidExpression',
        hint: sentences(begin, advice),
      },
    );
  }
}

function refuseUnmatched(expression: Expression, work: ExpressionSubject, begin: string): void {
  const unmatched = unmatchedSelectors(expression, work.manifests);
  if (unmatched.length === 0) return;
  const advice = atomsOf(expression).flatMap((atom) => {
    if (atom.kind !== 'resource' || !unmatched.includes(formatSelector(atom.selector))) return [];
    return selectorAdvice(atom.selector, work.manifests) ?? [];
  });
  throw new MaestroError('usage', `no manifest of ${work.name} matches ${unmatched.join(', ')}`, {
    reason: 'NothingSelected',
    hint: sentences(begin, advice[0] ?? 'Selectors are Kind[.group]/[namespace/]name.'),
  });
}

/**
 * What was probably meant by a selector that matches nothing: kubectl's plural
 * (`deployments/web`), a misspelt kind or name, a group or namespace too many.
 */
function selectorAdvice(selector: Selector, manifests: readonly JsonObject[]): string | undefined {
  const plural = pluralAdvice(selector, manifests);
  if (plural !== undefined) return plural;
  const keys = manifests.map((manifest) => manifestKey(manifest));
  const kinds = [...new Set(keys.map(({ kind }) => kind))];
  const kind = nearest(selector.resourceKind, kinds);
  if (kind === undefined) return undefined;
  const asKind: Selector = { ...selector, resourceKind: kind };
  if (keys.some((key) => matchesSelector(asKind, key))) return `Did you mean ${formatSelector(asKind)}?`;
  const ofKind = keys.filter((key) => key.kind === kind);
  const meant = nearest(
    selector.name ?? '',
    ofKind.map(({ name }) => name),
  );
  const named = ofKind.find(({ name }) => name === meant);
  return named === undefined ? undefined : `Did you mean ${manifestLabel(named)}?`;
}

/**
 * The selector with the kind in the place of kubectl's plural, when that
 * matches. It is not simply taken: `Endpoints` may be a kind of its own beside
 * a custom `Endpoint`.
 */
export function pluralAdvice(selector: Selector, manifests: readonly JsonObject[]): string | undefined {
  const written = selector.resourceKind.toLowerCase();
  const key = manifests
    .map((manifest) => manifestKey(manifest))
    .find(
      (one) =>
        plausiblePlurals(one.kind).includes(written) && matchesSelector({ ...selector, resourceKind: one.kind }, one),
    );
  if (key === undefined) return undefined;
  return `Did you mean ${formatSelector({ ...selector, resourceKind: key.kind })}? A selector has the kind, as in the manifest.`;
}

/** The conditions that the rules of a work have its agent report. */
function ruledConditions({ manifestConfigs }: ExpressionSubject): readonly string[] {
  return manifestConfigs.flatMap((config) => {
    const rules = config['conditionRules'];
    if (!Array.isArray(rules)) return [];
    return (rules as readonly JsonValue[]).flatMap((rule) => {
      const condition = isJsonObject(rule) ? rule['condition'] : undefined;
      return typeof condition === 'string' && condition !== '' ? [condition] : [];
    });
  });
}

function sentences(...parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join(' ');
}
