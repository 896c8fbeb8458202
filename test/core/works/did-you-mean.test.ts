import { describe, expect, it } from 'vitest';
import { editDistance, nearest, unknownValue } from '../../../src/core/works/did-you-mean.ts';

describe('the word that was probably meant', () => {
  const known = ['Foreground', 'Orphan', 'SelectivelyOrphan'];

  it.each([
    ['Forground', known, 'Foreground'],
    ['FOREGROUND', known, 'Foreground'],
    ['orphans', known, 'Orphan'],
    ['Sel', known, 'SelectivelyOrphan'],
    // Begins like it, though far from it.
    ['fore', known, 'Foreground'],
    // Two begin so, and neither is near.
    ['app', ['applied', 'applicable'], undefined],
    ['xyz', known, undefined],
    // Too short to tell a beginning from chance.
    ['Fo', known, undefined],
    ['ab', ['ac'], 'ac'],
    ['a', ['b'], undefined],
    ['a', ['A'], 'A'],
    ['labels', ['label', 'labelz'], 'label'],
    ['x', [], undefined],
  ])('for %j of %j is %j', (written, words, meant) => {
    expect(nearest(written, words)).toBe(meant);
  });

  it.each([
    ['', '', 0],
    ['', 'ab', 2],
    ['ab', '', 2],
    ['ab', 'ab', 0],
    ['ab', 'ba', 1],
    ['abcd', 'acbd', 1],
    ['abc', 'axc', 1],
    ['abc', 'abxc', 1],
    ['kitten', 'sitting', 3],
    ['ca', 'abc', 3],
  ])('%j and %j are %i changes apart', (from, to, distance) => {
    expect(editDistance(from, to)).toBe(distance);
  });

  it('stands in the hint of a value that is none of a few', () => {
    const error = unknownValue('--output', 'jsn', ['json', 'yaml']);
    expect([error.code, error.message, error.hint]).toEqual([
      'usage',
      '--output does not know "jsn"',
      'Did you mean json? Use one of: json, yaml.',
    ]);
    expect(unknownValue('--output', 'q', ['json', 'yaml']).hint).toBe('Use one of: json, yaml.');
    expect(unknownValue('--output', 'jsonpaht=x=\ny', ['json', 'jsonpath=TEMPLATE'], ['json', 'jsonpath']).hint).toBe(
      'Did you mean jsonpath? Use one of: json, jsonpath=TEMPLATE.',
    );
  });
});
