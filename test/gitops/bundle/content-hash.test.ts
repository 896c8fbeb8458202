import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { contentHashOf, isCurrentFormula, operationHash } from '../../../src/gitops/bundle/content-hash.ts';
import { parseHubApplication } from '../../../src/gitops/model/hub-application.ts';
import { bundleOf, hubObject, settings } from './application.ts';

const refresh = 'argocd.argoproj.io/refresh';

function hashOf(object: JsonObject): string {
  return bundleOf(parseHubApplication(object)).contentHash;
}

/** The same content with the members of every map turned round. */
function reversed(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map((item: JsonValue) => reversed(item));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value as JsonObject)
      .reverse()
      .map(([key, member]) => [key, reversed(member ?? null)]),
  );
}

function deepFreeze(value: unknown): void {
  if (typeof value !== 'object' || value === null) return;
  Object.freeze(value);
  for (const member of Object.values(value)) deepFreeze(member);
}

const json = fc.jsonValue().map((value) => value as JsonValue);
const map = fc.dictionary(fc.string(), json, { maxKeys: 5 });
const spec = fc.record({ project: fc.string(), destination: map, source: map }).map((value) => value as JsonObject);

describe('the content hash', () => {
  it('has one value for one content; another would publish every application anew', () => {
    expect(hashOf(hubObject())).toBe('1:9e818f952b28a87d0e39965bd2264f2f');
  });

  it.each<[string, JsonObject]>([
    ['resourceVersion', hubObject({ metadata: { resourceVersion: '99' } })],
    ['generation', hubObject({ metadata: { generation: 99 } })],
    ['managedFields', hubObject({ metadata: { managedFields: [] } })],
    ['uid', hubObject({ metadata: { uid: 'other' } })],
    ['status', hubObject({ status: { sync: { status: 'Synced' } } })],
    ['operation', hubObject({ operation: { sync: {} } })],
  ])('does not change with %s', (_what, object) => {
    expect(hashOf(object)).toBe(hashOf(hubObject()));
  });

  it.each<[string, JsonObject]>([
    ['spec', hubObject({ spec: { project: 'other' } })],
    ['finalizers', hubObject({ metadata: { finalizers: [] } })],
    ['owner', hubObject({ metadata: { ownerReferences: [] } })],
    ['labels', hubObject({ metadata: { labels: { a: 'b' } } })],
  ])('changes with %s', (_what, object) => {
    expect(hashOf(object)).not.toBe(hashOf(hubObject()));
  });

  it.each<[string, JsonValue, JsonValue]>([
    ['a null that takes a default of the chart away', { replicas: null }, {}],
    ['a null that is no text', { replicas: null }, { replicas: 'null' }],
    ['the last digit of a long number', { account: 9007199254740993n }, { account: 9007199254740992n }],
  ])('tells %s from what is not the same', (_what, one, other) => {
    const hashWith = (valuesObject: JsonValue): string =>
      hashOf(hubObject({ spec: { source: { helm: { valuesObject } } } }));
    expect(hashWith(one)).not.toBe(hashWith(other));
  });

  it('is independent of key order, one-shot fields and what the server sets', () => {
    fc.assert(
      fc.property(spec, map, fc.string(), fc.string(), (ofApp, status, version, refreshed) => {
        const plain = hubObject({ spec: ofApp });
        const annotations = (plain['metadata'] as JsonObject)['annotations'] as JsonObject;
        const noisy = hubObject({
          spec: ofApp,
          metadata: {
            resourceVersion: version,
            managedFields: [status],
            annotations: { ...annotations, [refresh]: refreshed },
          },
          status,
          operation: status,
        });
        expect(hashOf(reversed(noisy) as JsonObject)).toBe(hashOf(plain));
      }),
    );
  });

  it('is that of the work as published, whatever one-shot travels with it', () => {
    fc.assert(
      fc.property(spec, map, fc.constantFrom('normal', 'hard', undefined), (ofApp, operation, refreshed) => {
        const oneShot = { operation, ...(refreshed === undefined ? {} : { refresh: refreshed }) };
        const built = bundleOf(parseHubApplication(hubObject({ spec: ofApp })), settings, oneShot);
        expect(contentHashOf(built.work)).toBe(built.contentHash);
        expect(isCurrentFormula(built.contentHash)).toBe(true);
      }),
    );
  });

  it('is made without touching what it is made of', () => {
    fc.assert(
      fc.property(spec, map, map, (ofApp, operation, project) => {
        const object = hubObject({ spec: ofApp, operation });
        const given = { object, operation, project: { spec: project } };
        const before = structuredClone(given);
        deepFreeze(given);
        const all = { ...settings, deliverNamespace: true, deliverProject: true };
        bundleOf(
          parseHubApplication(object),
          all,
          { operation, refresh: 'hard' },
          { project: given.project, withoutFinalizers: true },
        );
        expect(given).toEqual(before);
      }),
    );
  });
});

describe('operationHash', () => {
  it('is one for one content', () => {
    expect(operationHash({ sync: { revision: 'a', prune: true } })).toBe(
      operationHash({ sync: { prune: true, revision: 'a' } }),
    );
    expect(operationHash({ sync: { revision: 'a' } })).not.toBe(operationHash({ sync: { revision: 'b' } }));
  });

  it('leaves other formulas to be told apart', () => {
    expect(['', '0:ab', 'ab'].map((hash) => isCurrentFormula(hash))).toEqual([false, false, false]);
  });
});
