import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import type { JsonValue } from '../../../src/core/json.ts';
import { toWireJson } from '../../../src/core/json.ts';
import { readDocuments } from '../../../src/core/yaml/read-documents.ts';
import type { SourceDocument } from '../../../src/core/yaml/read-documents.ts';
import { MaestroError } from '../../../src/errors.ts';

function one(text: string): SourceDocument {
  const [document, ...others] = readDocuments(text, 'f.yaml');
  expect(others).toEqual([]);
  if (document === undefined) throw new Error('no document');
  return document;
}

/** Every key and text of a tree. */
function texts(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  return [...(Array.isArray(value) ? [] : Object.keys(value)), ...Object.values(value).flatMap(texts)];
}

/** Go, on which we go, takes underscores out before it reads a number; the writer leaves some of these texts bare. */
function isBareNumberToGo(text: string): boolean {
  const digits = text.replaceAll('_', '').replace(/^[-+]/, '');
  return (
    /^[-+0-9]/.test(text) && Number.isFinite(Number(digits)) && stringify(text, { version: '1.1' }) === `${text}\n`
  );
}

describe('properties', () => {
  const json = fc
    .jsonValue({ maxDepth: 4, stringUnit: 'binary' })
    .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

  it('reads any JSON as JSON does', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string({ unit: 'binary' }), json),
        fc.constantFrom(undefined, 2, '\t'),
        (value, indent) => {
          const text = JSON.stringify(value, null, indent);
          expect(toWireJson(one(text).value)).toBe(JSON.stringify(JSON.parse(text)));
        },
      ),
    );
  });

  it('reads what a YAML writer quotes for YAML 1.1', () => {
    const tree = fc.dictionary(
      fc.string(),
      fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.array(fc.string())),
    );
    fc.assert(
      fc.property(tree, (value) => {
        // eslint-disable-next-line no-control-regex -- the writer does not escape what YAML forbids in block text
        fc.pre(!/[\0-\x1f]/.test(JSON.stringify(value)));
        fc.pre(!texts(value).some(isBareNumberToGo));
        const read = one(stringify(value, { version: '1.1', lineWidth: 0 }));
        expect(read.value).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('never throws anything but MaestroError and always places it', () => {
    const pieces = fc.constantFrom(
      'a',
      ': ',
      '\n',
      '  ',
      '- ',
      '[',
      ']',
      '{',
      '}',
      ',',
      '&x ',
      '*x',
      '<<: ',
      '!!int ',
      '"',
      "'",
      '|',
      '#',
      '---\n',
      '? ',
      '1',
      '\t',
      '%',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 25 }), (parts) => {
        try {
          for (const document of readDocuments(parts.join(''), 'f')) expect(document.locate(['a', 0])).toBeDefined();
        } catch (error) {
          expect(error).toBeInstanceOf(MaestroError);
          expect((error as MaestroError).message).toMatch(/^f:\d+:\d+: /);
        }
      }),
      { numRuns: 500 },
    );
  });

  it('bounds nesting of JSON beyond any stack', () => {
    const text = '{"a":'.repeat(20_000) + '1' + '}'.repeat(20_000);
    expect(() => readDocuments(text, 'f.yaml')).toThrow(/^f\.yaml:\d+:\d+: nested more than 500 levels deep$/);
  });
});
