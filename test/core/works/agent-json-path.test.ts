import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentJsonPathFault } from '../../../src/core/works/agent-json-path.ts';

interface Recording {
  readonly library: string;
  readonly cases: readonly { readonly path: string; readonly error?: string }[];
}

const file = new URL('../../fixtures/agent/feedback-paths.json', import.meta.url);
const { cases } = JSON.parse(readFileSync(file, 'utf8')) as Recording;

describe('the agent’s reader of feedback paths', () => {
  it('is recorded with paths that it takes and paths that it refuses', () => {
    expect(cases.length).toBeGreaterThan(1000);
    expect(cases.filter(({ error }) => error === undefined).length).toBeGreaterThan(250);
  });

  it.each(cases.map(({ path, error }) => [path, error] as const))('judges %j as we do: %s', (path, error) => {
    const fault = agentJsonPathFault(path);
    if (error === undefined) expect(fault).toBeUndefined();
    else expect(fault).toBeDefined();
  });

  it.each<[string, string, number]>([
    ['.a}{foo', '"foo" is no path; a path begins with "."', 5],
    ['.a foo', '"foo" is no path; a path begins with "."', 4],
    ['.a}{range .b}{end}{end', 'there is no range that this could end', 20],
    ['.a[1,x]', '[x] is no index, slice, * or key in single quotes', 5],
    ['.a[-9223372036854775809]', '[-9223372036854775809] is no index, slice, * or key in single quotes', 4],
    ['.a[x]', '[x] is no index, slice, * or key in single quotes', 4],
    ['.a[::-1]', 'a slice has a step of 1 or more', 4],
    [".a['b c']", '"c" is no value; text is quoted, and a path begins with "@"', 8],
    ['.a[?(foo)]', '"foo" is no value; text is quoted, and a path begins with "@"', 6],
    ['.a[?(@.b==foo)].c', '"foo" is no value; text is quoted, and a path begins with "@"', 11],
    ['.a[?(@.b=="c")].d[?(e)]', '"e" is no value; text is quoted, and a path begins with "@"', 21],
    ['.a[?(@.b=<1)]', '=< is no comparison; there are <, >, ==, !=, <=, >=', 9],
    ['.a[?(@.b==)]', 'unexpected "="', 10],
    ['.a[?(@.b))]', 'a filter is written [?(@.field=="value")]', 3],
    ['.a[?(@.b\n)]', 'the filter is not closed', 3],
    ['.a[1\n]', 'the bracket is not closed', 3],
    ['.a "b\n"', 'the text is not closed', 4],
    ['.a "\\q"', 'the text has an escape that is none', 4],
    ['.a 1.2.3', '"1.2.3" is no number', 4],
    ['.a\n.b', 'the path is not finished', 3],
    ['.a\r.b', 'the path is not finished', 3],
    ['.. ..', 'two ".." in a row', 3],
    ['.a{', 'unexpected "{"', 3],
  ])('says of %j: %s, at character %d', (path, message, column) =>
    expect(agentJsonPathFault(path)).toEqual({ message, column }),
  );

  it('has a place in the path, whatever the path is', () => {
    const piece = fc.constantFrom(
      '.',
      '..',
      'a',
      '[',
      ']',
      '[0]',
      '[?(',
      ')]',
      '@',
      '==',
      '"',
      "'",
      '\\',
      ' ',
      '{',
      '}',
      ',',
      '1',
      'range',
      'end',
      '\n',
      '😀',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const path = pieces.join('');
        const fault = agentJsonPathFault(path);
        if (fault === undefined) return;
        expect(fault.message).not.toBe('');
        expect(fault.column).toBeGreaterThanOrEqual(1);
        expect(fault.column).toBeLessThanOrEqual(path.length + 1);
      }),
      { numRuns: 2000 },
    );
  });
});
