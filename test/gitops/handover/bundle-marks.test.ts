import { describe, expect, it } from 'vitest';
import { stringMapAt } from '../../../src/core/json-fields.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import type { Write } from '../../../src/gitops/handover/advance.ts';
import { requestFor, type WriteGround } from '../../../src/gitops/handover/writes.ts';

const metadata = { name: 'b', labels: { team: 'a' }, annotations: { note: 'n' } };
const stored: ResourceBundle = {
  id: 'id-1',
  consumerName: 'c1',
  version: 1,
  createdAt: '2026-11-29T10:00:00Z',
  updatedAt: '2026-11-29T10:00:00Z',
  metadata,
  manifests: [
    { apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name: 'shop', namespace: 'argocd' } },
  ],
  manifestConfigs: [],
  raw: {},
};

/** What a write makes of a bundle. */
function after(write: Write, row: ResourceBundle): ManifestWork {
  const ground: WriteGround = {
    plan: { runId: '20261129t101112z-0a1b2c', source: 's' },
    cluster: 'c1',
    application: {
      key: 'argocd/shop',
      uid: 'u1',
      spokeNamespace: 'argocd',
      spokeName: 'shop',
      bundleId: 'id-1',
      bundleName: 'b',
      differences: { spec: [], other: [], accepted: false },
    },
    seen: undefined,
    row,
    hub: undefined,
    wanted: undefined,
    keptWork: undefined,
    spokeUid: 'u2',
  };
  const request = requestFor(write, ground);
  if (request.on !== 'maestro' || request.request.kind !== 'update') throw new Error('it is no update of a bundle');
  return request.request.work;
}

function rowOf({ manifests, manifestConfigs, deleteOption, ...marks }: ManifestWork): ResourceBundle {
  return {
    ...stored,
    metadata: marks,
    manifests,
    manifestConfigs,
    ...(deleteOption === undefined ? {} : { deleteOption }),
  };
}

/** All that an agent compares before it takes up what a new version says; annotations are not among it. */
function heard({ manifests, manifestConfigs, deleteOption, labels }: ManifestWork): string {
  return JSON.stringify({ manifests, manifestConfigs, deleteOption, labels });
}

describe('the marks of a handover on a bundle', () => {
  const plain: ManifestWork = { ...stored, ...metadata };
  const held = after({ kind: 'stamp-bundle', towards: 'maestro', uid: 'u2' }, stored);
  const turned = after({ kind: 'stamp-bundle', towards: 'classic', uid: 'u2' }, rowOf(held));
  const cleared = after({ kind: 'clear-bundle' }, rowOf(turned));

  it('have its agent take every version up at once, for they stand in its labels too', () => {
    expect(new Set([plain, held, turned, cleared].map(heard)).size).toBe(3);
    expect(heard(cleared)).toBe(heard(plain));
    for (const value of Object.values(held.labels))
      expect(value).toMatch(/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
  });

  it('leave nothing behind when they are taken off', () => {
    expect(cleared.labels).toEqual(metadata.labels);
    expect(cleared.annotations).toEqual(stringMapAt(metadata, 'annotations'));
    const letGo = after({ kind: 'orphan-bundle' }, rowOf(held));
    expect(after({ kind: 'clear-bundle' }, rowOf(letGo))).toMatchObject(metadata);
  });
});
