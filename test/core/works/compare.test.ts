import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { isJsonObject } from '../../../src/core/json.ts';
import { contentDifferences, sameContent } from '../../../src/core/works/compare.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { anyWork } from './arbitrary-work.ts';

const configMap: JsonObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'c', namespace: 'n' },
  data: { a: '1', list: [1, { x: true }] },
};
const job: JsonObject = { apiVersion: 'batch/v1', kind: 'Job', metadata: { name: 'j' }, spec: { parallelism: 2 } };
const work: ManifestWork = {
  name: 'w',
  labels: { l: '1' },
  annotations: { a: '1', 'own/x': '1' },
  manifests: [configMap, job],
  manifestConfigs: [{ resourceIdentifier: { resource: 'jobs', name: 'j' } }],
  deleteOption: { propagationPolicy: 'Orphan' },
};
const keyOf = (kind: string): unknown => expect.objectContaining({ kind });

describe('each difference is named', () => {
  it.each<[string, Partial<ManifestWork>, unknown[]]>([
    ['a label changed', { labels: { l: '2' } }, [{ part: 'labels', change: 'changed', name: 'l' }]],
    ['a label removed', { labels: {} }, [{ part: 'labels', change: 'removed', name: 'l' }]],
    [
      'a label added',
      { labels: { l: '1', constructor: 'x' } },
      [{ part: 'labels', change: 'added', name: 'constructor' }],
    ],
    [
      'an annotation changed',
      { annotations: { a: '2', 'own/x': '1' } },
      [{ part: 'annotations', change: 'changed', name: 'a' }],
    ],
    [
      'labels in the order of their names',
      { labels: { z: '1', a: '1', l: '2' } },
      ['a', 'l', 'z'].map((name) => ({ part: 'labels', change: name === 'l' ? 'changed' : 'added', name })),
    ],
    [
      'a manifest added before the others, which keep their order',
      { manifests: [{ ...job, metadata: { name: 'k' } }, configMap, job] },
      [{ part: 'manifest', change: 'added', key: expect.objectContaining({ name: 'k' }) as unknown }],
    ],
    ['a manifest removed', { manifests: [job] }, [{ part: 'manifest', change: 'removed', key: keyOf('ConfigMap') }]],
    [
      'a manifest added',
      { manifests: [configMap, job, { ...job, metadata: { name: 'k' } }] },
      [
        {
          part: 'manifest',
          change: 'added',
          key: { group: 'batch', version: 'v1', kind: 'Job', namespace: '', name: 'k' },
        },
      ],
    ],
    [
      'a value in a list changed',
      { manifests: [{ ...configMap, data: { a: '1', list: [1, { x: false }] } }, job] },
      [{ part: 'manifest', change: 'changed', key: keyOf('ConfigMap') }],
    ],
    [
      'an empty map instead of none, inside a manifest',
      { manifests: [{ ...configMap, binaryData: {} }, job] },
      [{ part: 'manifest', change: 'changed', key: keyOf('ConfigMap') }],
    ],
    [
      'null in a list',
      { manifests: [{ ...configMap, data: { a: '1', list: [1, { x: true }, null] } }, job] },
      [{ part: 'manifest', change: 'changed', key: keyOf('ConfigMap') }],
    ],
    [
      'text instead of a number',
      { manifests: [configMap, { ...job, spec: { parallelism: '2' } }] },
      [{ part: 'manifest', change: 'changed', key: keyOf('Job') }],
    ],
    [
      'another API version',
      { manifests: [configMap, { ...job, apiVersion: 'batch/v2' }] },
      [
        { part: 'manifest', change: 'removed', key: keyOf('Job') },
        { part: 'manifest', change: 'added', key: expect.objectContaining({ version: 'v2' }) as unknown },
      ],
    ],
    ['the order', { manifests: [job, configMap] }, [{ part: 'order', change: 'changed' }]],
    ['no configs', { manifestConfigs: [] }, [{ part: 'manifestConfigs', change: 'removed' }]],
    [
      'another config',
      { manifestConfigs: [{ resourceIdentifier: { resource: 'jobs', name: 'k' } }] },
      [{ part: 'manifestConfigs', change: 'changed' }],
    ],
    ['no delete option', { deleteOption: undefined }, [{ part: 'deleteOption', change: 'removed' }]],
    [
      'another delete option',
      { deleteOption: { propagationPolicy: 'Foreground' } },
      [{ part: 'deleteOption', change: 'changed' }],
    ],
  ])('%s', (_name, change, expected) => {
    expect(contentDifferences(work, { ...work, ...change })).toEqual(expected);
  });

  it('says added where it was empty before', () => {
    const bare: ManifestWork = {
      name: 'w',
      labels: {},
      annotations: {},
      manifests: work.manifests,
      manifestConfigs: [],
    };
    expect(contentDifferences(bare, work).map(({ part, change }) => `${part} ${change}`)).toEqual([
      'labels added',
      'annotations added',
      'annotations added',
      'manifestConfigs added',
      'deleteOption added',
    ]);
  });

  it('finds a manifest that is there twice only once', () => {
    const twice = { ...work, manifests: [configMap, job, job] };
    expect(contentDifferences(twice, work)).toEqual([{ part: 'manifest', change: 'removed', key: keyOf('Job') }]);
  });
});

describe('what is the same content', () => {
  it.each<[string, Partial<ManifestWork>]>([
    ['an executor', { executor: { subject: {} } }],
    ['another name and consumer', { name: 'x', namespace: 'y' }],
    ['a null member', { manifests: [{ ...configMap, status: null }, job] }],
    ['an undefined member', { manifests: [{ ...configMap, status: undefined }, job] }],
  ])('%s', (_name, change) => expect(contentDifferences(work, { ...work, ...change })).toEqual([]));

  it('is what the server makes of big integers', () => {
    const sent = { ...work, manifests: [{ ...job, spec: { n: 9007199254740993n } }] };
    const stored = { ...work, manifests: [{ ...job, spec: { n: 9007199254740992 } }] };
    expect(sameContent(stored, sent)).toBe(true);
    expect(sameContent(stored, { ...work, manifests: [{ ...job, spec: { n: 9007199254740995n } }] })).toBe(false);
  });

  it('leaves out the annotations it is told to, and no others', () => {
    const other = { ...work, annotations: { a: '1', 'own/x': '2', 'own/y': '3' } };
    expect(sameContent(work, other, { ignoreAnnotationsUnder: 'own/' })).toBe(true);
    expect(sameContent(work, other, { ignoreAnnotationsUnder: 'own/y' })).toBe(false);
    expect(sameContent(work, other)).toBe(false);
  });

  it('takes empty parts of the envelope for absent ones', () => {
    const bare = { ...work, manifestConfigs: [], deleteOption: undefined } as unknown as ManifestWork;
    const empty = { ...bare, deleteOption: {} };
    expect(sameContent(bare, empty)).toBe(true);
    expect(sameContent({ ...bare, deleteOption: null } as unknown as ManifestWork, empty)).toBe(true);
    expect(sameContent({ ...bare, deleteOption: { propagationPolicy: '' } }, bare)).toBe(true);
  });
});

describe('what the server makes of options, kept in structures of Go', () => {
  const identifier = { resource: 'configmaps', name: 'a', namespace: 'n' };
  const configured = (config: JsonObject): ManifestWork => ({ ...work, manifestConfigs: [config] });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'the group of a core kind',
      { resourceIdentifier: identifier },
      { resourceIdentifier: { ...identifier, group: '' } },
    ],
    [
      'no namespace',
      { resourceIdentifier: { resource: 'nodes', name: 'a' } },
      { resourceIdentifier: { group: '', resource: 'nodes', name: 'a', namespace: '' } },
    ],
    [
      'force that was not asked for',
      { updateStrategy: { type: 'ServerSideApply', serverSideApply: {} } },
      { updateStrategy: { type: 'ServerSideApply', serverSideApply: { force: false } } },
    ],
    ['no rules', { resourceIdentifier: identifier, feedbackRules: [] }, { resourceIdentifier: identifier }],
  ])('is the same content: %s', (_what, given, stored) => {
    expect(contentDifferences(configured(given), configured(stored))).toEqual([]);
  });

  it('takes null in them for absent', () => {
    const option = { propagationPolicy: 'Orphan', ttlSecondsAfterFinished: null };
    expect(contentDifferences(work, { ...work, deleteOption: option })).toEqual([]);
  });

  it('tells one that is new from one that is gone and one that is another', () => {
    const { deleteOption, ...without } = work;
    const changeOf = (before: ManifestWork, after: ManifestWork): unknown => contentDifferences(before, after);
    expect(changeOf(without, work)).toEqual([{ part: 'deleteOption', change: 'added' }]);
    expect(changeOf(work, without)).toEqual([{ part: 'deleteOption', change: 'removed' }]);
    expect(changeOf({ ...work, deleteOption: {} }, work)).toEqual([{ part: 'deleteOption', change: 'added' }]);
    const longer = { ...deleteOption, ttlSecondsAfterFinished: 5 };
    expect(changeOf(work, { ...work, deleteOption: longer })).toEqual([{ part: 'deleteOption', change: 'changed' }]);
  });

  it('is the same for the rules of a deletion', () => {
    const rules = (rule: JsonObject): ManifestWork => ({
      ...work,
      deleteOption: { propagationPolicy: 'SelectivelyOrphan', selectivelyOrphans: { orphaningRules: [rule] } },
    });
    expect(contentDifferences(rules(identifier), rules({ group: '', ...identifier }))).toEqual([]);
  });

  it.each<[string, JsonObject, JsonObject]>([
    [
      'force',
      { updateStrategy: { type: 'ServerSideApply', serverSideApply: { force: true } } },
      { updateStrategy: { type: 'ServerSideApply' } },
    ],
    ['another group', { resourceIdentifier: { ...identifier, group: 'apps' } }, { resourceIdentifier: identifier }],
  ])('is a difference: %s', (_what, given, stored) => {
    expect(contentDifferences(configured(given), configured(stored))).toEqual([
      { part: 'manifestConfigs', change: 'changed' },
    ]);
  });

  it('tells a time to live of none from no time to live', () => {
    const kept = (option: JsonObject): ManifestWork => ({ ...work, deleteOption: option });
    expect(contentDifferences(kept({ ttlSecondsAfterFinished: 0 }), kept({}))).toHaveLength(1);
  });
});

describe('properties', () => {
  it('a work is the same as itself, whatever the order of its keys', () => {
    fc.assert(
      fc.property(anyWork, (any) => {
        const turned = turnKeys(any as unknown as JsonValue) as unknown as ManifestWork;
        expect(contentDifferences(any, turned)).toEqual([]);
      }),
    );
  });

  it('any single change inside a manifest is found, and in both directions', () => {
    fc.assert(
      fc.property(anyWork, fc.nat(), fc.nat(), (any, which, where) => {
        const index = which % any.manifests.length;
        const manifest = any.manifests[index] as JsonObject;
        const changed = changeLeaf({ ...manifest, extra: 'x' }, where);
        const other = { ...any, manifests: any.manifests.with(index, changed) };
        const base = { ...any, manifests: any.manifests.with(index, { ...manifest, extra: 'x' }) };
        expect(sameContent(base, other)).toBe(false);
        expect(sameContent(other, base)).toBe(false);
      }),
    );
  });

  it('any reordering is an order difference and nothing else', () => {
    fc.assert(
      fc.property(anyWork, (any) => {
        fc.pre(any.manifests.length > 1);
        const turned = { ...any, manifests: any.manifests.toReversed() };
        expect(contentDifferences(any, turned)).toEqual([{ part: 'order', change: 'changed' }]);
      }),
    );
  });
});

function turnKeys(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => turnKeys(item));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value)
      .toReversed()
      .map(([key, member]) => [key, turnKeys(member as JsonValue)]),
  );
}

/** Changes the leaf that `where` picks among all leaves of the manifest. */
function changeLeaf(manifest: JsonObject, where: number): JsonObject {
  const leaves: (string | number)[][] = [];
  const collect = (value: JsonValue | undefined, path: (string | number)[]): void => {
    if (Array.isArray(value)) value.forEach((item: JsonValue, index) => collect(item, [...path, index]));
    else if (isJsonObject(value)) for (const key of Object.keys(value)) collect(value[key], [...path, key]);
    else leaves.push(path);
  };
  collect(manifest, []);
  const path = leaves[where % leaves.length] ?? [];
  const change = (value: JsonValue | undefined, depth: number): JsonValue => {
    const step = path[depth];
    if (step === undefined) return { changed: value ?? null };
    if (Array.isArray(value))
      return value.with(step as number, change(value[step as number] as JsonValue, depth + 1)) as JsonValue;
    const object = value as JsonObject;
    return { ...object, [step]: change(object[step as string], depth + 1) };
  };
  return change(manifest, 0) as JsonObject;
}
