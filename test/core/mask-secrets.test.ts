import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { isMaskText, maskAnnotations, maskSecretPair, maskSecrets, maskText } from '../../src/core/mask-secrets.ts';

const secret = (data: JsonObject, member = 'data'): JsonObject => ({ apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, [member]: data });

describe('maskSecrets', () => {
  it('masks values and keeps keys, in data and stringData, dotted and odd keys included', () => {
    expect(maskSecrets(secret({ 'a.b': 'x', __proto_: 'y', 'tls.key': 'z' }))).toEqual(secret({ 'a.b': maskText, __proto_: maskText, 'tls.key': maskText }));
    expect(maskSecrets(secret({ a: 'x' }, 'stringData'))).toEqual(secret({ a: maskText }, 'stringData'));
  });

  it.each<[string, JsonObject, unknown]>([
    ['a Secret in a List', { kind: 'List', items: [secret({ a: 'x' })] }, { kind: 'List', items: [secret({ a: maskText })] }],
    ['data that is no map', { kind: 'Secret', data: 'whole' }, { kind: 'Secret', data: maskText }],
    ['a ConfigMap, which is no secret', { kind: 'ConfigMap', data: { a: 'x' } }, { kind: 'ConfigMap', data: { a: 'x' } }],
    [
      'the copy that kubectl keeps',
      { kind: 'Secret', metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': '{"data":{"a":"x"}}', b: 'c' } } },
      { kind: 'Secret', metadata: { annotations: { 'kubectl.kubernetes.io/last-applied-configuration': maskText, b: 'c' } } },
    ],
  ])('%s', (_title, value, expected) => {
    expect(maskSecrets(value)).toEqual(expected);
  });

  it('lets no value through, whatever the values are', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.string({ minLength: 8 })), fc.dictionary(fc.string(), fc.string({ minLength: 8 })), (before, after) => {
        const pair = maskSecretPair(secret(before), secret(after));
        const masked = [maskSecrets(secret(before)), pair.before, pair.after].map((value) => ((value as JsonObject)['data'] ?? {}) as JsonObject);
        for (const data of masked) for (const text of Object.values(data)) expect(isMaskText(text as string)).toBe(true);
      }),
    );
  });
});

describe('maskSecretPair', () => {
  it('says of each value whether it is the same, and nothing else', () => {
    const { before, after } = maskSecretPair(secret({ same: 'x', other: 'y', old: 'z' }), secret({ same: 'x', other: 'yy', new: 'z' }));
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
    expect(maskSecretPair(undefined, secret({ a: 'x' })).after?.['data']).toEqual({ a: '(masked by maestro-cli: added)' });
    expect(maskSecretPair(secret({ a: 'x' }), undefined).before?.['data']).toEqual({ a: '(masked by maestro-cli: removed)' });
  });
});

it('knows its own mask texts, and takes no other text for one', () => {
  expect([maskText, '(masked by maestro-cli: unchanged)'].every((text) => isMaskText(text))).toBe(true);
  expect(['', 'masked', '(masked by maestro-cli: x) y', 'KG1hc2tlZCk='].some((text) => isMaskText(text))).toBe(false);
});

it('masks the copy that kubectl keeps in annotations, and only that', () => {
  expect(maskAnnotations({ a: 'b' })).toEqual({ a: 'b' });
  expect(maskAnnotations({ a: 'b', 'kubectl.kubernetes.io/last-applied-configuration': '{}' })).toEqual({
    a: 'b',
    'kubectl.kubernetes.io/last-applied-configuration': maskText,
  });
});
