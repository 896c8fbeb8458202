import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { eventMetadata } from '../../../src/core/works/document.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { storedBundleOf } from '../../../src/gitops/bundle/build-bundle.ts';
import { contentHashOf, operationHash } from '../../../src/gitops/bundle/content-hash.ts';
import { readOneShot } from '../../../src/gitops/bundle/one-shot.ts';
import { readStoredBundle, travellingFields, withoutCascade } from '../../../src/gitops/bundle/stored-bundle.ts';
import type { BundleFacts, StoredBundle } from '../../../src/gitops/bundle/stored-bundle.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { bundleOf, finalizer, hubObject, settings } from './application.ts';

const ocm = 'apps.open-cluster-management.io';
const operation = { sync: { revision: 'abc' } };

function stored(work: ManifestWork, over: Partial<BundleFacts> = {}): BundleFacts {
  return { id: 'id', consumer: 'xj-managed-1', version: 4, metadata: eventMetadata(work, 'id', 'xj-managed-1', 4), manifests: work.manifests, ...over };
}

/** The same bundle as the Go controllers would have written it. */
function unstamped(work: ManifestWork): ManifestWork {
  return { ...work, annotations: Object.fromEntries(Object.entries(work.annotations).filter(([key]) => key.startsWith(ocm))) };
}

const app = parseHubApplication(hubObject());
const built = bundleOf(app);

describe('readStoredBundle', () => {
  it('reads back what was stamped', () => {
    const oneShot = { operation, operationAfter: 'T1', refresh: 'normal', refreshAfter: 'T2', refreshAt: '' };
    const { work, contentHash } = bundleOf(app, settings, oneShot);
    expect(readStoredBundle(stored(work))).toEqual({
      id: 'id',
      name: 'openshift-gitops-xj-managed-1-bgdk-app',
      consumer: 'xj-managed-1',
      version: 4,
      deleting: false,
      hubNamespace: 'openshift-gitops',
      hubName: 'xj-managed-1-bgdk-app',
      hubId: 'hub-1',
      hubUid: 'uid-1',
      contentHash,
      oneShot: { op: operationHash(operation), opAfter: 'T1', refreshAfter: 'T2', refreshAt: '' },
      managedBy: 'us',
      spokeNamespace: 'openshift-gitops',
      spokeName: 'xj-managed-1-bgdk-app',
      cascades: true,
    } satisfies StoredBundle);
    expect(travellingFields(work.manifests)).toEqual({ operation, refresh: 'normal' });
  });

  it('reads back just what was published', () => {
    const oneShots = fc.record({ operation: fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }), operationAfter: fc.string(), refresh: fc.string(), refreshAfter: fc.string() }, { requiredKeys: [] });
    const metadata = fc.record({ name: fc.string({ minLength: 1 }), namespace: fc.string({ minLength: 1 }), finalizers: fc.subarray([finalizer, `${finalizer}/background`, 'example.com/own']) });
    fc.assert(
      fc.property(metadata, oneShots, fc.boolean(), (own, oneShot, deliverNamespace) => {
        const made = parseHubApplication(hubObject({ metadata: own }));
        const { built: published, work } = bundleOf(made, { ...settings, deliverNamespace }, oneShot);
        const facts = { id: published.id, consumer: made.cluster, version: 4, metadata: eventMetadata(work, published.id, made.cluster, 4), manifests: work.manifests };
        expect(storedBundleOf(published, made, settings.hubId, 4)).toEqual(readStoredBundle(facts));
      }),
    );
  });

  it('reads a bundle of the Go controllers as theirs', () => {
    const bundle = readStoredBundle(stored(unstamped(built.work), { deletedAt: '2026-01-01T00:00:00Z' }));
    expect(bundle).toMatchObject({ managedBy: 'go', hubId: '', hubUid: '', contentHash: '', oneShot: undefined, deleting: true });
  });

  it('tells what travels in a bundle of the Go controllers by the fields themselves', () => {
    const { work } = bundleOf(app, settings, { operation, refresh: 'hard' });
    expect(readStoredBundle(stored(unstamped(work))).oneShot).toEqual({ op: operationHash(operation), opAfter: '', refreshAfter: '' });
  });

  const theirs = unstamped(built.work);
  it.each<[string, ManifestWork]>([
    ['without hub annotations', { ...built.work, annotations: {} }],
    ['without any of their labels', { ...theirs, labels: {} }],
    ['with another name', { ...theirs, name: 'other' }],
    ['with two manifests', { ...theirs, manifests: [...theirs.manifests, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }] }],
    ['with another kind', { ...theirs, manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'xj-managed-1-bgdk-app' } }] }],
    ['with an application of another name', { ...theirs, manifests: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'b' } }] }],
  ])('reads a bundle %s as foreign', (_what, work) => {
    expect(readStoredBundle(stored(work)).managedBy).toBe('foreign');
  });

  it('never throws, whatever is stored', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.array(fc.dictionary(fc.string(), fc.jsonValue())), (metadata, manifests) => {
        const facts = { id: 'id', consumer: 'c', version: 1, metadata: metadata as JsonObject, manifests: manifests as JsonObject[] };
        expect(readStoredBundle(facts).managedBy).toBe('foreign');
      }),
    );
  });
});

describe('readOneShot', () => {
  it.each([[''], ['{'], ['[]'], ['null'], ['{}'], ['{"op":3}'], ['{"refreshAfter":null}']])('reads %j as none', (text) => {
    expect(readOneShot(text)).toBeUndefined();
  });
});

describe('withoutCascade', () => {
  it('takes the finalizers of Argo CD and the one-shot fields away, and nothing else', () => {
    const object = hubObject({ metadata: { finalizers: [`${finalizer}/foreground`, 'example.com/own'], annotations: { own: 'x' } } });
    const all = { ...settings, deliverNamespace: true };
    const { work } = bundleOf(parseHubApplication(object), all, { operation, refresh: 'hard' });
    const released = withoutCascade({ ...stored(work), manifestConfigs: work.manifestConfigs, deleteOption: work.deleteOption ?? {} });

    const kept = bundleOf(parseHubApplication(object), all, {}, { withoutFinalizers: true }).work;
    expect(released).toEqual({ ...kept, namespace: 'xj-managed-1' });
    expect(released.manifests[1]?.['metadata']).toMatchObject({ finalizers: ['example.com/own'], annotations: { own: 'x' } });
    expect(released.annotations['maestro-cli.hyperfleet.io/content-hash']).toBe(contentHashOf(released));
    expect(readStoredBundle(stored(released))).toMatchObject({ managedBy: 'us', cascades: false, oneShot: undefined });
  });

  it('stamps nothing on a bundle that has no stamps', () => {
    const work = unstamped(built.work);
    const released = withoutCascade({ ...stored(work), manifestConfigs: work.manifestConfigs });
    expect(released.annotations).toEqual(work.annotations);
    expect(released.manifests[0]?.['metadata']).not.toHaveProperty('finalizers');
  });
});
