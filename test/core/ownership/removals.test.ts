import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { describeLoss, lossLabel, lossesOf } from '../../../src/core/ownership/losses.ts';
import { withOwners } from '../../../src/core/ownership/owners.ts';
import { removedLabel, removedManifests } from '../../../src/core/ownership/removals.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';

const writer = { manager: 'mine', source: 'maestro-cli' };
const namespace: JsonObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'np' } };
const settings: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings', namespace: 'np' } };
const web = (version = 'v1'): JsonObject => ({
  apiVersion: `apps/${version}`,
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'np' },
});

function owned(manifests: readonly JsonObject[], owners: Readonly<Record<string, string>> = {}): ManifestWork {
  return withOwners(
    { name: 'w', labels: {}, annotations: {}, manifests, manifestConfigs: [] },
    new Map(Object.entries(owners)),
    'maestro-cli',
  );
}

const theirs = owned([namespace, settings, web()], {
  'Namespace/np': 'mine',
  'ConfigMap/np/settings': 'theirs',
  'Deployment.apps/np/web': 'mine',
});

describe('what a write takes out of a work', () => {
  it('is nothing where all stays', () => {
    expect(removedManifests(theirs, theirs, writer)).toEqual([]);
  });

  it('is each object that is not there any more, with its place and, when it is not the writer, its manager', () => {
    expect(removedManifests(theirs, { manifests: [] }, writer)).toEqual([
      { kind: 'Namespace', version: 'v1', name: 'np' },
      { kind: 'ConfigMap', version: 'v1', namespace: 'np', name: 'settings', manager: 'theirs' },
      { kind: 'Deployment', group: 'apps', version: 'v1', namespace: 'np', name: 'web' },
    ]);
  });

  it('is no object that only changed its API version', () => {
    const before = owned([namespace, web('v1beta1')]);
    expect(removedManifests(before, { manifests: [web('v1')] }, writer)).toEqual([
      expect.objectContaining({ kind: 'Namespace' }),
    ]);
  });

  it('is called as messages call objects', () => {
    const names = removedManifests(theirs, { manifests: [] }, writer).map((removed) => removedLabel(removed));
    expect(names).toEqual(['Namespace/np', 'ConfigMap/np/settings', 'Deployment.apps/np/web']);
  });
});

describe('what other managers lose', () => {
  it('is what is theirs of all that goes, and nothing of the writer', () => {
    expect(lossesOf(theirs, writer, 'removed')).toEqual([
      { what: 'ConfigMap/np/settings', manager: 'theirs', how: 'removed' },
    ]);
    expect(lossesOf(theirs, writer, 'removed', [namespace, web()])).toEqual([]);
  });

  it('is told before and after', () => {
    const [loss] = lossesOf(theirs, writer, 'removed');
    if (loss === undefined) throw new Error('no loss');
    expect(describeLoss(loss)).toBe('ConfigMap/np/settings of theirs would be removed');
    expect(lossLabel(loss)).toBe('ConfigMap/np/settings of theirs');
  });
});
