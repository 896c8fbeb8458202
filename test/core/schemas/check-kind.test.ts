import { describe, expect, test } from 'vitest';
import { builtInKind, kindFinder } from '../../../src/core/kinds/known-kinds.ts';
import { checkKind } from '../../../src/core/schemas/check-kind.ts';
import { kubernetesVersion } from '../../../src/core/schemas/kubernetes-data.ts';
import type { Problem } from '../../../src/core/works/problem.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';

const shown = (problems: readonly Problem[]): readonly string[] =>
  problems.map(
    ({ path, rule, suggestion }) => `${pathText(path)} ${rule}${suggestion === undefined ? '' : `: ${suggestion}`}`,
  );

const release = `Kubernetes ${kubernetesVersion}`;

describe('of a kind that no cluster serves it is said why', () => {
  const served = { spec: { group: 'x.io', scope: 'Cluster', names: { kind: 'X', plural: 'xs' } } };
  const find = kindFinder([
    {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: { ...served.spec, versions: [{ name: 'v1' }, { name: 'v2' }] },
    },
  ]);

  test.each([
    ['apps/v1', 'Thing', 'kind', `"Thing": ${release} has no such kind in apps/v1`],
    ['v2', 'Pod', 'apiVersion', `"v2": ${release} has no such version`],
    ['other/v1', 'Thing', 'apiVersion', `"other/v1": ${release} has no such API group`],
    ['apps/v1beta1', 'Deployment', 'apiVersion', '"apps/v1beta1": Kubernetes 1.16 removed Deployment from it'],
    [
      'authorization.k8s.io/v1',
      'SubjectAccessReview',
      'kind',
      '"SubjectAccessReview": no cluster keeps subjectaccessreviews, so no agent can apply one',
    ],
    ['x.io/v3', 'X', 'apiVersion', '"x.io/v3": the CustomResourceDefinition of X does not serve it'],
  ])('%s %s', (apiVersion, kind, field, message) => {
    const [problem] = checkKind({ apiVersion, kind }, find, ['m']);
    expect(problem).toMatchObject({
      severity: 'error',
      rule: 'unknown-kind',
      path: ['m', field],
      message: `Unsupported value: ${message}`,
    });
  });

  test('and which versions a definition serves', () => {
    expect(checkKind({ apiVersion: 'x.io/v3', kind: 'X' }, find, [])[0]?.suggestion).toBe('it serves v1, v2');
  });

  test.each([
    ['batch/v1beta1', 'CronJob', 'error'],
    ['autoscaling/v2beta2', 'HorizontalPodAutoscaler', 'warning'],
    ['autoscaling/v3', 'HorizontalPodAutoscaler', 'warning'],
    ['autoscaling/v2beta9', 'HorizontalPodAutoscaler', 'error'],
    ['autoscaling/v1alpha1', 'HorizontalPodAutoscaler', 'warning'],
    ['autoscaling/v10beta1', 'HorizontalPodAutoscaler', 'error'],
    ['autoscaling/v3x', 'HorizontalPodAutoscaler', 'error'],
    ['v2alpha1', 'Pod', 'error'],
  ])('%s %s is an %s, by whether a cluster may have it', (apiVersion, kind, severity) => {
    expect(checkKind({ apiVersion, kind }, find, []).map((problem) => problem.severity)).toEqual([severity]);
  });
});

describe('kinds without a schema', () => {
  test.each([
    ['apps/v1', 'Deploymnt', ['kind unknown-kind: did you mean "Deployment"?']],
    ['apps/v1', 'Ingress', ['kind unknown-kind: its apiVersion is networking.k8s.io/v1']],
    ['v2', 'Pod', ['apiVersion unknown-kind: Pod is in v1']],
    ['Apps/v1', 'Thing', ['apiVersion unknown-kind: did you mean "apps/v1"?']],
    [
      'storage.k8s.io/v1alpha1',
      'VolumeAttributesClass',
      ['warning: apiVersion unknown-kind: VolumeAttributesClass is in storage.k8s.io/v1'],
    ],
    ['apps/v1beta1', 'Deployment', ['apiVersion unknown-kind: Deployment is in apps/v1']],
    ['extensions/v1beta1', 'Ingress', ['apiVersion unknown-kind: Ingress is in networking.k8s.io/v1']],
    ['policy/v1beta1', 'PodSecurityPolicy', ['apiVersion unknown-kind']],
    [
      'autoscaling/v2beta2',
      'HorizontalPodAutoscaler',
      ['warning: apiVersion unknown-kind: HorizontalPodAutoscaler is in autoscaling/v2'],
    ],
    ['apps/v1beta3', 'Deployment', ['apiVersion unknown-kind: Deployment is in apps/v1']],
    ['apps/v2', 'Deployment', ['warning: apiVersion unknown-kind: Deployment is in apps/v1']],
    ['apps/one', 'Deployment', ['apiVersion unknown-kind: Deployment is in apps/v1']],
    [
      'resource.k8s.io/v1alpha2',
      'ResourceClaim',
      ['warning: apiVersion unknown-kind: ResourceClaim is in resource.k8s.io/v1'],
    ],
    ['batch/v2beta1', 'CronJob', ['apiVersion unknown-kind: CronJob is in batch/v1']],
    ['scheduling.k8s.io/v1alpha3', 'Workload', []],
    ['authorization.k8s.io/v1', 'SubjectAccessReview', ['kind unknown-kind']],
    ['cert-manager.io/v1', 'Certificate', []],
    ['gateway.networking.k8s.io/v1', 'Gateway', []],
    ['a/b/c', 'Pod', []],
    ['', '', []],
    ['v1', '__proto__', ['kind unknown-kind']],
    ['__proto__', 'x', ['apiVersion unknown-kind']],
  ])('%s %s', (apiVersion, kind, expected) => {
    const problems = checkKind({ apiVersion, kind }, builtInKind, []);
    expect(
      problems.map((problem, index) => `${problem.severity === 'warning' ? 'warning: ' : ''}${shown(problems)[index]}`),
    ).toEqual(expected);
  });

  test('of a CustomResourceDefinition that is given have the versions that it serves', () => {
    const versions = [
      { name: 'v1', served: true },
      { name: 'v2', served: false },
    ];
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      spec: { group: 'x.io', scope: 'Namespaced', names: { kind: 'X', plural: 'xs' }, versions },
    };
    const find = kindFinder([definition]);
    expect(shown(checkKind({ apiVersion: 'x.io/v1', kind: 'X' }, find, []))).toEqual([]);
    expect(shown(checkKind({ apiVersion: 'x.io/v2', kind: 'X' }, find, []))).toEqual([
      'apiVersion unknown-kind: it serves v1',
    ]);
    expect(shown(checkKind({ apiVersion: 'x.io/v3', kind: 'X' }, find, []))).toEqual([
      'apiVersion unknown-kind: it serves v1',
    ]);
    expect(shown(checkKind({ apiVersion: 'x.io/v3', kind: 'Y' }, find, []))).toEqual([]);
  });
});

test.each([{}, { apiVersion: 'v1' }, { kind: 'Pod' }, { apiVersion: 1, kind: 'Pod' }, { apiVersion: 'v9', kind: '' }])(
  'what says no kind is left to the checks of the shape: %j',
  (manifest) => {
    expect(checkKind(manifest, builtInKind, [])).toEqual([]);
  },
);
