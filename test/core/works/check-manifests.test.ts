import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { checkManifests } from '../../../src/core/works/check-manifests.ts';
import { hasErrors, problemText } from '../../../src/core/works/problem.ts';

const good: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'a' } };
const limit = 256 * 1024;

function found(...manifests: readonly JsonObject[]): readonly string[] {
  const problems = checkManifests(manifests, ['m']);
  expect(hasErrors(problems)).toBe(problems.length > 0);
  return problems.map((problem) => problemText(problem));
}

function ofMetadata(change: JsonObject): readonly string[] {
  return found({ ...good, metadata: { name: 'a', ...change } });
}

describe('what the server refuses of one manifest', () => {
  const { metadata, ...without } = good;

  it.each<[string, JsonObject, string]>([
    ['an empty apiVersion', { ...good, apiVersion: '' }, 'm[0].apiVersion: Required value: field not set'],
    ['no apiVersion', { ...good, apiVersion: null }, 'm[0].apiVersion: Required value: field not set'],
    [
      'an apiVersion that is a number',
      { ...good, apiVersion: 1 },
      'm[0].apiVersion: expected text, found the number 1 (put the value in quotes)',
    ],
    [
      'an apiVersion of three parts',
      { ...good, apiVersion: 'apps/v1/v2' },
      'm[0].apiVersion: Invalid value: "apps/v1/v2": bad format',
    ],
    ['a kind that is null', { kind: null, apiVersion: 'v1', metadata }, 'm[0].kind: Required value: field not set'],
    ['no metadata', without, 'm[0].metadata.name: Required value: field not set'],
    ['a name that is null', { ...good, metadata: { name: null } }, 'm[0].metadata.name: Required value: field not set'],
    [
      'a name to be generated',
      { ...good, metadata: { name: 'a', generateName: 'a-' } },
      'm[0].metadata.generateName: Forbidden: field cannot be set (Maestro and its agents know an object by its name;' +
        ' write the whole of it into metadata.name)',
    ],
    [
      'a version that is stored',
      { ...good, metadata: { name: 'a', resourceVersion: '7' } },
      'm[0].metadata.resourceVersion: Forbidden: field cannot be set',
    ],
    [
      'a finalizer that is a number',
      { ...good, metadata: { name: 'a', finalizers: ['b', 1] } },
      'm[0].metadata.finalizers[1]: expected text, found the number 1 (put the value in quotes)',
    ],
  ])('%s', (_what, manifest, text) => expect(found(manifest)).toEqual([text]));

  it('judges a version without a group as a version alone', () => {
    const problems = found({ ...good, apiVersion: 'V1' });
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatch(/^m\[0\]\.apiVersion: Invalid value: "V1": a DNS-1035 label must/);
  });

  it('says of a group and a version what is wrong with each', () => {
    expect(found({ ...good, apiVersion: '/' })).toEqual([
      'm[0].apiVersion: Invalid value: "/": group not set',
      'm[0].apiVersion: Invalid value: "/": version not set',
    ]);
  });
});

describe('what the server takes', () => {
  it.each<[string, JsonObject]>([
    ['a namespace that is null', { namespace: null }],
    ['finalizers that are null', { finalizers: null }],
    ['a label and an annotation without a value', { labels: { a: null }, annotations: { b: null } }],
    ['an annotation key in capitals', { annotations: { 'Example.COM/Key': 'x' } }],
  ])('%s', (_what, metadata) => expect(ofMetadata(metadata)).toEqual([]));

  it('256 KiB of annotations, keys and values together, and no byte more', () => {
    const sized = (size: number): JsonValue => ({ key: 'x'.repeat(size - 'keynone'.length), none: null });
    expect(ofMetadata({ annotations: sized(limit) })).toEqual([]);
    expect(ofMetadata({ annotations: sized(limit + 1) })).toEqual([
      'm[0].metadata.annotations: Too long: may not be more than 262144 bytes',
    ]);
  });

  it('items in a kind that is not called a list', () => {
    expect(found({ ...good, kind: 'Playbook', items: [] })).toEqual([]);
  });
});

describe('manifests that are there twice', () => {
  it('are told with the first', () => {
    expect(found(good, { ...good, metadata: { name: 'b' } }, good, good)).toEqual([
      'm[2]: duplicate manifest for resource /a with resource type v1.Namespace (the first is manifests[0])',
      'm[3]: duplicate manifest for resource /a with resource type v1.Namespace (the first is manifests[0])',
    ]);
  });

  it.each<[string, JsonObject]>([
    ['a kind', { apiVersion: 'v1', metadata: { name: 'a' } }],
    ['a name', { apiVersion: 'v1', kind: 'Namespace', metadata: {} }],
  ])('are not, where both lack %s', (_what, manifest) => {
    const problems = found(manifest, manifest);
    expect(problems).toHaveLength(2);
    for (const problem of problems) expect(problem).toMatch(/Required value: field not set$/);
  });
});
