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

describe('the rule that a text breaks', () => {
  test.each<readonly [string, string]>([
    ['Required value: a work needs a manifest', 'empty-work'],
    ['Required value: field not set', 'missing-field'],
    ['unknown field', 'unknown-field'],
    ['expected text, found 1', 'wrong-type'],
    ['Unsupported value: "a": one of b', 'unsupported-value'],
    ['is ignored: Maestro does not carry it', 'ignored-field'],
    ['cannot be used: x', 'forbidden-field'],
    ['Forbidden: x', 'forbidden-field'],
    ['a ManifestWork inside a ManifestWork', 'nested-work'],
    ['a plain manifest beside a ManifestWork in f', 'mixed-documents'],
    ['a List is no object that a cluster stores', 'list-manifest'],
    ['duplicate manifest for resource x', 'duplicate-manifest'],
    ['a second config for x', 'duplicate-config'],
    ['x matches no manifest', 'config-without-manifest'],
    ['x does not look like the plural of Y', 'config-resource-name'],
    ['the agent puts the braces round the path itself', 'feedback-path-braces'],
    ['reports all metadata of the object, x', 'feedback-whole-object'],
    ['reports the whole object, x', 'feedback-whole-object'],
    ['Too large: x', 'too-large'],
    ['Too long: x', 'too-large'],
    ['1 is beyond 2^53, Maestro will store 2', 'rounded-integer'],
    ['key "a" already set', 'duplicate-key'],
    ...[
      'not Required value: x',
      'an unknown field',
      'unknown field x',
      'it expected a found b',
      'no Unsupported value: x',
      'it is ignored: x',
      'it cannot be used: x',
      'not a ManifestWork inside a ManifestWork',
      'a ManifestWork inside a ManifestWork x',
      'not a plain manifest beside a ManifestWork',
      'is no object that a cluster stores x',
      'a duplicate manifest for resource x',
      'not a second config for x',
      'x matches no manifest x',
      'what the agent puts the braces round the path',
      'it reports the whole object, x',
      'not Too large: x',
      'a key x already set',
      'key x already set x',
    ].map((text): readonly [string, string] => [text, 'invalid']),
  ])('%s: %s', (message, rule) => {
    expect(ruleOf({ message, path: ['labels'] })).toBe(rule);
  });

  test.each<readonly [readonly (string | number)[], string]>([
    [['jsonPaths', 0, 'path'], 'feedback-path-syntax'],
    [['metadata', 'labels', 'a'], 'invalid-label'],
    [['metadata', 'annotations', 'a'], 'invalid-annotation'],
    [['metadata', 'finalizers', 0], 'invalid-finalizer'],
    [['apiVersion'], 'invalid-api-version'],
    [['labels', 'name'], 'invalid-name'],
    [['metadata', 'namespace'], 'invalid-name'],
    [['spec', 'constructor'], 'invalid-value'],
    [[], 'invalid-value'],
  ])('is that of the innermost field that has one: %j: %s', (path, rule) => {
    expect(ruleOf({ message: 'Invalid value: "x": y', path })).toBe(rule);
    expect(ruleOf({ message: 'something else', path })).toBe('invalid');
  });

  test('is the one that a problem names, when there is such a rule', () => {
    expect(ruleOf({ rule: 'too-large', message: 'unknown field', path: [] })).toBe('too-large');
    expect(ruleOf({ rule: 'toString', message: 'unknown field', path: [] })).toBe('unknown-field');
  });
});
