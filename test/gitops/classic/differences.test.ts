import { describe, expect, it } from 'vitest';
import { draftBundle } from '../../../src/gitops/bundle/draft-bundle.ts';
import { isApplication } from '../../../src/gitops/bundle/content-hash.ts';
import { parseWireJson, type JsonObject } from '../../../src/core/json.ts';
import { applicationDifferences, comparedText } from '../../../src/gitops/classic/differences.ts';
import { hasLetGo, letGoOptions, manifestsOf, optionsOf, owningOptions } from '../../../src/gitops/classic/let-go.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { classicWork } from '../rig/classic-works.ts';
import type { KubeObject } from '../rig/kube-client.ts';
import { application } from '../scenarios/support.ts';

/** A hub application, and what both models make of it. */
function made(
  options: Parameters<typeof application>[1] = {},
  extra: JsonObject = {},
): {
  readonly work: JsonObject;
  readonly classic: JsonObject;
  readonly ours: JsonObject;
} {
  const plain = application('shop', options);
  const app = { ...plain, metadata: { ...plain.metadata, uid: '0a1b2c' }, ...extra } as KubeObject;
  const settings = { sourceId: 's', hubId: 'h', deliverNamespace: false, deliverProject: false };
  const { manifests } = parseWireJson(draftBundle(parseHubApplication(app), settings).dataText) as unknown as {
    readonly manifests: readonly JsonObject[];
  };
  const work = classicWork(app);
  return {
    work,
    classic: manifestsOf(work).find((manifest) => isApplication(manifest)) ?? {},
    ours: manifests.find((manifest) => isApplication(manifest)) ?? {},
  };
}

describe('the Application of a classic work beside that of a bundle', () => {
  it('does not differ in what one model merely sends along, nor by maps that are empty', () => {
    const { classic, ours } = made({
      annotations: {
        'kubectl.kubernetes.io/last-applied-configuration': '{}',
        'argocd.argoproj.io/tracking-id': 'x',
        'argocd.argoproj.io/refresh': 'hard',
      },
    });
    expect(applicationDifferences(classic, ours)).toEqual({ spec: [], other: [] });
    expect(comparedText(classic)).toBe(comparedText(ours));
    const { metadata: before = {} } = classic as { metadata?: JsonObject };
    const { labels: _labels, annotations: _annotations, ...metadata } = before;
    expect(applicationDifferences({ ...classic, metadata }, ours)).toEqual({ spec: [], other: [] });
  });

  it('differs where the classic model fills in the namespace of the destination, and that counts', () => {
    const { classic, ours } = made({ spec: { destination: { name: 'c1', namespace: '' } } });
    expect(applicationDifferences(classic, ours)).toEqual({ spec: ['spec.destination.namespace'], other: [] });
    expect(comparedText(classic)).not.toBe(comparedText(ours));
  });

  it('differs by an empty map in its spec, which says something there', () => {
    const { classic, ours } = made();
    const spec = { ...(ours['spec'] as JsonObject), syncPolicy: { syncOptions: ['CreateNamespace=true'] } };
    expect(applicationDifferences(classic, { ...ours, spec }).spec).toEqual(['spec.syncPolicy.automated']);
  });

  it('names labels, annotations and finalizers beside', () => {
    const { classic, ours } = made({ labels: { 'example.com/team': 'a' } });
    const metadata = { ...(ours['metadata'] as JsonObject), labels: {}, finalizers: [] };
    expect(applicationDifferences(classic, { ...ours, metadata })).toEqual({
      spec: [],
      other: ['metadata.labels["example.com/team"]', 'metadata.finalizers'],
    });
  });
});

describe('the options by which a work lets go of its Application', () => {
  it('are CreateOnly and Orphan, keep its feedback, and are told from those of before', () => {
    const { work } = made();
    const [manifests, before] = [manifestsOf(work), optionsOf(work)];
    const after = letGoOptions(manifests, before);
    expect(hasLetGo(manifests, before)).toBe(false);
    expect(hasLetGo(manifests, after)).toBe(true);
    expect(after.deleteOption).toEqual({ propagationPolicy: 'Orphan' });
    expect(after.manifestConfigs).toEqual([{ ...before.manifestConfigs[0], updateStrategy: { type: 'CreateOnly' } }]);
  });

  it('are added to a work that has none', () => {
    const { work } = made();
    const after = letGoOptions(manifestsOf(work), { manifestConfigs: [] });
    expect(after.manifestConfigs).toEqual([
      {
        resourceIdentifier: {
          group: 'argoproj.io',
          resource: 'applications',
          namespace: 'openshift-gitops',
          name: 'shop',
        },
        updateStrategy: { type: 'CreateOnly' },
      },
    ]);
  });

  it('are not what a swept work takes its Application back by: ReadOnly owns nothing', () => {
    const { work } = made();
    const before = optionsOf(work);
    const swept = {
      ...before,
      manifestConfigs: before.manifestConfigs.map((config) => ({ ...config, updateStrategy: { type: 'ReadOnly' } })),
    };
    expect(owningOptions(manifestsOf(work), before)).toBe(before);
    expect(owningOptions(manifestsOf(work), swept)).toEqual({
      ...before,
      manifestConfigs: before.manifestConfigs.map((config) => ({ ...config, updateStrategy: { type: 'CreateOnly' } })),
    });
  });
});
