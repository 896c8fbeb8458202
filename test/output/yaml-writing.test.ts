import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDocument } from 'yaml';
import { canonicalJson, parseWireJson, type JsonObject, type JsonValue } from '../../src/core/json.ts';
import { readDocuments } from '../../src/core/yaml/read-documents.ts';
import { objectsText } from '../../src/commands/job/render/output.ts';
import { toYaml } from '../../src/output/yaml.ts';
import { hostileText } from '../support/hostile-texts.ts';
import { hasKubectl, hostileDocuments, readByKubectl } from '../support/kubectl-reading.ts';

interface Recording {
  readonly kubectl: string;
  readonly cases: readonly { readonly written: string; readonly read: string }[];
}

const file = new URL('../fixtures/kubectl/yaml-writing.json', import.meta.url);
const recording = JSON.parse(readFileSync(file, 'utf8')) as Recording;
const documents = hostileDocuments();

/** A document with one text in every place that a text can have. */
const around = (text: string): JsonObject => ({
  [text]: text,
  list: [text, [text], { [text]: { [text]: text } }],
  after: 1,
});

function readByYaml(text: string, version: '1.1' | '1.2'): JsonValue {
  const document = parseDocument(text, { version, logLevel: 'silent', uniqueKeys: true });
  expect(document.errors).toEqual([]);
  expect(document.warnings).toEqual([]);
  return document.toJS() as JsonValue;
}

/** The lines without what stands in double quotes. */
function bare(yaml: string): string {
  return yaml.replace(/"(?:[^"\\]|\\[^])*"/g, '""');
}

describe('YAML that is written is read as what it was', () => {
  it('by kubectl: a recording of what it read in exactly the bytes that are written', () => {
    expect(recording.cases).toHaveLength(documents.length);
    recording.cases.forEach(({ written, read }, index) => {
      const document = documents[index] ?? {};
      expect(toYaml(document)).toBe(written);
      expect(canonicalJson(parseWireJson(read))).toBe(canonicalJson(document['spec']));
    });
  });

  it.skipIf(!hasKubectl())('by the kubectl of this machine; skipped where there is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'kubectl-'));
    for (const document of documents) {
      expect(canonicalJson(parseWireJson(readByKubectl(toYaml(document), folder)))).toBe(
        canonicalJson(document['spec']),
      );
    }
  });

  it('by readers of YAML 1.1 and 1.2, and by our own', () => {
    const text = fc.oneof(
      hostileText,
      fc.string({ unit: 'binary', maxLength: 12 }).map((made) => made.toWellFormed()),
    );
    fc.assert(
      fc.property(
        text.filter((made) => made !== '__proto__' && made !== 'list' && made !== 'after'),
        (made) => {
          const document = around(made);
          const written = toYaml(document);
          expect(readByYaml(written, '1.1')).toEqual(document);
          expect(readByYaml(written, '1.2')).toEqual(document);
          expect(readDocuments(written, 'f')[0]?.value).toEqual(document);
        },
      ),
      { numRuns: 1000 },
    );
  });

  it('with nothing outside double quotes but what can be seen, a tab within a line of a block excepted', () => {
    const blockText = /^[ \t\p{L}\p{M}\p{N}\p{P}\p{S}\n]*$/u;
    for (const document of documents) {
      const outside = bare(toYaml(document));
      expect(outside).toMatch(blockText);
      expect(outside).not.toMatch(/[ \t]$/m);
    }
  });

  it('in the objects of job render too', () => {
    const objects = documents.filter(
      (document) =>
        !JSON.stringify(document, (_key, value: unknown) => (typeof value === 'bigint' ? 0 : value)).includes('${x}'),
    );
    expect(objects.length).toBeGreaterThan(10);
    const printed = objectsText(objects, { output: 'yaml', template: false });
    expect(printed).toBe(objects.map((object) => toYaml(object)).join('---\n'));
  });
});

describe('how it looks', () => {
  it.each<[string, string]>([
    ['\tsome\ttsv\tfile\nnext\n', 'a: "\\tsome\\ttsv\\tfile\\n\\\n  next\\n"\n'],
    ['a\u2028b', 'a: "a\\u2028b"\n'],
    ['x\u0085y', 'a: "x\\x85y"\n'],
    ['a\r\nb\r\n', 'a: "a\\r\\n\\\n  b\\r\\n"\n'],
    ['one\n  two\n\nthree\n', 'a: |\n  one\n    two\n\n  three\n'],
    ['one\ntwo', 'a: |-\n  one\n  two\n'],
    [' one\n two', 'a: " one\\n\\\n  \\x20two"\n'],
    ['one \ntwo\n', 'a: "one \\n\\\n  two\\n"\n'],
    ['all:\n\tgo build\n', 'a: |\n  all:\n  \tgo build\n'],
    ['--port=80', 'a: --port=80\n'],
    ['10.0.0.1', 'a: 10.0.0.1\n'],
    ['12:30:45', 'a: "12:30:45"\n'],
    ['e3', 'a: "e3"\n'],
    ['E-12', 'a: "E-12"\n'],
    ['e', 'a: e\n'],
    ['e2e', 'a: e2e\n'],
    ['東京', 'a: 東京\n'],
  ])('%j', (text, written) => expect(toYaml({ a: text })).toBe(written));

  const shapes: readonly (readonly [JsonValue, string])[] = [
    [
      { a: { b: [] }, c: {}, d: [{ e: 1, f: [[2, { g: null }]] }] },
      'a:\n  b: []\nc: {}\nd:\n  - e: 1\n    f:\n      - - 2\n        - g: null\n',
    ],
    [[], '[]\n'],
    [{}, '{}\n'],
    ['yes', '"yes"\n'],
    [{ a: 1e21, b: 1e-7, c: -0.5, d: 9007199254740993n }, 'a: 1.0e+21\nb: 1.0e-7\nc: -0.5\nd: 9007199254740993\n'],
    [{ a: undefined, ['k'.repeat(501)]: { b: 1 } }, `? ${'k'.repeat(501)}\n:\n  b: 1\n`],
  ];

  it.each(shapes.map(([value, written]) => [written, value] as const))('%j', (written, value) =>
    expect(toYaml(value)).toBe(written),
  );

  it('writes half of a surrogate pair as JSON and Go read it', () => {
    expect(toYaml({ a: 'x\uD800' })).toBe('a: "x\uFFFD"\n');
  });
});
