import { expect, it } from 'vitest';
import { normaliseLines } from '../../../src/core/yaml/normalise-lines.ts';

it.each([
  ['a\nb\r\nc', 'a\nb\r\nc'],
  ['a\rb', 'a\nb'],
  ['a\u0085b\rc\r', 'a\nb\nc\n'],
  ['---\r\na', '---\r\na'],
  ['---\r\r\na\rb', '---  \na\nb'],
  ['---\r\r\r\na', '---   \na'],
  ['a\n---\r\r\nb', 'a\n---  \nb'],
  ['a ---\r\r\nb', 'a ---\n\r\nb'],
  ['---# c\na', '---   \na'],
  ['---#\na', '--- \na'],
  ['a\n---# c\r\nb', 'a\n---   \r\nb'],
  ['a\r---# c\rb', 'a\n---   \nb'],
  ['a ---# c\nb', 'a ---# c\nb'],
  ['--- # c\nb', '--- # c\nb'],
])('lines that only some readers end are ended in %j as usual, and nothing changes its place', (text, usual) => {
  expect(normaliseLines(text)).toBe(usual);
  expect(usual).toHaveLength(text.length);
});
