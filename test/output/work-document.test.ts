import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, type JsonObject, type JsonValue } from '../../src/core/json.ts';
import { readDocuments } from '../../src/core/yaml/read-documents.ts';
import { toJson } from '../../src/output/json.ts';
import { fullDocument, plainDocument } from '../../src/output/work-document.ts';
import { toYaml } from '../../src/output/yaml.ts';
import { bundle, storedWork, work } from '../operations/support/fakes.ts';

const back = (text: string): JsonValue | undefined => readDocuments(text, 'text')[0]?.value;

const nasty = [
  'yes',
  'no',
  'on',
  'off',
  'y',
  'n',
  'Y',
  'true',
  'True',
  'null',
  'Null',
  '~',
  '',
  ' ',
  '=',
  '<<',
  '-',
  '--',
  '---',
  '...',
  '?',
  ':',
  '#',
  '# c',
  '&a',
  '*a',
  '!t',
  '!!str',
  '%y',
  '@',
  '`',
  '|',
  '>',
  '|-',
  '0644',
  '0o644',
  '0x1F',
  '0b11',
  '1e3',
  '1E3',
  '1.',
  '.5',
  '.inf',
  '-.INF',
  '.nan',
  '1_000',
  '12:30:45',
  '190:20:30',
  '+1',
  '-1',
  '1.0',
  '9007199254740993',
  '08',
  '0777',
  'infinity',
  'NaN',
  '2026-11-22',
  '2026-11-22T11:00:00Z',
  '2001-12-14t21:59:43.10-05:00',
  '2026-1-2',
  'a: b',
  'a #b',
  'a:',
  ': a',
  '{a}',
  '[a]',
  '{',
  ']',
  ',',
  'a, b',
  "it's",
  '"quoted"',
  "'",
  '"',
  '\\',
  '\\n',
  'a\\b',
  'line one\nline two',
  'ends\n',
  'ends\n\n',
  '\nstarts',
  '  leading',
  'trailing  ',
  '\ttab',
  'a\tb',
  'a\r\nb',
  '\r',
  'a\n  indented\nb',
  '  first\nsecond',
  '\n  \n',
  '#!/bin/sh\nset -e\n',
  'x\n---\ny',
  'x\n...\ny',
  '- a\n- b\n',
  'é',
  '東京',
  '😀',
  '\u00a0',
  '\u2028',
  '\u2029',
  '\u0085',
  '\ufeff',
  '\u0000',
  '\u0007',
  '\u001b[31m',
  '\u007f',
  '\u009f',
  'a'.repeat(300),
  `${'word '.repeat(60)}end`,
];

describe('toYaml', () => {
  it.each(nasty.map((text) => ({ text })))('gives back $text', ({ text }) => {
    const value = { plain: text, [text]: 'as a key', list: [text, [text]], deep: { deeper: { text } } };
    expect(back(toYaml(value))).toEqual(value);
  });

  it('gives back every value', () => {
    const text = fc.oneof(
      fc.constantFrom(...nasty),
      fc.string({ unit: 'grapheme', maxLength: 20 }),
      fc.string({ unit: 'binary', maxLength: 8 }).filter((made) => made.isWellFormed()),
    );
    const value = fc.letrec<{ value: JsonValue }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        text,
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).filter((number) => !Object.is(number, -0)),
        fc.boolean(),
        fc.constant(null),
        fc.bigInt({ min: 2n ** 53n + 1n, max: 2n ** 63n - 1n }),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(
          text.filter((key) => key !== '__proto__'),
          tie('value'),
          { maxKeys: 4 },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.dictionary(
          fc.string({ maxLength: 5 }).filter((key) => key !== '__proto__'),
          value,
          { maxKeys: 4 },
        ),
        (made) => {
          const object = made as JsonObject;
          const read = back(toYaml(object));
          expect(canonicalJson(read ?? {})).toBe(canonicalJson(object));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('keeps integers beyond 2^53 digit by digit, in YAML and in JSON', () => {
    expect(toYaml({ id: 9007199254740993n })).toBe('id: 9007199254740993\n');
    expect(toJson({ n: 9007199254740993n })).toBe('{\n  "n": 9007199254740993\n}\n');
    expect(back(toYaml({ n: 9007199254740993n }))).toEqual({ n: 9007199254740993n });
  });

  it('writes no anchors for parts that occur twice', () => {
    const shared = { app: 'web' };
    expect(toYaml({ a: shared, b: shared })).toBe('a:\n  app: web\nb:\n  app: web\n');
  });
});

describe('documents', () => {
  const executor = { subject: { type: 'ServiceAccount', serviceAccount: { namespace: 'ns', name: 'sa' } } };

  it('shows only what a user writes in the plain form', () => {
    expect(plainDocument(storedWork(work({ labels: { app: 'web' }, executor }), { version: 3 }))).toMatchObject({
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'w', namespace: 'c1', labels: { app: 'web' } },
      spec: { executor, workload: { manifests: work().manifests } },
    });
  });

  it('adds what server and agent have set in the full form', () => {
    const status = { ObservedVersion: 3 };
    expect(fullDocument(bundle({ version: 3, deletedAt: '2026-11-22T11:00:00Z', raw: { status } }))).toMatchObject({
      metadata: {
        name: 'w',
        uid: bundle().id,
        resourceVersion: '3',
        generation: 3,
        creationTimestamp: '2026-11-22T10:00:00Z',
        deletionTimestamp: '2026-11-22T11:00:00Z',
      },
      status,
    });
  });

  it('names a work without metadata by its id', () => {
    expect(fullDocument(bundle({ metadata: {} }))).toMatchObject({ metadata: { name: bundle().id } });
  });
});
