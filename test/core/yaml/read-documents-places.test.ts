import { describe, expect, it } from 'vitest';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import { ReadingRoom } from '../../../src/core/yaml/reading-room.ts';
import { mistakesIn, refusalOf, valuesOf } from '../../support/yaml-reading.ts';

describe('what can be done about a mistake', () => {
  const oneKey = 'Keep one of the keys; kubectl would take the last one without a word.';
  const usual = 'Correct the file; YAML is read as kubectl reads it.';

  it.each([
    ['a: 1\na: 2', oneKey],
    ['{"a": 1, "a": 2}', oneKey],
    ['database: 1\ndatabase: 2', oneKey],
    ['Tabs are not allowed: 1\nTabs are not allowed: 2', oneKey],
    ['a:\n\tb: 1', 'Indent with spaces; YAML allows no tabs there.'],
    ['%YAML 1.2\n---\na: 1', 'Remove the %YAML line, or write %YAML 1.1.'],
    ['a: *b\n~: 1', 'Quote the key: "null".'],
    ['a: *tab', usual],
    ['a: [', usual],
  ])('is said of %j', (text, hint) => {
    expect(refusalOf(text).hint).toBe(hint);
  });

  it('has nothing to do with the name of the file', () => {
    expect(refusalOf('a: [', 'database already set %YAML.yaml').hint).toBe(usual);
  });
});

describe('mistakes', () => {
  const repeated = (times: number): string => 'a: 1\n'.repeat(times + 1);
  const line = (number: number): string => `${number}:1: key "a" already set`;
  const lines = (count: number): readonly string[] => Array.from({ length: count }, (_, index) => line(index + 2));

  it('are told up to the tenth, with their lines', () => {
    expect(mistakesIn(repeated(9))).toEqual(lines(9));
    expect(mistakesIn(repeated(10))).toEqual(lines(10));
    expect(mistakesIn(repeated(11))).toEqual([...lines(10), '… and 1 more']);
    expect(refusalOf(repeated(9)).excerpts).toHaveLength(9);
    expect(refusalOf(repeated(15)).excerpts).toEqual(
      Array.from({ length: 10 }, (_, index) => {
        const number = String(index + 2);
        return `${number} | a: 1\n${' '.repeat(number.length)} | ^`;
      }),
    );
  });

  it('are told in their order, whatever finds them', () => {
    expect(refusalOf('a: [1\n---\nb: x\u0001').message.match(/^f:\d+/gm)).toEqual(['f:2', 'f:3']);
    expect(mistakesIn('x: {a: {<<: 3}, a: .nan}')).toEqual([
      '1:9: a merge (<<) takes a map or a list of maps',
      '1:17: key "a" already set',
      '1:20: JSON has no number for .nan',
    ]);
  });

  it.each(['\0', '\b', '\v', '\f', '\u000E', '\u001F'])('are control characters: %j', (character) => {
    expect(mistakesIn(`a: 1\nb: x${character}`)).toEqual(['2:5: control characters are not allowed']);
  });

  it.each(['\t', '\u007F', '\u0080'])('are no other characters: %j', (character) => {
    expect(valuesOf(`a: x${character}y\r\n`)).toEqual([{ a: `x${character}y` }]);
  });

  it('are directives of another YAML, each by itself', () => {
    const told = 'found a %YAML 1.2 document, kubectl reads YAML 1.1 only';
    expect(mistakesIn('a: 1\n...\n%YAML 1.2\n---\nb: 1\n')).toEqual([`3:1: ${told}`]);
    const twice = '%YAML 1.2\n---\na: 1\n...\n# c\n%YAML 1.2\n---\nb: 1\n';
    expect(mistakesIn(twice)).toEqual([`1:1: ${told}`, `6:1: ${told}`]);
    expect(valuesOf('%YAML 1.1\n---\na: 1\n')).toEqual([{ a: 1 }]);
  });

  it('are one where the text nests deeper than any stack', () => {
    const text = `# YAML\n${'['.repeat(20_000)}${']'.repeat(20_000)}`;
    expect(refusalOf(text).message).toMatch(/^f:2:\d+: nested more than 500 levels deep$/);
  });

  it('are one where the text is something else', () => {
    const template = 'this is a template that was not rendered; render it first (helm template, gomplate, …)';
    expect(mistakesIn('a: 1\nb: {{ .Values.x }}\nc: }\n')).toEqual([`2:4: ${template}`]);
    expect(mistakesIn('a: *b\nb: {{ .Values.x }}\nc: *d\n')).toEqual([`2:4: ${template}`]);
    expect(mistakesIn('\n<a>: [\n')).toEqual(['1:1: this is XML, not YAML or JSON']);
  });
});

describe('tags that kubectl’s reader does not know change nothing', () => {
  it.each<[string, unknown]>([
    ['!!omap [b: 1, c: 2]', [{ b: 1 }, { c: 2 }]],
    ['!!pairs [b: 1, b: 2]', [{ b: 1 }, { b: 2 }]],
    ['!!set {b: 1}', { b: 1 }],
    ['!own [1]', [1]],
  ])('%s', (text, a) => {
    expect(valuesOf(`a: ${text}`)).toEqual([{ a }]);
  });
});

describe('places', () => {
  it.each<[string, number, (string | number)[], string]>([
    ['\n{"a":\n 1,\n"b": 2}', 2, ['b'], '4:1'],
    ['\n\n  [1]', 3, [], '3:3'],
    ['{}', 1, [], '1:1'],
    ['\n\na: 1', 3, ['a'], '3:1'],
    ['\uFEFFa: 1', 1, ['a'], '1:1'],
    ['\uFEFF{"a": 1}', 1, ['a'], '1:2'],
    ['a: 1\uFEFF', 1, ['a'], '1:1'],
  ])('are found in %j', (text, line, path, place) => {
    const [document] = readDocuments(text, 'f');
    expect(document).toMatchObject({ file: 'f', line });
    const found = document?.locate(path);
    expect(`${found?.line}:${found?.column}`).toBe(place);
  });
});

describe('a text', () => {
  it.each(['{"a":1}{"b":2}', ' {"a":1} {"b":2}', ' \n\t{"a":1}\n{"b":2}\n'])('is JSON if all of it is: %j', (text) => {
    expect(valuesOf(text)).toEqual([{ a: 1 }, { b: 2 }]);
  });

  it.each<[string, readonly string[]]>([
    ['{"a": 1}', ['json']],
    [' \n[1]', ['json']],
    ['{a: 1}', ['json', 'yaml']],
    ['a: {b: 1}', ['yaml']],
    ['- [1]', ['yaml']],
    ['"{"', ['yaml']],
    ['', ['yaml']],
  ])('takes room for what it may be: %j', (text, forms) => {
    const taken: unknown[] = [];
    class Noted extends ReadingRoom {
      override take(...what: readonly [string, string, 'json' | 'yaml']): void {
        taken.push(what);
      }
    }
    readDocuments(`\uFEFF${text}`, 'f', { room: new Noted(() => 0) });
    expect(taken).toEqual(forms.map((form) => [text, 'f', form]));
  });
});
