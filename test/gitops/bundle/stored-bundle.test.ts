import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { eventMetadata } from '../../../src/core/works/document.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { storedBundleOf } from '../../../src/gitops/bundle/build-bundle.ts';
import { contentHashOf, operationHash } from '../../../src/gitops/bundle/content-hash.ts';
import { readOneShot } from '../../../src/gitops/bundle/one-shot.ts';
import {
  readStoredBundle,
  travellingFields,
  withoutCascade,
  withVersion,
} from '../../../src/gitops/bundle/stored-bundle.ts';
import type { BundleRow, StoredBundle } from '../../../src/gitops/bundle/stored-bundle.ts';
import { versionLabel } from '../../../src/gitops/constants.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { bundleOf, finalizer, hubObject, settings } from './application.ts';

const ocm = 'apps.open-cluster-management.io';
const operation = { sync: { revision: 'abc' } };

function stored(work: ManifestWork, over: Partial<BundleRow> = {}): BundleRow {
  return {
    id: 'id',
    consumer: 'xj-managed-1',
    version: 4,
    metadata: eventMetadata(work, 'id', 'xj-managed-1', 4),
    manifests: work.manifests,
    ...over,
  };
}

/** The same bundle as the Go controllers would have written it. */
function unstamped(work: ManifestWork): ManifestWork {
  return {
    ...work,
    annotations: Object.fromEntries(Object.entries(work.annotations).filter(([key]) => key.startsWith(ocm))),
  };
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
    const oneShots = fc.record(
      {
        operation: fc.dictionary(fc.string(), fc.jsonValue(), { minKeys: 1 }),
        operationAfter: fc.string(),
        refresh: fc.string(),
        refreshAfter: fc.string(),
      },
      { requiredKeys: [] },
    );
    const metadata = fc.record({
      name: fc.string({ minLength: 1 }),
      namespace: fc.string({ minLength: 1 }),
      finalizers: fc.subarray([finalizer, `${finalizer}/background`, 'example.com/own']),
    });
    fc.assert(
      fc.property(metadata, oneShots, fc.boolean(), (own, oneShot, deliverNamespace) => {
        const made = parseHubApplication(hubObject({ metadata: own }));
        const { built: published, work } = bundleOf(made, { ...settings, deliverNamespace }, oneShot);
        const facts = {
          id: published.id,
          consumer: made.cluster,
          version: 4,
          metadata: eventMetadata(work, published.id, made.cluster, 4),
          manifests: work.manifests,
        };
        expect(storedBundleOf(published, made, settings.hubId, 4)).toEqual(readStoredBundle(facts));
      }),
    );
  });

  it('reads a bundle of the Go controllers as theirs', () => {
    const bundle = readStoredBundle(stored(unstamped(built.work), { deletedAt: '2026-01-01T00:00:00Z' }));
    expect(bundle).toMatchObject({
      managedBy: 'go',
      hubId: '',
      hubUid: '',
      contentHash: '',
      oneShot: undefined,
      deleting: true,
    });
  });

  it('tells what travels in a bundle of the Go controllers by the fields themselves', () => {
    const { work } = bundleOf(app, settings, { operation, refresh: 'hard' });
    expect(readStoredBundle(stored(unstamped(work))).oneShot).toEqual({
      op: operationHash(operation),
      opAfter: '',
      refreshAfter: '',
    });
  });

  const theirs = unstamped(built.work);
  it.each<[string, ManifestWork]>([
    ['without hub annotations', { ...built.work, annotations: {} }],
    ['without any of their labels', { ...theirs, labels: {} }],
    ['with another name', { ...theirs, name: 'other' }],
    [
      'with two manifests',
      { ...theirs, manifests: [...theirs.manifests, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } }] },
    ],
    [
      'with another kind',
      { ...theirs, manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'xj-managed-1-bgdk-app' } }] },
    ],
    [
      'with an application of another name',
      { ...theirs, manifests: [{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'b' } }] },
    ],
  ])('reads a bundle %s as foreign', (_what, work) => {
    expect(readStoredBundle(stored(work)).managedBy).toBe('foreign');
  });

  it('never throws, whatever is stored', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.jsonValue()),
        fc.array(fc.dictionary(fc.string(), fc.jsonValue())),
        (metadata, manifests) => {
          const facts = {
            id: 'id',
            consumer: 'c',
            version: 1,
            metadata: metadata as JsonObject,
            manifests: manifests as JsonObject[],
          };
          expect(readStoredBundle(facts).managedBy).toBe('foreign');
        },
      ),
    );
  });
});

describe('a bundle that another client may have written', () => {
  const ours = withVersion(built.work, 4);
  /** As REST has it. */
  const row = (work: ManifestWork, over: Partial<BundleRow> = {}): BundleRow =>
    stored(work, { manifestConfigs: work.manifestConfigs, deleteOption: work.deleteOption ?? {}, ...over });
  const orphaned: ManifestWork = { ...bundleOf(app).work, deleteOption: { propagationPolicy: 'Orphan' } };
  const work = withVersion(bundleOf(app).work, 4);

  it('is believed in the version that our publish made, without a look at its content', () => {
    expect(withVersion(built.work, 4)).toEqual(ours);
    expect(readStoredBundle(row({ ...work, manifests: [...work.manifests].reverse() }))).toMatchObject({
      contentHash: built.contentHash,
    });
    expect(readStoredBundle(row(work))).not.toHaveProperty('stampedHash');
  });

  it('is what it says when its stamps stayed and its content did not', () => {
    const read = readStoredBundle(row(withVersion(orphaned, 3)));
    expect(read).toMatchObject({ managedBy: 'us', stampedHash: built.contentHash });
    expect(read.contentHash).toBe(contentHashOf(orphaned));
    expect(read.contentHash).not.toBe(built.contentHash);
  });

  it('is ours all the same when its content is what we published, of a version before the stamp or of another one', () => {
    for (const same of [bundleOf(app).work, withVersion(bundleOf(app).work, 2)]) {
      const read = readStoredBundle(row(same));
      expect(read.contentHash).toBe(built.contentHash);
      expect(read).not.toHaveProperty('stampedHash');
    }
  });

  it('is ours all the same when it was published before there was a label of the version, or has another one', () => {
    const { labels } = bundleOf(app).work;
    for (const same of [
      { ...work, labels },
      { ...work, labels: { ...labels, [versionLabel]: '9' } },
    ])
      for (const version of [4, 5]) {
        const read = readStoredBundle(row(same, { version }));
        expect(read).toEqual(readStoredBundle(row(work, { version })));
        expect(read).not.toHaveProperty('stampedHash');
      }
  });

  it('differs in a label from each version of ours, so that an agent takes up every one', () => {
    const versions = [1, 2, 30_000].map((version) => withVersion(bundleOf(app).work, version));
    expect(new Set(versions.map(({ labels }) => JSON.stringify(labels))).size).toBe(3);
    expect(new Set(versions.map((one) => contentHashOf(one)))).toEqual(new Set([built.contentHash]));
  });

  it('is not summed up once more while its version is the same', () => {
    const known = readStoredBundle(row(withVersion(orphaned, 3)));
    expect(readStoredBundle(row(withVersion(bundleOf(app).work, 3)), known)).toMatchObject({
      contentHash: known.contentHash,
      stampedHash: built.contentHash,
    });
    expect(readStoredBundle(row(withVersion(bundleOf(app).work, 3), { version: 5 }), known)).toMatchObject({
      contentHash: built.contentHash,
    });
  });

  it('has the content of its draft, whatever the draft, with what travels left out', () => {
    const specs = fc.dictionary(fc.string(), fc.jsonValue());
    fc.assert(
      fc.property(specs, fc.boolean(), fc.boolean(), (spec, deliverNamespace, travels) => {
        const made = parseHubApplication(hubObject({ spec: { destination: {}, ...spec } }));
        const { work: published, contentHash } = bundleOf(
          made,
          { ...settings, deliverNamespace },
          travels ? { operation, refresh: 'hard' } : {},
        );
        expect(readStoredBundle(row(published)).contentHash).toBe(contentHash);
      }),
    );
  });

  it('tells of the migration that works on it', () => {
    const stamped = { ...work, annotations: { ...work.annotations, 'maestro-cli.hyperfleet.io/migration': 'run-7' } };
    expect(readStoredBundle(row(stamped)).migration).toBe('run-7');
  });
});

describe('readOneShot', () => {
  it.each([[''], ['{'], ['[]'], ['null'], ['{}'], ['{"op":3}'], ['{"refreshAfter":null}']])(
    'reads %j as none',
    (text) => {
      expect(readOneShot(text)).toBeUndefined();
    },
  );
});

describe('withoutCascade', () => {
  it('takes the finalizers of Argo CD and the one-shot fields away, and nothing else', () => {
    const object = hubObject({
      metadata: { finalizers: [`${finalizer}/foreground`, 'example.com/own'], annotations: { own: 'x' } },
    });
    const all = { ...settings, deliverNamespace: true };
    const { work } = bundleOf(parseHubApplication(object), all, { operation, refresh: 'hard' });
    const released = withoutCascade({
      ...stored(work),
      manifestConfigs: work.manifestConfigs,
      deleteOption: work.deleteOption ?? {},
    });

    const kept = bundleOf(parseHubApplication(object), all, {}, { withoutFinalizers: true }).work;
    expect(released).toEqual({ ...kept, namespace: 'xj-managed-1' });
    expect(released.manifests[1]?.['metadata']).toMatchObject({
      finalizers: ['example.com/own'],
      annotations: { own: 'x' },
    });
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
