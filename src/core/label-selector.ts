import { MaestroError } from '../errors.ts';
import { labelValueProblems, qualifiedNameProblems } from './works/names.ts';

/** One requirement of a label selector, as kubectl writes them. */
export type Requirement =
  | { readonly kind: 'equals' | 'differs'; readonly key: string; readonly value: string }
  | { readonly kind: 'in' | 'not-in'; readonly key: string; readonly values: readonly string[] }
  | { readonly kind: 'exists' | 'missing'; readonly key: string };

/** Requirements that all have to hold. */
export type LabelSelector = readonly Requirement[];

/**
 * Reads `k=v,k2!=v,k3 in (a,b),k4,!k5`.
 *
 * @throws MaestroError usage, naming the part that is wrong
 */
export function parseLabelSelector(text: string): LabelSelector {
  return splitOutsideParentheses(text).map((part) => parseRequirement(part.trim(), text));
}

/** Whether labels meet every requirement, as Kubernetes judges it. */
export function matchesLabels(selector: LabelSelector, labels: Readonly<Record<string, string>>): boolean {
  return selector.every((requirement) => {
    const value = Object.hasOwn(labels, requirement.key) ? labels[requirement.key] : undefined;
    switch (requirement.kind) {
      case 'equals':
        return value === requirement.value;
      case 'differs':
        return value !== requirement.value;
      case 'in':
        return value !== undefined && requirement.values.includes(value);
      case 'not-in':
        return value === undefined || !requirement.values.includes(value);
      case 'exists':
        return value !== undefined;
      case 'missing':
        return value === undefined;
    }
  });
}

/** The part of a selector that Maestro can search for itself: its equalities. */
export function equalities(selector: LabelSelector): Readonly<Record<string, string>> {
  return Object.fromEntries(
    selector.flatMap((requirement) => (requirement.kind === 'equals' ? [[requirement.key, requirement.value]] : [])),
  );
}

function parseRequirement(part: string, whole: string): Requirement {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return checked({ kind: set[2] === 'in' ? 'in' : 'not-in', key: set[1] ?? '', values }, whole);
  }
  const comparison = /^([^=!\s]+)\s*(==|=|!=)\s*(.*)$/.exec(part);
  if (comparison) {
    const kind = comparison[2] === '!=' ? 'differs' : 'equals';
    return checked({ kind, key: comparison[1] ?? '', value: comparison[3] ?? '' }, whole);
  }
  const missing = part.startsWith('!');
  return checked({ kind: missing ? 'missing' : 'exists', key: missing ? part.slice(1).trim() : part }, whole);
}

function checked(requirement: Requirement, whole: string): Requirement {
  const values = 'values' in requirement ? requirement.values : 'value' in requirement ? [requirement.value] : [];
  const bad =
    qualifiedNameProblems(requirement.key).length === 0
      ? values.find((value) => labelValueProblems(value).length > 0)
      : requirement.key;
  if (bad === undefined) return requirement;
  throw new MaestroError('usage', `the selector "${whole}" has a part that is no label: "${bad}"`, {
    hint: 'Selectors look like app=web,tier!=db or env in (prod,stage).',
  });
}

function splitOutsideParentheses(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '(') depth += 1;
    if (character === ')') depth -= 1;
    if (character === ',' && depth === 0) {
      parts.push(current);
      current = '';
    } else current += character;
  }
  return [...parts, current];
}
