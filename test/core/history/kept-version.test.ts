import { describe, expect, it } from 'vitest';
import { keptText, readKept, valueAt, withValueAt, type KeptVersion } from '../../../src/core/history/kept-version.ts';
import { isDigestOf, SecretDigests } from '../../../src/core/history/secret-digest.ts';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { workDocument } from '../../../src/core/works/document.ts';

const work = {
  name: 'w',
  labels: { l: 'x' },
  annotations: {},
  manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' }, data: { big: 2n ** 60n } }],
  manifestConfigs: [],
};
const about: Omit<KeptVersion, 'work'> = {
  version: 3,
  createdAt: '2026-11-23T01:00:00Z',
  keptAt: '2026-11-23T02:00:00Z',
  manager: 'np',
  operation: 'updated',
  command: 'rollback',
  rolledBackTo: 1,
  changes: ['labels: l changed'],
  leftOut: [{ subject: 'Secret/db', manifest: 0, paths: [['data', 'k']], salt: 'aa', digest: 'bb' }],
};
const text = keptText(about, workDocument(work));

describe('the file of a version', () => {
  it('is one line, and reads back as it was written', () => {
    expect(text.endsWith('\n')).toBe(true);
    expect(text.trimEnd()).not.toContain('\n');
    expect(readKept(text)).toEqual({ ...about, work });
  });

  it('takes a work that nests as deep as one may', () => {
    let deep: JsonValue = 'x';
    for (let level = 0; level < 95; level += 1) deep = { a: deep };
    const nested = { ...work, manifests: [{ ...work.manifests[0], data: deep }] };
    expect(readKept(keptText(about, workDocument(nested)))).toMatchObject({ work: { manifests: nested.manifests } });
  });

  it.each([
    ['cut off', text.slice(0, -3), 'it is no JSON, or not all of it'],
    ['of another form', text.replace('history/1', 'history/2'), 'it was not written by this version of maestro-cli'],
    ['changed by hand', text.replace('"version":3', '"version":4'), 'it is not as it was written'],
    ['without its digest', text.replace(/,?"digest":"[0-9a-f]{64}"/, ''), 'it is not as it was written'],
    ['of something else', keptText(about, { kind: 'ConfigMap' }), 'it holds no work'],
    ['of no document', keptText(about, 'w' as unknown as JsonObject), 'it holds no work'],
  ])('%s says nothing, and why', (_what, changed, broken) => {
    expect(changed).not.toBe(text);
    expect(readKept(changed)).toEqual({ broken });
  });
});

describe('a value at a path', () => {
  const root: JsonObject = { a: { b: [1, { c: null }], '0': 'zero' } };

  it.each<[readonly (string | number)[], JsonValue | undefined]>([
    [[], root],
    [['a', 'b', 1, 'c'], null],
    [['a', 'b', 2], undefined],
    [['a', 'b', '1'], undefined],
    [['a', 0], undefined],
    [['a', '0'], 'zero'],
    [['a', 'toString'], undefined],
    [['x', 'y'], undefined],
    [['a', 'b', 0, 'c'], undefined],
  ])('%j is found, or is not there', (path, value) => {
    expect(valueAt(root, path)).toEqual(value);
  });

  it.each<[readonly (string | number)[], JsonValue | undefined, JsonValue]>([
    [[], 'x', 'x'],
    [[], undefined, null],
    [['a', 'b', 0], 'x', { a: { b: ['x', { c: null }], '0': 'zero' } }],
    [['a', 'b', 1, 'c'], undefined, { a: { b: [1, {}], '0': 'zero' } }],
    [['a', '0'], 'x', { a: { b: [1, { c: null }], '0': 'x' } }],
    [['a', 'b', 5], 'x', root],
    [['a', 'toString'], 'x', root],
    [['a', '0', 'deeper'], 'x', root],
    [['x'], 'x', root],
  ])('%j is put there, taken away, or stays away', (path, value, result) => {
    expect(withValueAt(root, path, value)).toEqual(result);
  });
});

describe('the digest of values', () => {
  it('is that of these values at these places alone, and made once for a run', async () => {
    const digests = new SecretDigests();
    const values = [[['data', 'k'], 'correct-horse'] as const];
    const made = digests.of(values);
    expect(digests.of([[['data', 'k'], 'correct-horse']])).toBe(made);
    const digest = await made;
    expect([digest, digests.salt].map((one) => one.length)).toEqual([64, 32]);
    expect(await isDigestOf(values, digests.salt, digest)).toBe(true);
    expect(await isDigestOf([[['data', 'l'], 'correct-horse']], digests.salt, digest)).toBe(false);
    expect(await isDigestOf(values, new SecretDigests().salt, digest)).toBe(false);
    expect(await isDigestOf(values, digests.salt, digest.slice(0, 10))).toBe(false);
    expect(await isDigestOf(values, digests.salt, '')).toBe(false);
  });
});
