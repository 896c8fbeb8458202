import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { isMaskText, maskAnnotations, maskSecretPair, maskSecrets, maskText } from '../../src/core/mask-secrets.ts';
import { toYaml } from '../../src/output/yaml.ts';

const secret = (data: JsonObject, member = 'data'): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 's' },
  [member]: data,
});

describe('maskSecrets', () => {
  it('masks values and keeps keys, in data and stringData, dotted and odd keys included', () => {
    expect(maskSecrets(secret({ 'a.b': 'x', __proto_: 'y', 'tls.key': 'z' }))).toEqual(
      secret({ 'a.b': maskText, __proto_: maskText, 'tls.key': maskText }),
    );
    expect(maskSecrets(secret({ a: 'x' }, 'stringData'))).toEqual(secret({ a: maskText }, 'stringData'));
  });

  it.each<[string, JsonObject, unknown]>([
    [
      'a Secret in a List',
      { kind: 'List', items: [secret({ a: 'x' })] },
      { kind: 'List', items: [secret({ a: maskText })] },
    ],
    ['data that is no map', { kind: 'Secret', data: 'whole' }, { kind: 'Secret', data: maskText }],
    [
      'a ConfigMap, which is no secret',
      { kind: 'ConfigMap', data: { a: 'x' } },
      { kind: 'ConfigMap', data: { a: 'x' } },
    ],
    [
      'the copy that kubectl keeps',
      {
        kind: 'Secret',
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"x"}}', b: 'c' } },
      },
      {
        kind: 'Secret',
        metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': maskText, b: 'c' } },
      },
    ],
  ])('%s', (_title, value, expected) => {
    expect(maskSecrets(value)).toEqual(expected);
  });

  it('lets no value through, whatever the values are', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.string({ minLength: 8 })),
        fc.dictionary(fc.string(), fc.string({ minLength: 8 })),
        (before, after) => {
          const pair = maskSecretPair(secret(before), secret(after));
          const masked = [maskSecrets(secret(before)), pair.before, pair.after].map(
            (value) => ((value as JsonObject)['data'] ?? {}) as JsonObject,
          );
          for (const data of masked)
            for (const text of Object.values(data)) expect(isMaskText(text as string)).toBe(true);
        },
      ),
    );
  });
});

describe('maskSecretPair', () => {
  it('says of each value whether it is the same, and nothing else', () => {
    const { before, after } = maskSecretPair(
      secret({ same: 'x', other: 'y', old: 'z' }),
      secret({ same: 'x', other: 'yy', new: 'z' }),
    );
    expect(before?.['data']).toEqual({
      same: '(masked by maestro-cli: unchanged)',
      other: '(masked by maestro-cli: stored)',
      old: '(masked by maestro-cli: removed)',
    });
    expect(after?.['data']).toEqual({
      same: '(masked by maestro-cli: unchanged)',
      other: '(masked by maestro-cli: changed)',
      new: '(masked by maestro-cli: added)',
    });
  });

  it('differs in text exactly where the values differ', () => {
    const values = fc.dictionary(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('1', '2'));
    fc.assert(
      fc.property(values, values, (left, right) => {
        const { before, after } = maskSecretPair(secret(left), secret(right));
        const [one, two] = [before?.['data'], after?.['data']] as [JsonObject, JsonObject];
        for (const key of ['a', 'b', 'c']) expect(one[key] === two[key]).toBe(left[key] === right[key]);
      }),
    );
  });

  it('masks a Secret that has no counterpart', () => {
    expect(maskSecretPair(undefined, secret({ a: 'x' })).after?.['data']).toEqual({
      a: '(masked by maestro-cli: added)',
    });
    expect(maskSecretPair(secret({ a: 'x' }), undefined).before?.['data']).toEqual({
      a: '(masked by maestro-cli: removed)',
    });
  });
});

it('knows its own mask texts, and takes no other text for one', () => {
  expect([maskText, '(masked by maestro-cli: unchanged)'].every((text) => isMaskText(text))).toBe(true);
  const others = ['', 'masked', '(masked by maestro-cli: x) y', 'x (masked by maestro-cli)', 'KG1hc2tlZCk='];
  expect(others.some((text) => isMaskText(text))).toBe(false);
});

describe('copies of a Secret in annotations', () => {
  const copy = { apiVersion: 'v1', kind: 'Secret', stringData: { pw: 'hunter2' } };
  const gzip = (text: string): string => gzipSync(text).toString('base64');
  const inAnnotation = (text: string): JsonObject => ({
    kind: 'Secret',
    metadata: { name: 's', annotations: { a: text, harmless: 'team-b' } },
    data: { pw: Buffer.from('hunter2').toString('base64') },
  });

  it.each<[string, string]>([
    ['the value itself', 'hunter2'],
    ['the value in a longer text', 'was hunter2 until May'],
    ['its base64', 'aHVudGVyMg=='],
    ['base64 of a text around it', Buffer.from('pw is hunter2!').toString('base64')],
    ['JSON of the whole object', JSON.stringify(copy)],
    ['JSON in JSON', JSON.stringify({ last: JSON.stringify({ x: 'hunter2' }) })],
    ['the copy of another version, whose values are not here', '{"kind":"Secret","data":{"pw":"b2xkZXI="}}'],
    ['the same in YAML', 'kind: Secret\ndata:\n  pw: b2xkZXI=\n'],
    ['the same without a kind', 'stringData: {pw: older}'],
    ['the same in gzip, as Helm keeps releases', gzip('{"data":{"pw":"older"}}')],
    ['the same in base64 of base64 of gzip', Buffer.from(gzip('{"data":{"pw":"older"}}')).toString('base64')],
    [
      'folded base64',
      Buffer.from(JSON.stringify({ ...copy, more: 'x'.repeat(90) }))
        .toString('base64')
        .replace(/.{76}/g, '$&\n'),
    ],
    ['a value for a URL', 'https://x/?q=%68unter2'],
    ['gzip that unpacks to more than anybody reads', gzip('x'.repeat(5 * 1024 * 1024))],
  ])('%s', (_title, text) => {
    const masked = maskSecrets(inAnnotation(text)) as { metadata: { annotations: object } };
    expect(masked.metadata.annotations).toEqual({ a: maskText, harmless: 'team-b' });
    expect(maskSecretPair(inAnnotation(text), inAnnotation(`${text} `)).after?.['metadata']).toMatchObject({
      annotations: { a: '(masked by maestro-cli: changed)', harmless: 'team-b' },
    });
  });

  it('takes nothing of other objects but what reads like a Secret or is a value of some length', () => {
    const others = {
      a: 'hunter2',
      b: '{"data":{"x":"y"}}',
      c: '{"kind":"Secret","data":{"x":"y"}}',
      d: 'long-enough-value',
    };
    const object = {
      kind: 'List',
      items: [
        { kind: 'ConfigMap', metadata: { annotations: others } },
        secret({ a: 'hunter2', b: 'long-enough-value' }, 'stringData'),
      ],
    };
    const expected = { ...others, c: maskText, d: maskText };
    expect(maskSecrets(object)).toMatchObject({ items: [{ metadata: { annotations: expected } }, {}] });
    expect(maskAnnotations(others, [secret({ b: 'long-enough-value' }, 'stringData')])).toEqual(expected);
    expect(maskAnnotations({ a: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{}' }, [])).toEqual({
      a: 'b',
      'kubectl.kubernetes.io/last-applied-configuration': maskText,
    });
  });

  it('takes what is no text for a copy in a Secret alone, and no map in its place for none', () => {
    const annotations = { a: 7 };
    expect(maskSecrets({ kind: 'Secret', metadata: { annotations } })).toEqual({
      kind: 'Secret',
      metadata: { annotations: { a: maskText } },
    });
    const other = { kind: 'ConfigMap', metadata: { annotations } };
    expect(maskSecrets(other)).toEqual(other);
    expect(maskSecrets({ kind: 'Secret', data: null })).toEqual({ kind: 'Secret', data: null });
  });

  it('takes annotations elsewhere than in the metadata of a Secret for those of other objects', () => {
    const elsewhere = [
      { kind: 'Other', annotations: { a: 'data: x' } },
      { kind: 'Secret', spec: { annotations: { a: 'data: x' } } },
    ];
    expect(maskSecrets(elsewhere)).toEqual(elsewhere);
  });

  it('masks a value of eight characters in other objects, and what kubectl keeps wherever it stands', () => {
    const key = 'kubectl.kubernetes.io/last-applied-configuration';
    const seen = maskSecrets([
      secret({ a: 'hunter22' }, 'stringData'),
      { kind: 'ConfigMap', metadata: { annotations: { a: 'hunter22' } }, spec: { [key]: 'x' } },
    ]);
    expect(seen).toMatchObject([
      {},
      { kind: 'ConfigMap', metadata: { annotations: { a: maskText } }, spec: { [key]: maskText } },
    ]);
  });

  it('masks a copy of a value that holds the replacement character itself', () => {
    const value = 'password\uFFFD';
    const copies = { planted: gzip(value), other: Buffer.from(value).toString('base64') };
    expect(maskAnnotations(copies, [secret({ b: value }, 'stringData')])).toEqual({
      planted: maskText,
      other: maskText,
    });
  });

  it('lets no planted value through, however it is wrapped', () => {
    const wraps: readonly ((text: string) => string)[] = [
      (text) => JSON.stringify({ spec: text }),
      (text) => Buffer.from(text).toString('base64'),
      (text) => gzip(text),
      (text) => `before ${text} after`,
      (text) => encodeURIComponent(text),
      (text) => toYaml({ nested: { text } }),
    ];
    const value = fc.string({ minLength: 4, maxLength: 24, unit: 'grapheme' }).map((text) => `pw${text}`);
    fc.assert(
      fc.property(
        value,
        value,
        fc.array(fc.constantFrom(...wraps), { maxLength: 3 }),
        fc.boolean(),
        (one, other, layers, encoded) => {
          const data = encoded ? { data: { k: Buffer.from(one).toString('base64') } } : { stringData: { k: one } };
          const planted = layers.reduce((text, wrap) => wrap(text), one);
          const object = {
            kind: 'Secret',
            metadata: { annotations: { planted, label: other }, labels: { planted } },
            ...data,
          };
          const before = { kind: 'Secret', metadata: { annotations: { label: one } }, stringData: { k: other } };
          const pair = maskSecretPair(before, object);
          const read = JSON.stringify([maskSecrets(object), pair.before, pair.after]);
          // Without its own base64 the annotation of the other value is not secret in the object alone.
          const shown = JSON.stringify([pair.before, pair.after]);
          expect(read).not.toContain(JSON.stringify(planted).slice(1, -1));
          for (const text of [one, other]) expect(shown).not.toContain(JSON.stringify(text).slice(1, -1));
        },
      ),
      { numRuns: Number(process.env['RUNS'] ?? 500) },
    );
  });
});
