import { describe, expect, it } from 'vitest';
import { isUnrendered, markupName, templateOffset } from '../../../src/core/yaml/not-a-manifest.ts';

describe('a template that was not rendered', () => {
  it.each([
    '{{ .Values.name }}',
    '{{- $x }}',
    '{{"a" | quote}}',
    '{{ (a) }}',
    '{{/* a comment */}}',
    ...['if', 'else', 'end', 'range', 'with', 'include', 'template', 'define', 'block', 'toYaml', 'tpl', 'printf'].map(
      (name) => `{{- ${name} x }}`,
    ),
    '{{ name }}',
    '{% if x %}',
  ])('is known by what its mistakes stand beside: %s', (action) => {
    const text = `a: 1\nb: ${action}\nc: 2\nd: 3\n`;
    const at = text.indexOf('{');
    expect(templateOffset(text, [text.indexOf('b')])).toBe(at);
    expect(templateOffset(text, [text.lastIndexOf('c')])).toBe(at);
    expect(templateOffset(text, [text.lastIndexOf('d'), text.lastIndexOf('c')])).toBe(at);
    expect(templateOffset(text, [text.lastIndexOf('d')])).toBeUndefined();
    expect(templateOffset(text, [0])).toBeUndefined();
    expect(templateOffset(text, [])).toBeUndefined();
  });

  it.each(['{{ consumer.name }}', '{{consumer.labels.a}}', '{{ a: b }}', '{a: {b: c}}', '{{ "{{" }', 'plain'])(
    'is not %s',
    (text) => {
      if (text.startsWith('{{ "')) expect(templateOffset(text, [0])).toBe(0);
      else expect(templateOffset(text, [0])).toBeUndefined();
    },
  );

  it.each([
    ...['if', 'else', 'end', 'range', 'with', 'include', 'template', 'define', 'block', 'toYaml', 'tpl', 'printf'],
    ...['lookup', 'default', 'quote', 'required', 'fromYaml', 'index', 'len', 'not', 'and', 'or', 'eq', 'ne'],
  ])('is known by the word %s, however it goes on', (word) => {
    expect(templateOffset(`b: {{- ${word} "x: y"\n`, [0])).toBe(3);
    expect(templateOffset(`b: {{${word} {\n`, [0])).toBe(3);
    expect(templateOffset(`b: {{ ${word}s: 1 }}\n`, [0])).toBeUndefined();
  });

  it('is known by a mistake at the end of the line behind it', () => {
    const text = 'a: {{ x }}\nb: 2\nc: 3\n';
    expect(templateOffset(text, [text.indexOf('\n', text.indexOf('b'))])).toBe(3);
    expect(templateOffset(text, [text.indexOf('\n', text.indexOf('c'))])).toBeUndefined();
    expect(templateOffset('\n\n{{ x }}', [0])).toBeUndefined();
    expect(templateOffset('\n{{ x }}', [1])).toBe(1);
  });

  it('is known in the last line, and by the first action of all', () => {
    expect(templateOffset('a: 1\nb: {{ .x }}', [8])).toBe(8);
    expect(templateOffset('a: 1\nb: {{ x }}', [8])).toBe(8);
    expect(templateOffset('{{ .y }}\na: 1\nb: {{ .x }}', [20])).toBe(0);
  });
});

it.each([
  ['{{ name }}', true],
  ['{{.Values}}', true],
  ['a-${{ b }}', true],
  ['<%= b %>', true],
  ['{{ consumer.name }}', false],
  ['{{consumer}}', false],
  ['{{ "{{" }}', false],
  ['{{"{{"}} a {{  "{{" }}', false],
  ['{{ "{{" }} {{ x }}', true],
  ['{{ "a" }}', true],
  ['${a}', false],
  ['consumers {{ consumers }}', true],
])('whether %j was to be filled in: %s', (text, expected) => {
  expect(isUnrendered(text)).toBe(expected);
});

describe('what is no YAML on purpose', () => {
  const html = 'an HTML page, not a manifest; a login page or an error page was perhaps saved in its place';
  it.each<[string, string | undefined]>([
    ['<!DOCTYPE html>\n<html>', html],
    ['  \n<html lang="en">', html],
    ['<HEAD>', html],
    ['<body>', html],
    ['<?xml version="1.0"?>', 'XML, not YAML or JSON'],
    ['\n <!-- a -->', 'XML, not YAML or JSON'],
    ['<project>', 'XML, not YAML or JSON'],
    ['<<: *a', undefined],
    ['< 3', undefined],
    ['a: <b>', undefined],
    ['a: 1\n<html>', undefined],
    ['', undefined],
  ])('%j: %s', (text, name) => {
    expect(markupName(text)).toBe(name);
  });
});
