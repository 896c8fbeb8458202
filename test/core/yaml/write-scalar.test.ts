import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { fitsBlock, needsQuotes, quoted, quotedLines } from '../../../src/core/yaml/write-scalar.ts';
import { hostileTexts } from '../../support/hostile-texts.ts';

const split = (list: string): readonly string[] => list.split(' ');

describe('a text is quoted', () => {
  it.each([
    ...split('= ~ << y Y yes YES n N no No on off OFF true True false null Null nil none'),
    ...split('inf .inf -.inf +.inf -inf infinity -infinity +.infinity nan .nan NaN'),
    '',
  ])('as a word that some reader takes for more: %j', (text) => expect(needsQuotes(text)).toBe(true));

  it.each([
    ...split('- ? : --- ---a ... ...a a: ,a [a ]a {a }a #a &a *a !a |a >a \'a "a %a @a `a'),
    '- a',
    '? a',
    ': a',
    ' a',
    'a ',
    'a: b',
    'a #b',
  ])('for a sign of YAML: %j', (text) => expect(needsQuotes(text)).toBe(true));

  it.each([
    ...split(
      '0x -0x 0x1F 0XaB -0x1f 0o7 +0b1 0b1_0 1 -1 +1 1_000 1,000 1,000,000 1.5 .5 1. 1e3 1E3 1e 1.e+3 1e-_3 e3 E-12 e+3 -',
    ),
    ...split('1:30 12:30:45 12:30:45.5_1 +1:30 -1:30 1_0:30 190:20:30 1:30.'),
    ...split('2026-11-22 2026-1-2 2026-11 2026-1 2026-11-22T1 2026-1-2t'),
    '2026-11-22 10:00',
  ])('as a number, a date or a time to some reader: %j', (text) => expect(needsQuotes(text)).toBe(true));

  it.each(['a\tb', 'a\nb', 'a\rb', 'a\u00A0b', '\u2028', '\uFEFFa', 'a\uD800', '\u202Ea', '\u0007', '\u0085'])(
    'for a character that is not seen: %j',
    (text) => expect(needsQuotes(text)).toBe(true),
  );

  it.each(['::error', 'a##[group]', 'a##vso[task]'])('as a command to a CI system: %j', (text) =>
    expect(needsQuotes(text)).toBe(true),
  );

  it.each([
    ...split('a -a --a --port=80 ?a :a a-b a:b a#b a,b a[b] a--- a... .. .a =a a= ~a a~ yess ayes nona infi ainf nano'),
    ...split('e e- e2e 10x1 ex 1a a1 10.0.0.1 1.2.3 0xg a0x1 1e3a 1:a 1:30a a1:30 1:30.5x 1:30:x 1.5:30'),
    ...split('2026-11-22x 20261-1-1 2026-111 a2026-11-22 2026-11-22-1 2026-1-222 2026-11-22x1 1-1'),
    ...split('a##b a#[b a::b é 東京 😀 a.b/c_d e\u0301 $a a$ a+b 1+1 <a'),
    'a b',
    'a  b',
    'a :b',
    'a -b',
  ])('for nothing else: %j', (text) => expect(needsQuotes(text)).toBe(false));

  it('wherever it would be read as something else without', () => {
    for (const text of hostileTexts()) {
      const written = needsQuotes(text) ? quoted(text) : text;
      expect(readDocuments(`a: ${written}\nb:\n- ${written}\n`, 'f')[0]?.value, text).toEqual({ a: text, b: [text] });
    }
  });
});

describe('lines are written as a block', () => {
  it.each(['a\nb', 'a\n', 'a\nb\n', 'a\n\nb\n', 'a\n  b', 'a\tb\nc', 'a\n\tb\n', 'a: b\n# c', 'é\n東京'])(
    '%j',
    (text) => expect(fitsBlock(text)).toBe(true),
  );

  it.each(['', 'a', '\n', '\na', ' a\nb', '\ta\nb', 'a\n\n', 'a\nb\n\n', 'a \nb', 'a\t\nb', 'a\nb ', 'a\r\nb\r\n'])(
    'but not where blanks or empty lines would not be seen: %j',
    (text) => expect(fitsBlock(text)).toBe(false),
  );

  it.each(['a\u0007\nb', 'a\nb\u2028', 'a\n::b', 'a\n \t::b', '##[a\nb', 'a\nb##vso[c'])(
    'nor with what a terminal, a reader or a CI system would act on: %j',
    (text) => expect(fitsBlock(text)).toBe(false),
  );
});

describe('in double quotes', () => {
  it.each([
    ['', '""'],
    ['a b', '"a b"'],
    ['a"b\\c', '"a\\"b\\\\c"'],
    ['\n\r\t', '"\\n\\r\\t"'],
    ['\0\u0007\u001B\u0085\u00A0', '"\\x00\\x07\\x1B\\x85\\xA0"'],
    ['\u200B\u2028\uFEFF', '"\\u200B\\u2028\\uFEFF"'],
    ['\u061C', '"\\u061C"'],
    ['\u{E0001}\u{10FFFF}', '"\\U000E0001\\U0010FFFF"'],
    ['é 東京 😀 e\u0301 1 $', '"é 東京 😀 e\u0301 1 $"'],
    ['a\uD800', '"a\uFFFD"'],
    ['::error', '"\\x3A:error"'],
    ['  ::error', '"  \\x3A:error"'],
    ['a ::error', '"a ::error"'],
    ['##[a]##vso[b]', '"\\x23#[a]\\x23#vso[b]"'],
  ])('%j is %s', (text, written) => expect(quoted(text)).toBe(written));

  it.each([
    ['', '""'],
    ['a', '"a"'],
    ['a\nb\n', '"a\\n\\\n  b\\n"'],
    ['a\nb c', '"a\\n\\\n  b c"'],
    ['a\n\nb', '"a\\n\\\n  \\n\\\n  b"'],
    [' a\n  b', '" a\\n\\\n  \\x20 b"'],
    ['a\n::b', '"a\\n\\\n  \\x3A:b"'],
    ['a\uD800\n"', '"a\uFFFD\\n\\\n  \\""'],
  ])('%j has a line for each of its own', (text, written) => expect(quotedLines(text, '  ')).toBe(written));
});
