import { describe, expect, it } from 'vitest';
import { checkNameTemplate, defaultNames, namesFor } from '../../../src/core/migration/names.ts';
import type { Pattern } from '../../../src/core/migration/old-work.ts';
import { usageErrorOf } from '../../command-line/support.ts';

const key = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web' };
const facts = { cluster: 'c1', manager: 'np', key, identity: 'i' };

describe('the template of the names of new works', () => {
  it.each<[string, Pattern]>([
    [defaultNames.A, 'A'],
    [defaultNames.B, 'B'],
    [defaultNames.C, 'C'],
    ['{group}-{namespace}', 'B'],
    ['a'.repeat(63), 'C'],
    // Too long a name is cut and gets a hash.
    [`${'a'.repeat(70)}-{manager}`, 'A'],
  ])('%s is one of pattern %s', (template, to) => {
    expect(() => checkNameTemplate(template, to)).not.toThrow();
  });

  it.each<[string, Pattern, string, string?]>([
    ['{cluster}-{manager}', 'C', '{manager} is not known for pattern C', 'It knows {cluster}.'],
    ['{kind}', 'A', '{kind} is not known for pattern A', 'It knows {cluster}, {manager}.'],
    ['{}', 'B', '{} is not known for pattern B'],
    ['', 'C', '"" makes none: it is empty'],
    ['{cluster}_x', 'C', '"{cluster}_x" makes none: a lowercase RFC 1123 label'],
    ['-{cluster}', 'C', '"-{cluster}" makes none: a lowercase RFC 1123 label'],
  ])('%j is none of pattern %s', (template, to, message, hint) => {
    const error = usageErrorOf(() => checkNameTemplate(template, to));
    expect(error.message).toContain(`the name of a new work: ${message}`);
    if (hint !== undefined) expect(error.hint).toBe(hint);
  });
});

describe('the names of new works', () => {
  it.each([
    ['{cluster}-{manager}', 'c1-np'],
    ['{kind}-{name}-{namespace}-{group}', 'deployment-web-shop-apps'],
    ['{cluster}-{cluster}', 'c1-c1'],
  ])('%s makes %s', (template, name) => {
    expect(namesFor(template, [facts])).toEqual([name]);
  });

  it('leave out what a work has not', () => {
    const [name = ''] = namesFor('x-{manager}{kind}{name}{namespace}{group}', [{ cluster: 'c1', identity: 'i' }]);
    expect(name).toMatch(/^x-[0-9a-f]{8}$/);
  });

  it.each([
    ['capitals', 'Web', /^c1-web-[0-9a-f]{8}$/],
    ['other signs, several of them as one', 'a.:b', /^c1-a-b-[0-9a-f]{8}$/],
    ['an end that no name has', 'web..', /^c1-web-[0-9a-f]{8}$/],
  ])('that had to be changed end in a hash: %s', (_what, manager, name) => {
    expect(namesFor('{cluster}-{manager}', [{ ...facts, manager }])[0]).toMatch(name);
  });

  it('that are too long are cut to the longest one, and end in a hash', () => {
    expect(namesFor('{manager}', [{ ...facts, manager: 'a'.repeat(63) }])).toEqual(['a'.repeat(63)]);
    expect(namesFor('{manager}', [{ ...facts, manager: 'a'.repeat(64) }])[0]).toMatch(/^a{54}-[0-9a-f]{8}$/);
    const [cutAtHyphens = ''] = namesFor('{manager}', [
      { ...facts, manager: `${'a'.repeat(50)}----${'b'.repeat(20)}` },
    ]);
    expect(cutAtHyphens).toMatch(/^a{50}-[0-9a-f]{8}$/);
  });

  it('that several would have end in a hash, one of each identity, and the others stay', () => {
    const names = namesFor('{cluster}-{manager}', [
      { ...facts, identity: 'one' },
      { ...facts, identity: 'two' },
      { ...facts, manager: 'ns' },
    ]);
    expect(new Set(names).size).toBe(3);
    expect(names[0]).toMatch(/^c1-np-[0-9a-f]{8}$/);
    expect(names[2]).toBe('c1-ns');
  });
});
