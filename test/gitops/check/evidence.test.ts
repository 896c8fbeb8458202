import { describe, expect, it } from 'vitest';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import type { BundleFacts, ClusterEvidence } from '../../../src/gitops/check/facts.ts';
import { addEvidence } from '../../../src/gitops/check/project-bundle.ts';

const row: ResourceBundle = {
  id: 'b1',
  consumerName: 'c1',
  version: 1,
  createdAt: '2026-01-02T03:04:05Z',
  updatedAt: '2026-01-02T03:04:05Z',
  metadata: { name: 'w' },
  manifests: [],
  manifestConfigs: [],
  status: { conditions: [], resourceStatus: [], observedVersion: 1, raw: {} } as unknown as NonNullable<
    ResourceBundle['status']
  >,
  raw: {},
};
const facts: BundleFacts = {
  id: 'b1',
  cluster: 'c1',
  appKey: 'argocd/shop',
  deleting: false,
  manager: 'us',
  stand: 'current',
  changedMs: 0,
};

describe('what a work tells of its cluster', () => {
  it('is nothing of the Argo CD there when it holds no application of the hub, such as another work of the source', () => {
    const evidence = new Map<string, ClusterEvidence>();
    addEvidence(row, { ...facts, appKey: '' }, evidence);
    expect(evidence.get('c1')).toMatchObject({ bundles: 1, applied: 0, withStatus: 0 });
    addEvidence(row, facts, evidence);
    expect(evidence.get('c1')).toMatchObject({ bundles: 2, applied: 1, withStatus: 0 });
  });
});
