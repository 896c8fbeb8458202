import { applyPatch } from 'diff';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalYaml } from '../../src/output/canonical-yaml.ts';
import { colourDiff, unifiedDiff } from '../../src/output/unified-diff.ts';

describe('unifiedDiff', () => {
  it('is empty for the same text', () => {
    expect(unifiedDiff({ name: 'a', text: 'x\n' }, { name: 'b', text: 'x\n' })).toBe('');
  });

  it.each<[string, string | undefined, string | undefined, string]>([
    ['changed', 'a\nb\n', 'a\nc\n', '--- old\n+++ new\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n'],
    ['added', undefined, 'a\n', '--- /dev/null\n+++ new\n@@ -0,0 +1 @@\n+a\n'],
    ['removed', 'a\nb\n', undefined, '--- old\n+++ /dev/null\n@@ -1,2 +0,0 @@\n-a\n-b\n'],
  ])('%s', (_title, before, after, expected) => {
    expect(unifiedDiff({ name: 'old', text: before }, { name: 'new', text: after })).toBe(expected);
  });

  it('is a patch that makes the second text of the first', () => {
    const text = fc
      .array(fc.constantFrom('a', 'b', '- c', '-- d', '+ e'), { maxLength: 12 })
      .map((lines) => lines.map((line) => `${line}\n`).join(''));
    fc.assert(
      fc.property(text, text, (before, after) => {
        const patch = unifiedDiff({ name: 'old', text: before }, { name: 'new', text: after });
        expect(patch === '' ? before : applyPatch(before, patch)).toBe(after);
      }),
    );
  });

  it('shows all as replaced where the search would take too long', () => {
    const many = (mark: string): string => Array.from({ length: 1500 }, (_item, index) => `${mark}${index}\n`).join('');
    const patch = unifiedDiff({ name: 'old', text: many('a') }, { name: 'new', text: many('b') });
    expect(patch).toContain('@@ -1,1500 +1,1500 @@');
    expect(applyPatch(many('a'), patch)).toBe(many('b'));
  });
});

it('colours the headers, and not a removed line that looks like one', () => {
  const mark = (name: string) => (text: string) => `<${name}>${text}`;
  const palette = { added: mark('+'), removed: mark('-'), place: mark('@'), heading: mark('h') };
  expect(colourDiff('--- a\n+++ b\n@@ -1 +1 @@\n--- x\n+y\n z\n', palette)).toBe(
    '<h>--- a\n<h>+++ b\n<@>@@ -1 +1 @@\n<->--- x\n<+>+y\n z\n',
  );
});

it('gives one YAML text per content', () => {
  expect(canonicalYaml({ b: 1, a: { d: null, c: 'yes' } })).toBe(canonicalYaml({ a: { c: 'yes' }, b: 1 }));
  expect(canonicalYaml({ n: 9007199254740993n })).toBe(canonicalYaml({ n: 9007199254740992 }));
  expect(canonicalYaml({ a: 'x\u001b[31m' })).not.toContain('\u001b');
});
