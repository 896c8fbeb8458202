import { describe, expect, it } from 'vitest';
import { jsonPathFault } from '../../../src/core/works/json-path-syntax.ts';

const selector = (text: string): string => `[${text}] is no index, slice, * or key in single quotes`;
const condition = (text: string): string => `${text} is no condition of a filter`;
const filter = 'a filter is written ?(@.field == "value")';

describe('what is wrong with a JSONPath, in plain words', () => {
  it.each<[string, string, number]>([
    ['', 'the path is empty', 1],
    ['a', 'a path begins with "."', 1],
    ['.a[0]b', 'unexpected "b"', 6],
    ['.a.', 'a field name is missing', 4],
    ['.a..', 'a field name is missing', 5],
    ['.a..[0]', 'a field name is missing', 5],
    ['...a', 'a field name is missing', 3],
    ['.a. b', 'unexpected " "', 4],
    ['..*', 'unexpected "*"', 3],
    ['.a[0', 'the bracket is not closed', 3],
    ['.a[]', 'the brackets are empty', 4],
    ['.a[x]', selector('x'), 4],
    ['.a[0,x]', selector('x'), 4],
    [".a[x'b']", selector("x'b'"), 4],
    [".a['b'x]", selector("'b'x"), 4],
    ['.a[?@.b]', filter, 4],
    ['.a[?(@.b)x]', filter, 4],
    ['.a[x?(@.b)]', selector('x?(@.b)'), 4],
    ['.a[?( b )]', condition('b'), 4],
    ['.a[?(@.b == c )]', condition('c'), 4],
    ['.a[?(@.b==1==2)]', condition('@.b==1==2'), 4],
    ['.a[?(x@.b)]', condition('x@.b'), 4],
    ['.a[?(@b)]', condition('@b'), 4],
    ['.a[?(@[)]', 'the bracket is not closed', 3],
    ['.a[?(@.b==x"c")]', condition('x"c"'), 4],
    ['.a[?(@.b=="c"x)]', condition('"c"x'), 4],
  ])('%j: %s, at character %d', (path, message, column) => expect(jsonPathFault(path)).toEqual({ message, column }));

  it.each([
    '.a[10]',
    '.a[-12]',
    '.a[10:20:30]',
    '.a[-10:-20]',
    '.a\\.b',
    '.a\\[b',
    '.a[?( @.b == "two words" )]',
    ".a[?(@.b=='two words')]",
    '.a[?(@.b > 12.25)]',
    '.a[?(@.b > -10)]',
    ".a[?(@['b']==1)]",
    '.a[?($.b==@.c)]',
    ".a['b','c']",
    ".a['b,c']",
    ".a['b]c']",
    ".a['']",
    '.a[?(@.b=="")]',
  ])('takes %s', (path) => expect(jsonPathFault(path)).toBeUndefined());
});
