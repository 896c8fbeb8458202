import { describe, expect, it } from 'vitest';
import type { ResourceStatus } from '../../../src/core/status/work-status.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { buildProbe, isOwner, readProbe, type ProbeReading } from '../../../src/gitops/handover/probe-bundle.ts';
import { unendedText } from '../../../src/gitops/handover/unended.ts';

const { id, work } = buildProbe(
  { source: 'app-work-client', runId: 'run-1', hubId: 'hub-1' },
  'c1',
  [{ application: { spokeNamespace: 'openshift-gitops', spokeName: 'shop' }, signature: 'as it stands' }],
  'p1',
);
const owner = `${'a'.repeat(64)}-shop-0a1b2`;

type Feedback = ResourceStatus['feedback'];

function readingOf(conditions: Readonly<Record<string, 'True' | 'False'>>, feedback: Feedback): ProbeReading {
  const row: ResourceBundle = {
    id,
    consumerName: 'c1',
    version: 1,
    createdAt: '2026-01-01T00:00:00Z',
    updatedAt: '2026-01-01T00:00:00Z',
    metadata: { name: work.name, labels: {}, annotations: work.annotations },
    manifests: work.manifests,
    manifestConfigs: work.manifestConfigs,
    status: {
      observedVersion: 1,
      sequenceId: '1',
      conditions: [],
      resourceStatus: [
        {
          resourceMeta: {
            ordinal: 0,
            group: 'argoproj.io',
            version: 'v1alpha1',
            kind: 'Application',
            resource: 'applications',
            name: 'shop',
            namespace: 'openshift-gitops',
          },
          conditions: Object.entries(conditions).map(([type, status]) => ({
            type,
            status,
            reason: status === 'True' ? '' : `${type}Failed`,
            message: status === 'True' ? '' : 'too\nlong',
          })),
          feedback,
        },
      ],
    },
    raw: {},
  };
  const reading = readProbe(row).get('openshift-gitops/shop');
  if (reading === undefined) throw new Error('nothing was read');
  return reading;
}

const uid: Feedback = [{ name: 'uid', value: 'u1' }];

describe('what a probe tells', () => {
  it('is no answer while the list of owners is missing and the agent does not say that it reported all', () => {
    expect(readingOf({ Available: 'True', StatusFeedbackSynced: 'False' }, uid)).toMatchObject({
      answered: false,
      found: false,
      untold: 'the agent cannot report who owns it: too long',
    });
    expect(readingOf({ Available: 'True' }, uid)).toMatchObject({ answered: false, found: false, untold: '' });
  });

  it('is that nobody owns it when the agent reported all and no owner, and a list that came counts by itself', () => {
    expect(readingOf({ Available: 'True', StatusFeedbackSynced: 'True' }, uid)).toMatchObject({
      answered: true,
      found: true,
      owners: [],
      uid: 'u1',
    });
    expect(
      readingOf({ Available: 'True', StatusFeedbackSynced: 'False' }, [...uid, { name: 'owners', value: owner }]),
    ).toMatchObject({ answered: true, owners: [owner], untold: '' });
  });

  it('is nothing of an object that is gone but that, whatever values are still reported of it', () => {
    const values: Feedback = [...uid, { name: 'owners', value: owner }, { name: 'phase', value: 'Running' }];
    expect(readingOf({ Available: 'False', StatusFeedbackSynced: 'True' }, values)).toEqual({
      signature: 'as it stands',
      answered: true,
      untold: '',
      found: false,
      uid: '',
      owners: [],
      deleting: false,
      phase: '',
    });
  });
});

describe('an owner', () => {
  it('is told by its whole name, never by how that ends', () => {
    expect(isOwner(owner, 'shop-0a1b2')).toBe(true);
    for (const other of [`${'a'.repeat(64)}-my-shop-0a1b2`, 'my-shop-0a1b2', 'x-shop-0a1b2', 'shop-0a1b2'])
      expect(isOwner(other, 'shop-0a1b2')).toBe(false);
    expect(isOwner(`${'a'.repeat(64)}-`, '')).toBe(false);
  });
});

describe('a deletion that an agent does not confirm', () => {
  it('is told with what to do once it lasts', () => {
    const since = '2026-01-01T00:00:00Z';
    expect(unendedText(since, Date.parse(since) + 59_000)).toBe(' yet');
    expect(unendedText(since, Date.parse(since) + 60_000)).toContain(`since ${since}`);
    expect(unendedText(since, Date.parse(since) + 60_000)).toContain('restart the Maestro agent');
  });
});
