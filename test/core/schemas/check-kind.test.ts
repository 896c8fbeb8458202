import { describe, expect, test } from 'vitest';
import { kindFinder } from '../../../src/core/kinds/known-kinds.ts';
import { checkKind } from '../../../src/core/schemas/check-kind.ts';
import { kubernetesVersion } from '../../../src/core/schemas/kubernetes-data.ts';

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
