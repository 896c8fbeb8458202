import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';
import { inShop, told } from './told.ts';

describe('the pods that an object makes', () => {
  const making = (kind: string, spec: JsonValue, apiVersion = 'apps/v1'): JsonObject => ({
    apiVersion,
    kind,
    metadata: inShop,
    spec,
  });

  it.each(['Deployment', 'DaemonSet', 'ReplicaSet', 'StatefulSet'])('have what the selector of a %s wants', (kind) => {
    const selector = { matchLabels: { app: 'web', tier: 'a' } };
    const labels = { app: 'web', tier: 'a', more: 'b' };
    expect(told(making(kind, { selector, template: { metadata: { labels } } }))).toEqual([]);
    expect(told(making(kind, { selector, template: { metadata: { labels: { app: 'web', tier: 'b' } } } }))).toEqual([
      [
        'm.spec.template.metadata.labels',
        'selector-mismatch',
        'Invalid value: `selector` does not match template `labels`: tier',
      ],
    ]);
    expect(told(making(kind, { selector, template: {} }))[0]?.[2]).toMatch(/: app, tier$/);
    expect(told(making(kind, { template: { metadata: { labels } } }))).toEqual([]);
    expect(told(making(kind, { selector }))).toEqual([]);
    expect(told(making(kind, { selector, template: {} }, 'example.com/v1'))).toEqual([]);
  });

  it.each([
    ['apps/v1', 'Deployment', ['spec', 'template']],
    ['apps/v1', 'DaemonSet', ['spec', 'template']],
    ['apps/v1', 'ReplicaSet', ['spec', 'template']],
    ['apps/v1', 'StatefulSet', ['spec', 'template']],
    ['v1', 'ReplicationController', ['spec', 'template']],
    ['batch/v1', 'Job', ['spec', 'template']],
    ['batch/v1', 'CronJob', ['spec', 'jobTemplate']],
    ['batch/v1', 'CronJob', ['spec', 'jobTemplate', 'spec', 'template']],
  ])('have labels that Kubernetes takes: %s %s at %s', (apiVersion, kind, place) => {
    const template: JsonObject = { metadata: { labels: { 'not a key': 'a' } } };
    const manifest = place.toReversed().reduce<JsonObject>((inner, step) => ({ [step]: inner }), template);
    const paths = told({ apiVersion, kind, metadata: inShop, ...manifest }).map(([path]) => path);
    expect(paths).toEqual([pathText(['m', ...place, 'metadata', 'labels', 'not a key'])]);
  });

  it('of another kind are not looked at', () => {
    const template = { metadata: { labels: { 'not a key': 'a' } } };
    expect(told(making('Boat', { template }, 'example.com/v1'))).toEqual([]);
    expect(told(making('constructor', { template }, ''))).toEqual([]);
  });

  it.each<[string, (spec: JsonValue) => JsonObject, string]>([
    ['Job', (spec) => making('Job', { template: { spec } }, 'batch/v1'), 'm.spec.template.spec.restartPolicy'],
    [
      'CronJob',
      (spec) => making('CronJob', { jobTemplate: { spec: { template: { spec } } } }, 'batch/v1'),
      'm.spec.jobTemplate.spec.template.spec.restartPolicy',
    ],
  ])('of a %s end', (_kind, job, place) => {
    for (const restartPolicy of ['OnFailure', 'Never', 7]) expect(told(job({ restartPolicy }))).toEqual([]);
    for (const spec of [{}, { restartPolicy: null }, { restartPolicy: '' }])
      expect(told(job(spec))).toEqual([
        [place, 'missing-field', 'Required value: the pods of a Job take OnFailure or Never'],
      ]);
    expect(told(job({ restartPolicy: 'Always' }))).toEqual([
      [place, 'unsupported-value', 'Unsupported value: "Always": one of OnFailure, Never'],
    ]);
    expect(told(job('spec'))).toEqual([]);
  });

  it('of a Deployment may run without end', () => {
    expect(told(making('Deployment', { template: { spec: { restartPolicy: 'Always' } } }))).toEqual([]);
  });
});
