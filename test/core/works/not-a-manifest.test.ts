import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { notAManifest } from '../../../src/core/works/not-a-manifest.ts';

const values = { what: 'the values of a Helm chart, not a manifest', suggestion: 'helm template prints its manifests' };
const chart = { ...values, what: 'the Chart.yaml of a Helm chart, not a manifest' };
const kustomization = (folder: string): object => ({
  what: 'a kustomization, not a manifest',
  suggestion: `-k ${folder} takes the manifests that it makes`,
});
const nothing = { what: 'no Kubernetes object: it has no apiVersion, no kind and no metadata' };
const kubeconfig = { apiVersion: 'v1', kind: 'Config', clusters: [], users: [] };

describe('a document that is no manifest', () => {
  it.each<[string, JsonValue, string, object]>([
    [
      'a Kustomization',
      { kind: 'Kustomization', apiVersion: 'kustomize.config.k8s.io/v1beta1' },
      'a/b/k.yaml',
      kustomization('a/b'),
    ],
    [
      'a Component',
      { kind: 'Component', apiVersion: 'kustomize.config.k8s.io/v1alpha1' },
      'k.yaml',
      kustomization('.'),
    ],
    ['a file that is called so', { resources: [] }, 'a\\Kustomization', kustomization('a')],
    ['a file that is called so, with its end', { resources: [] }, '/kustomization.yml', kustomization('.')],
    ['a kubeconfig', kubeconfig, 'f', { what: 'a kubeconfig, not a manifest' }],
    ['a chart', { apiVersion: 'v2', name: 'c', version: '1' }, 'f', chart],
    ['an old chart', { apiVersion: 'v1', name: 'c', version: 1 }, 'f', chart],
    ['values of a chart', { replicas: 1 }, 'a/values-prod.yaml', values],
    ['values, however written', { replicas: 1 }, 'Values.yml', values],
    ['anything else', { replicas: 1 }, 'values.json', nothing],
    ['a file that only holds the word', { replicas: 1 }, 'my-kustomization.yaml', nothing],
  ])(
    'is told as what it is: %s',
    (_what, value, file, { what, suggestion }: { what?: string; suggestion?: string }) => {
      expect(notAManifest(value, file)).toEqual({
        severity: 'error',
        rule: 'not-a-manifest',
        path: [],
        message: `this is ${what}`,
        ...(suggestion === undefined ? {} : { suggestion }),
      });
    },
  );

  it.each<[string, JsonValue, string]>([
    ['a manifest', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }, 'values.yaml'],
    ['a kind of the same name', { apiVersion: 'example.io/v1', kind: 'Kustomization' }, 'f'],
    ['a kind in a file that is called so', { kind: 'ConfigMap' }, 'kustomization.yaml'],
    ['a Config of another group', { ...kubeconfig, apiVersion: 'example.io/v1' }, 'f'],
    ['a Config without clusters', { ...kubeconfig, clusters: undefined }, 'f'],
    ['a Config without users', { ...kubeconfig, users: undefined }, 'f'],
    ['an object that lost its kind', { apiVersion: 'v1', metadata: {} }, 'f'],
    ['an object that lost its kind and metadata', { apiVersion: 'apps/v1', name: 'c', version: 1 }, 'f'],
    ['one with a version of a chart, and no name', { apiVersion: 'v2', version: 1 }, 'f'],
    ['one with a name of a chart, and no version', { apiVersion: 'v2', name: 'c' }, 'f'],
    ['a text', 'x', 'values.yaml'],
  ])('is not %s', (_what, value, file) => {
    expect(notAManifest(value, file)).toBeUndefined();
  });

  const template = '{{ .Values.x }}';
  const manifest = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'b', labels: { l: 'x' } } };
  const work = (...manifests: readonly JsonValue[]): JsonValue => ({
    apiVersion: 'work.open-cluster-management.io/v1',
    kind: 'ManifestWork',
    metadata: { name: 'w' },
    spec: { workload: { manifests } },
  });
  const inWork = ['spec', 'workload', 'manifests', 1];

  it.each<[string, JsonValue, readonly (string | number)[]]>([
    ['apiVersion', { ...manifest, apiVersion: template }, ['apiVersion']],
    ['kind', { ...manifest, kind: template }, ['kind']],
    ['name', { ...manifest, metadata: { ...manifest.metadata, name: template } }, ['metadata', 'name']],
    ['namespace', { ...manifest, metadata: { ...manifest.metadata, namespace: template } }, ['metadata', 'namespace']],
    [
      'label',
      { ...manifest, metadata: { ...manifest.metadata, labels: { k: 'x', l: template } } },
      ['metadata', 'labels', 'l'],
    ],
    ['name within a work', work('x', { ...manifest, metadata: { name: template } }), [...inWork, 'metadata', 'name']],
  ])('is one whose template was not rendered in its %s', (_what, value, path) => {
    const problem = notAManifest(value, 'f');
    expect(problem).toMatchObject({ severity: 'error', rule: 'not-a-manifest', path });
    expect(problem?.message).toMatch(/^this is .*template/);
  });

  it.each<[string, JsonValue]>([
    ['the data of a manifest', { ...manifest, data: { a: template } }],
    ['an annotation', { ...manifest, metadata: { name: 'a', annotations: { a: template } } }],
    [
      'manifests of what is no work',
      { kind: 'Other', apiVersion: 'v1', spec: { workload: { manifests: [{ kind: template }] } } },
    ],
    [
      'manifests that are no list',
      { kind: 'ManifestWork', apiVersion: 'v1', spec: { workload: { manifests: { kind: template } } } },
    ],
  ])('is not one with a template in %s', (_what, value) => {
    expect(notAManifest(value, 'f')).toBeUndefined();
  });
});
