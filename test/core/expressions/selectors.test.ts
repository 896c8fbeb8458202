import { describe, expect, it } from 'vitest';
import { parseExpression } from '../../../src/core/expressions/parse.ts';
import { feedbackTestsWithoutRule, selectorsOf, unmatchedSelectors } from '../../../src/core/expressions/selectors.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { deployment, jobNamed, namespace } from '../status/build.ts';
import { recordedBundles } from '../status/recorded.ts';

const manifests = [namespace, deployment, jobNamed('a'), jobNamed('b')];

describe('selectorsOf', () => {
  it('finds every selector, from left to right', () => {
    expect(selectorsOf(parseExpression('NOT Job/a:Complete AND (Available OR any Deployment.apps:Available)'))).toEqual(
      [
        { resourceKind: 'Job', name: 'a' },
        { resourceKind: 'Deployment', group: 'apps' },
      ],
    );
  });
});

describe('unmatchedSelectors', () => {
  it.each<[string, readonly string[]]>([
    ['Available', []],
    ['Job:Complete OR deployment/web:Available', []],
    ['Job/a:Complete AND Job/c:Complete', ['Job/c']],
    ['Job//a:Complete', ['Job//a']],
    ['Namespace//np:Available', []],
    ['Job/np/:Complete AND Job/other/:Complete', ['Job/other/']],
    ['Jobs:Complete OR NOT Jobs:Failed', ['Jobs']],
    ['Deployment.apps:Available AND Deployment.batch:Available', ['Deployment.batch']],
    ['ClusterRole/"a:b":Applied', ['ClusterRole/"a:b"']],
  ])('%s', (text, expected) => {
    expect(unmatchedSelectors(parseExpression(text), manifests)).toEqual(expected);
  });
});

describe('feedbackTestsWithoutRule', () => {
  const rule = (resource: string, name: string, over: JsonObject = {}): JsonObject => ({
    resourceIdentifier: { group: resource === 'deployments' ? 'apps' : 'batch', resource, namespace: 'np', name },
    feedbackRules: [{ type: 'WellKnownStatus' }],
    ...over,
  });

  it.each<[string, readonly JsonObject[], readonly string[]]>([
    ['Available AND Job:Applied AND Job:Available AND Job:StatusFeedbackSynced', [], []],
    ['Job/a:Complete', [], ['Job/a:Complete: Job.batch/np/a']],
    ['Job/a:Complete', [rule('jobs', 'a')], []],
    ['Job:succeeded>=1', [rule('jobs', 'a')], ['Job:succeeded>=1: Job.batch/np/b']],
    ['Job:succeeded>=1', [rule('jobs', '*')], []],
    ['Job:succeeded>=1', [rule('jobs', 'a*'), rule('jobs', '*b')], []],
    ['Job/a:Complete', [rule('jobs', 'a', { feedbackRules: [] })], ['Job/a:Complete: Job.batch/np/a']],
    ['Job/a:Complete', [rule('jobs', 'a', { feedbackRules: [], conditionRules: [{ condition: 'Complete' }] })], []],
    [
      'Job/a:n=1',
      [rule('jobs', 'a', { feedbackRules: [], conditionRules: [{ condition: 'Complete' }] })],
      ['Job/a:n==1: Job.batch/np/a'],
    ],
    ['Deployment:ReadyReplicas>=2', [rule('jobs', 'web')], ['Deployment:ReadyReplicas>=2: Deployment.apps/np/web']],
    ['Deployment:ReadyReplicas>=2', [rule('deployments', 'web')], []],
    [
      'Deployment:ReadyReplicas>=2',
      [{}, { resourceIdentifier: 'x' }],
      ['Deployment:ReadyReplicas>=2: Deployment.apps/np/web'],
    ],
    ['Job/a:Failed', [rule('jobs', 'a')], ['Job/a:Failed: Job.batch/np/a']],
    ['Job/a:jobComplete', [rule('jobs', 'a')], []],
    ['Deployment/web:Ready', [rule('deployments', 'web')], []],
    [
      'Job/a:Failed',
      [
        rule('jobs', 'a', {
          feedbackRules: [
            { type: 'WellKnownStatus' },
            { type: 'JSONPaths', jsonPaths: [{ name: 'conditions', path: '.status.conditions' }] },
          ],
        }),
      ],
      [],
    ],
    ['Job/a:Failed', [rule('jobs', 'a', { conditionRules: [{ condition: 'Failed' }] })], []],
    ['Job/a:failed>=1', [rule('jobs', 'a')], []],
    ['Other:x=1', [], []],
  ])('%s: %#', (text, configs, expected) => {
    expect(feedbackTestsWithoutRule(parseExpression(text), manifests, configs)).toEqual(expected);
  });

  it('knows the usual plurals', () => {
    const policy = {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'NetworkPolicy',
      metadata: { name: 'p', namespace: 'np' },
    };
    const ingress = { apiVersion: 'networking.k8s.io/v1', kind: 'Ingress', metadata: { name: 'i', namespace: 'np' } };
    const about = (resource: string, name: string): JsonObject => ({
      resourceIdentifier: { group: 'networking.k8s.io', resource, namespace: 'np', name },
      feedbackRules: [{ type: 'JSONPaths' }],
    });
    const configs = [about('networkpolicies', 'p'), about('ingresses', 'i')];
    const expression = parseExpression('NetworkPolicy:x=1 AND Ingress:x=1');
    expect(feedbackTestsWithoutRule(expression, [policy, ingress], configs)).toEqual([]);
    expect(feedbackTestsWithoutRule(expression, [policy, ingress], [])).toHaveLength(2);
  });

  it('finds the rules of a recorded work', () => {
    const found = recordedBundles('lifecycle')[0]?.bundle;
    if (found === undefined) throw new Error('the recording has no bundle');
    const expression = parseExpression('ConfigMap:workers=3 AND Namespace:phase=Active');
    expect(feedbackTestsWithoutRule(expression, found.manifests, found.manifestConfigs)).toEqual([
      'Namespace:phase==Active: Namespace/demo',
    ]);
  });
});
