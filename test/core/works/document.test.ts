import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { sameContent } from '../../../src/core/works/compare.ts';
import {
  bundleData,
  eventMetadata,
  readAt,
  storedContent,
  workDocument,
  workFromBundle,
} from '../../../src/core/works/document.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { anyWork } from './arbitrary-work.ts';

interface Step {
  readonly step: string;
  readonly request: {
    readonly event?: { readonly attributes: Record<string, { ce_string: string }>; readonly data: JsonObject };
  };
  readonly response: { readonly body: Record<string, never> };
}

const file = new URL('../../fixtures/recordings/lifecycle.json', import.meta.url);
const { steps } = JSON.parse(readFileSync(file, 'utf8')) as { steps: readonly Step[] };

function step(name: string): Step {
  const found = steps.find((entry) => entry.step === name);
  if (found === undefined) throw new Error(name);
  return found;
}

/** Only what this module reads of a bundle. */
function bundle(body: Record<string, never>): ResourceBundle {
  return {
    metadata: body['metadata'],
    manifests: body['manifests'],
    manifestConfigs: body['manifest_configs'],
    deleteOption: body['delete_option'],
  } as unknown as ResourceBundle;
}

const stored = workFromBundle(bundle(step('get-right-after-create').response.body));

describe('a recorded work', () => {
  it('comes back from the bundle without what the server sets', () => {
    expect(stored).toMatchObject({
      name: 'hyperfleet-cluster1-demo',
      namespace: 'cluster1',
      labels: { 'hyperfleet.io/adapter': 'demo' },
      annotations: { 'hyperfleet.io/generation': '1' },
      deleteOption: { propagationPolicy: 'Foreground' },
    });
    expect(Object.keys(workDocument(stored)['metadata'] as JsonObject)).toEqual([
      'name',
      'namespace',
      'labels',
      'annotations',
    ]);
  });

  it.each([
    ['create', 0],
    ['update-v1', 1],
    ['update-v0-means-latest', 0],
  ])('has the metadata that was sent with %s', (name, version) => {
    const sent = step(name).request.event?.attributes['ce-metadata']?.ce_string ?? '';
    const id = 'd421bef2-489a-54c9-8634-d2a64c083c1e';
    expect(eventMetadata(stored, id, 'cluster1', version)).toEqual(JSON.parse(sent));
  });

  it('has the data that was sent', () => expect(bundleData(stored)).toEqual(step('create').request.event?.data));

  it('is the same content until it is updated', () => {
    expect(sameContent(stored, workFromBundle(bundle(step('get-after-agent-applied').response.body)))).toBe(true);
    expect(sameContent(stored, workFromBundle(bundle(step('get-after-updates').response.body)))).toBe(false);
  });
});

describe('what is left out', () => {
  const bare = workFromBundle({
    metadata: {},
    manifests: [],
    manifestConfigs: [],
    deleteOption: {},
  } as unknown as ResourceBundle);

  it('reads a bundle without metadata', () => {
    expect(bare).toEqual({ name: '', labels: {}, annotations: {}, manifests: [], manifestConfigs: [] });
  });

  it('sends nothing that is empty', () => {
    expect(bundleData({ ...bare, deleteOption: {} })).toEqual({ manifests: [] });
    expect(eventMetadata({ ...bare, name: 'w' }, 'i', 'c', 7)).toEqual({
      name: 'w',
      namespace: 'c',
      uid: 'i',
      resourceVersion: '7',
    });
    expect(workDocument({ ...bare, name: 'w' })).toEqual({
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'w' },
      spec: { workload: { manifests: [] } },
    });
  });

  it('is nothing but what is empty', () => {
    const { metadata, spec } = workDocument({
      ...bare,
      name: 'w',
      namespace: 'c',
      manifestConfigs: [{ resourceIdentifier: { resource: 'r', name: 'n' } }],
      deleteOption: { propagationPolicy: 'Orphan' },
    });
    expect(metadata).toStrictEqual({ name: 'w', namespace: 'c' });
    expect(spec).toStrictEqual({
      workload: { manifests: [] },
      manifestConfigs: [{ resourceIdentifier: { resource: 'r', name: 'n' } }],
      deleteOption: { propagationPolicy: 'Orphan' },
    });
    expect(Object.keys(workDocument({ ...bare, name: 'w' })['spec'] as JsonObject)).toEqual(['workload']);
    expect(Object.keys(bundleData(bare))).toEqual(['manifests']);
  });

  it.each(['', 1, null])('is a namespace that is %j', (namespace) => {
    const row = { metadata: { name: 'w', namespace }, manifests: [], manifestConfigs: [] };
    expect(Object.keys(workFromBundle(row as unknown as ResourceBundle))).toEqual([
      'name',
      'labels',
      'annotations',
      'manifests',
      'manifestConfigs',
    ]);
  });

  it('spells the executor as the wire does', () => {
    const executor = { subject: { type: 'ServiceAccount' } };
    expect(bundleData({ ...bare, executor })).toEqual({ manifests: [], executer: executor });
    expect(workDocument({ ...bare, executor })['spec']).toMatchObject({ executor });
  });

  it('takes the executor from our record, which is all that tells it', () => {
    const annotations = { 'maestro-cli.hyperfleet.io/executor': '{"subject":{"type":"ServiceAccount"}}' };
    const row = {
      metadata: { name: 'w', annotations },
      manifests: [],
      manifestConfigs: [],
    } as unknown as ResourceBundle;
    expect(workFromBundle(row)).toEqual({ ...storedContent(row), executor: { subject: { type: 'ServiceAccount' } } });
    expect(storedContent(row)).not.toHaveProperty('executor');
  });

  it('names the version that a document was read at, whatever its metadata were', () => {
    expect(readAt({ kind: 'ManifestWork', metadata: { name: 'w', uid: 'u' } }, 7)).toEqual({
      kind: 'ManifestWork',
      metadata: { name: 'w', uid: 'u', resourceVersion: '7' },
    });
    for (const metadata of [null, ['a']])
      expect(readAt({ metadata }, 7)).toEqual({ metadata: { resourceVersion: '7' } });
  });

  it('skips labels that are no text', () => {
    const odd = {
      metadata: { name: 'w', labels: { a: 1, b: 'x' }, annotations: ['a'] },
      manifests: [],
      manifestConfigs: [],
    };
    expect(workFromBundle(odd as unknown as ResourceBundle)).toMatchObject({ labels: { b: 'x' }, annotations: {} });
  });
});

it('what is sent comes back as the same content', () => {
  fc.assert(
    fc.property(anyWork, (work) => {
      const data = bundleData(work);
      const back = workFromBundle({
        metadata: eventMetadata(work, 'id', 'consumer', 3),
        manifests: data['manifests'],
        manifestConfigs: data['manifestConfigs'] ?? [],
        deleteOption: data['deleteOption'],
      } as unknown as ResourceBundle);
      expect(back).toMatchObject({ name: work.name, namespace: 'consumer' });
      expect(sameContent(work, back)).toBe(true);
    }),
  );
});
