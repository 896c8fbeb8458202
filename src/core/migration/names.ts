import { createHash } from 'node:crypto';
import { MaestroError } from '../../errors.ts';
import { dnsLabelProblems, longestLabel } from '../works/names.ts';
import type { ManifestKey } from '../works/manifest-work.ts';
import type { Pattern } from './old-work.ts';

/** How new works are named when the user does not say. */
export const defaultNames: Readonly<Record<Pattern, string>> = {
  A: 'hyperfleet-{cluster}-{manager}',
  B: 'hyperfleet-{cluster}-{kind}-{name}',
  C: 'hyperfleet-{cluster}',
};

/** What can stand in the name of a new work, in braces. */
const placeholders: Readonly<Record<Pattern, readonly string[]>> = {
  A: ['cluster', 'manager'],
  B: ['cluster', 'manager', 'kind', 'name', 'namespace', 'group'],
  C: ['cluster'],
};

/** What tells one new work of a cluster from the others. */
export interface NameFacts {
  readonly cluster: string;
  readonly manager?: string;
  readonly key?: ManifestKey;
  /** One text per new work of the cluster: two that would be called the same get a hash of it. */
  readonly identity: string;
}

/**
 * Checks the template of the names of new works.
 *
 * @throws MaestroError usage for a placeholder that works of this pattern have not
 */
export function checkNameTemplate(template: string, to: Pattern): void {
  const known = placeholders[to];
  for (const [whole, name = ''] of template.matchAll(/\{([^{}]*)\}/g)) {
    if (known.includes(name)) continue;
    throw new MaestroError('usage', `the name of a new work: ${whole} is not known for pattern ${to}`, {
      hint: `It knows ${known.map((one) => `{${one}}`).join(', ')}.`,
    });
  }
  const probe = template.replaceAll(/\{[^{}]*\}/g, 'x');
  const [problem] = template === '' ? ['it is empty'] : dnsLabelProblems(probe.slice(0, longestLabel));
  if (problem !== undefined)
    throw new MaestroError('usage', `the name of a new work: ${JSON.stringify(template)} makes none: ${problem}`);
}

/**
 * Names for the new works of one cluster, in their order: valid, unique, and
 * the same each time. A name that is too long, that had to be changed to be
 * one, or that several would have ends in a hash.
 */
export function namesFor(template: string, facts: readonly NameFacts[]): readonly string[] {
  const plain = facts.map((fact) => render(template, fact));
  const counts = new Map<string, number>();
  for (const { text } of plain) counts.set(text, (counts.get(text) ?? 0) + 1);
  return plain.map(({ text, changed }, at) =>
    changed || text.length > longestLabel || (counts.get(text) ?? 0) > 1
      ? hashed(text, facts[at]?.identity ?? '')
      : text,
  );
}

function render(
  template: string,
  { cluster, manager = '', key }: NameFacts,
): { readonly text: string; readonly changed: boolean } {
  const values: Readonly<Record<string, string>> = {
    cluster,
    manager,
    kind: key?.kind.toLowerCase() ?? '',
    name: key?.name ?? '',
    namespace: key?.namespace ?? '',
    group: key?.group ?? '',
  };
  const whole = template.replaceAll(/\{([^{}]*)\}/g, (_all, name: string) => values[name] ?? '');
  const text = whole
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '');
  return { text, changed: text !== whole };
}

const hashLength = 8;

function hashed(text: string, identity: string): string {
  const hash = createHash('sha256').update(`${text}\n${identity}`).digest('hex').slice(0, hashLength);
  return `${text.slice(0, longestLabel - hashLength - 1).replace(/-+$/, '')}-${hash}`;
}
