import { describe, expect, test } from 'vitest';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { checkFeedbackPaths } from '../../../src/core/schemas/check-feedback.ts';
import { createSchemaSet } from '../../../src/core/schemas/schema-set.ts';

const schemas = createSchemaSet(readBuiltIns(), []);
const deployment = { apiVersion: 'apps/v1', kind: 'Deployment' };

describe('feedback paths of a Deployment', () => {
  test.each([
    ['.status.readyReplicas', undefined],
    ['.status.redyReplicas', 'did you mean ".status.readyReplicas"?'],
    ['{.status.redyReplicas}', 'did you mean ".status.readyReplicas"?'],
    ['$.status.readyReplicas', undefined],
    ['.status.conditions[?(@.type=="Available")].status', undefined],
    [
      '.status.conditions[?(@.type=="Available")].statsu',
      'did you mean ".status.conditions[?(@.type=="Available")].status"?',
    ],
    ['.status.conditions[0].typ', 'did you mean ".status.conditions[0].type"?'],
    ['.status.conditions[*].type', undefined],
    ['.status.conditions[-1:].type', undefined],
    ['.status.replicas.count', undefined],
    ['.metadata.labels.anything', undefined],
    [".metadata.annotations['a.b/c']", undefined],
    ['.metadata.annotations.a\\.b/c', undefined],
    ['.spec.template.spec.containers[0].resources.limits.memory', undefined],
    ['.spec.template.spec.containrs[0].image', 'did you mean ".spec.template.spec.containers"?'],
    ['..whatever', undefined],
    ['.status..whatever', undefined],
    ['.status.*', undefined],
    ['.statu', 'did you mean ".status"?'],
    ['not a path', undefined],
  ])('%s', (path, suggestion) => {
    const config = { feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'x', path }] }] };
    const problems = checkFeedbackPaths(config, deployment, schemas, ['c']);
    expect(problems.map((problem) => problem.suggestion)).toEqual(suggestion === undefined ? [] : [suggestion]);
    for (const problem of problems)
      expect(problem).toMatchObject({
        rule: 'unknown-feedback-path',
        path: ['c', 'feedbackRules', 0, 'jsonPaths', 0, 'path'],
      });
  });

  test.each([
    [deployment, 0],
    [{ apiVersion: 'batch/v1', kind: 'Job' }, 0],
    [{ apiVersion: 'v1', kind: 'Service' }, 1],
    [{ apiVersion: 'apps/v1', kind: 'StatefulSet' }, 1],
  ])('well-known status of %j', (manifest, count) => {
    expect(checkFeedbackPaths({ feedbackRules: [{ type: 'WellKnownStatus' }] }, manifest, schemas, [])).toHaveLength(
      count,
    );
  });

  test.each([
    [{}],
    [{ feedbackRules: 'x' }],
    [{ feedbackRules: [1, {}, { jsonPaths: 'x' }, { jsonPaths: [1, {}, { path: 1 }] }] }],
  ])('%j is left to the checks of the shape', (config) => {
    expect(checkFeedbackPaths(config, deployment, schemas, [])).toEqual([]);
  });
});
