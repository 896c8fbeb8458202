import { describe, expect, test } from 'vitest';
import { ruleOf, rules } from '../../../src/core/schemas/rules.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { validateWork } from '../../../src/core/works/validate.ts';

describe('rules', () => {
  test('have stable ids in kebab case', () => {
    for (const id of Object.keys(rules)) expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
  });

  test.each([
    [{ rule: 'not-base64', message: 'x', path: [] }, 'not-base64'],
    [{ rule: 'toString', message: 'unknown field', path: [] }, 'unknown-field'],
    [{ message: 'Invalid value: "x": bad', path: ['metadata', 'labels', 'name'] }, 'invalid-name'],
    [{ message: 'Invalid value: "x": bad', path: ['metadata', 'labels', 'x'] }, 'invalid-label'],
    [{ message: 'Invalid value: "x": bad', path: ['spec', 'jsonPaths', 0, 'path'] }, 'feedback-path-syntax'],
    [{ message: 'Invalid value: "x": bad', path: ['spec'] }, 'invalid-value'],
    [{ message: 'something new', path: [] }, 'invalid'],
  ])('%j is %s', (problem, rule) => {
    expect(ruleOf(problem)).toBe(rule);
  });

  test('every check of the core falls under one of them', () => {
    const work: ManifestWork = {
      name: 'A_b',
      namespace: 'c.d',
      labels: { 'a b': 'c d' },
      annotations: { 'a b': 'c' },
      manifests: [
        {},
        {
          apiVersion: 'a/b/c',
          kind: 'List',
          items: [],
          metadata: { name: 1, generateName: 'x', finalizers: ['a b', 1], labels: 'x' },
        },
        {
          apiVersion: 'v1',
          kind: 'X',
          metadata: { name: 'x', annotations: { a: 'x'.repeat(300_000) } },
          big: 2n ** 53n + 1n,
        },
        { apiVersion: 'v1', kind: 'X', metadata: { name: 'x' }, data: 'x'.repeat(300_000) },
      ],
      manifestConfigs: [
        {
          resourceIdentifier: { resource: 'y', name: 'x' },
          feedbackRules: [
            { type: 'JSONPaths' },
            { type: 'JSONPaths', jsonPaths: [{ path: '.' }, { path: '{.a}' }, { path: 'x' }] },
          ],
        },
        { resourceIdentifier: { resource: 'y', name: 'x' } },
        { resourceIdentifier: { resource: 'xs', name: 'z' } },
      ],
    };
    const problems = validateWork(work);
    expect(problems.length).toBeGreaterThan(20);
    expect(problems.filter((problem) => ruleOf(problem) === 'invalid')).toEqual([]);
  });
});
