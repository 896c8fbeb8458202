import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../src/core/json.ts';
import { leftOutValues, putBackMasked } from '../../src/core/left-out-values.ts';
import { maskSecrets, maskText } from '../../src/core/mask-secrets.ts';

const secret = (name: string, data: JsonObject, more: JsonObject = {}): JsonObject => ({
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name, namespace: 'default' },
  data,
  ...more,
});
const original = {
  manifests: [
    secret('a', { user: 'Zmlyc3Q=', password: 'c2Vjb25k' }),
    secret('b', { password: 'dGhpcmQ=' }),
    { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'default' }, data: { user: 'plain' } },
    { apiVersion: 'v1', kind: 'List', items: [secret('a', { user: 'Zm91cnRo' }), secret('b', { user: 'ZmlmdGg=' })] },
  ],
} satisfies JsonObject;
const masked = maskSecrets(original) as typeof original;

const arbitrarySecret = fc
  .record({
    name: fc.constantFrom('a', 'b', 'c', 'd'),
    data: fc.dictionary(fc.constantFrom('x', 'y', '__proto__'), fc.string({ minLength: 1 })),
    labels: fc.dictionary(fc.string(), fc.string()),
  })
  .map(({ name, data, labels }) => secret(name, data, { labels }));

describe('what was masked', () => {
  it('is put back just as it was, whatever it was', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(arbitrarySecret, { selector: ({ metadata }) => JSON.stringify(metadata) }),
        (manifests) => {
          expect(putBackMasked(maskSecrets({ manifests }), { manifests })).toEqual({
            value: { manifests },
            unknown: [],
          });
        },
      ),
    );
  });

  it('is put back in any order of objects, and in no other object than it was taken from', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(masked.manifests as unknown as JsonValue[]), (manifests) => {
        const { value, unknown } = putBackMasked({ manifests }, original);
        expect(unknown).toEqual([]);
        for (const manifest of (value as { manifests: JsonObject[] }).manifests)
          expect(original.manifests).toContainEqual(manifest);
      }),
    );
  });

  it.each<[string, JsonValue, readonly (string | number)[]]>([
    ['another key', secret('a', { pass: maskText }), ['manifests', 0, 'data', 'pass']],
    ['another object', secret('c', { user: maskText }), ['manifests', 0, 'data', 'user']],
    ['another kind', { ...secret('a', { user: maskText }), kind: 'ConfigMap' }, ['manifests', 0, 'data', 'user']],
    [
      'another part',
      secret('b', {}, { metadata: { name: 'b', namespace: 'default', labels: { user: maskText } } }),
      ['manifests', 0, 'metadata', 'labels', 'user'],
    ],
  ])('is not known at %s', (_where, manifest, path) => {
    expect(putBackMasked({ manifests: [manifest] }, original).unknown).toEqual([path]);
  });

  it('is put back into the object of its name, whatever else was changed in that', () => {
    const manifests = [
      secret('b', { password: maskText }, { type: 'Opaque' }),
      secret('a', { user: maskText, more: 'bmV3' }),
    ];
    expect(putBackMasked({ manifests }, original)).toEqual({
      value: {
        manifests: [
          secret('b', { password: 'dGhpcmQ=' }, { type: 'Opaque' }),
          secret('a', { user: 'Zmlyc3Q=', more: 'bmV3' }),
        ],
      },
      unknown: [],
    });
  });

  it('is put back into the member of a list that has its name, where it is no object of Kubernetes', () => {
    const parts = [
      { name: 'one', of: secret('a', { user: 'Zmlyc3Q=' }) },
      { name: 'two', of: secret('a', { user: 'c2Vjb25k' }) },
      { of: secret('a', { user: 'dGhpcmQ=' }) },
    ];
    const edited = [
      { name: 'two', on: true, of: secret('a', { user: maskText }) },
      { of: secret('a', { user: maskText }) },
      { on: true, of: secret('a', { user: maskText }) },
    ];
    expect(putBackMasked({ parts: edited }, { parts })).toEqual({
      value: { parts: [{ name: 'two', on: true, of: parts[1]?.of }, parts[2], edited[2]] },
      unknown: [['parts', 2, 'of', 'data', 'user']],
    });
  });

  it('is put back where two have one name only into what looks as it did', () => {
    const two = [secret('a', { user: 'Zmlyc3Q=' }), secret('a', { password: 'c2Vjb25k' })];
    const looksSo = secret('a', { password: maskText });
    expect(putBackMasked([looksSo], two)).toEqual({ value: [two[1]], unknown: [] });
    const changed = secret('a', { user: maskText }, { type: 'Opaque' });
    expect(putBackMasked([changed], two)).toEqual({ value: [changed], unknown: [[0, 'data', 'user']] });
    const alike = [secret('a', { user: 'Zmlyc3Q=' }), secret('a', { user: 'c2Vjb25k' })];
    expect(putBackMasked([changed], alike)).toEqual({ value: [changed], unknown: [[0, 'data', 'user']] });
  });

  it('is not known in a list of texts, in another place, or in place of nothing', () => {
    expect(putBackMasked([maskText, 'b'], ['a', 'b'])).toEqual({ value: [maskText, 'b'], unknown: [[0]] });
    expect(putBackMasked({ a: maskText }, { a: 'plain' }).unknown).toEqual([['a']]);
    expect(putBackMasked({ a: [maskText] }, { a: 'plain' }).unknown).toEqual([['a', 0]]);
    expect(putBackMasked({ toString: { name: maskText } }, {}).unknown).toEqual([['toString', 'name']]);
  });

  it('stays what was typed over it', () => {
    const manifests = [secret('b', { password: 'bmV3' }), ...masked.manifests.slice(2)];
    const { value } = putBackMasked({ manifests }, original);
    expect(value).toMatchObject({
      manifests: [{ data: { password: 'bmV3' } }, original.manifests[2], original.manifests[3]],
    });
  });
});

it('what a masked copy left out is told with its place', () => {
  expect(leftOutValues(original, masked).map(({ path, value }) => [path.join('.'), value])).toEqual([
    ['manifests.0.data.user', 'Zmlyc3Q='],
    ['manifests.0.data.password', 'c2Vjb25k'],
    ['manifests.1.data.password', 'dGhpcmQ='],
    ['manifests.3.items.0.data.user', 'Zm91cnRo'],
    ['manifests.3.items.1.data.user', 'ZmlmdGg='],
  ]);
  expect(leftOutValues(masked, masked)).toEqual([]);
  for (const data of [['a'], { user: { first: 'a' } }, { user: ['a'] }]) {
    const odd = { kind: 'Secret', data, type: undefined };
    const place = Array.isArray(data) ? 'data' : 'data.user';
    expect(leftOutValues(odd, maskSecrets(odd)).map(({ path, value }) => [path.join('.'), value])).toEqual([
      [place, Array.isArray(data) ? data : data.user],
    ]);
  }
});
