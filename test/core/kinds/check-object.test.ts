import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { checkObject, foreseenRefusals } from '../../../src/core/kinds/check-object.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';
import { configMap, find, inShop, secret, told } from './told.ts';

describe('the namespace of an object', () => {
  it('is there when its kind is namespaced, and only then', () => {
    expect(told({ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } })).toEqual([
      [
        'm.metadata.namespace',
        'wrong-scope',
        'Required value: a Pod is namespaced; without a namespace agents report "the server could not find the requested resource"',
      ],
    ]);
    expect(told({ apiVersion: 'v1', kind: 'Node', metadata: inShop })).toEqual([
      [
        'm.metadata.namespace',
        'wrong-scope',
        'Forbidden: a Node is cluster-scoped; with a namespace agents report "the server could not find the requested resource"',
      ],
    ]);
    expect(
      [
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } },
        { apiVersion: 'v1', kind: 'Node', metadata: inShop },
      ].map((manifest) => checkObject(manifest, find, [])[0]?.suggestion),
    ).toEqual(['set metadata.namespace', 'leave metadata.namespace out']);
    expect(told({ apiVersion: 'v1', kind: 'Node', metadata: { name: 'a' } })).toEqual([]);
  });

  it('is not judged of a kind that nobody knows or no cluster keeps, nor of what is no object', () => {
    expect(told({ apiVersion: 'example.com/v1', kind: 'Boat', metadata: { name: 'a' } })).toEqual([]);
    expect(told({ apiVersion: 'authorization.k8s.io/v1', kind: 'SubjectAccessReview', metadata: inShop })).toEqual([]);
    expect(told({ kind: 'Pod', metadata: { name: 'a' } })).toEqual([]);
    expect(told({ apiVersion: 'v1', metadata: { name: 'A b' } })).toEqual([]);
  });
});

describe('the name of an object', () => {
  it('is what its kind takes, if it has one', () => {
    expect(told(configMap({ metadata: { name: '', namespace: 'shop' } }))).toEqual([]);
    expect(told({ apiVersion: 'batch/v1', kind: 'CronJob', metadata: { ...inShop, name: 'a'.repeat(53) } })).toEqual([
      ['m.metadata.name', 'invalid-name', `Invalid value: "${'a'.repeat(53)}": must be no more than 52 characters`],
    ]);
  });

  it('is a warning where only some clusters refuse it', () => {
    const service = { apiVersion: 'v1', kind: 'Service', metadata: { ...inShop, name: '1st' } };
    expect(checkObject(service, find, []).map(({ severity, rule }) => [severity, rule])).toEqual([
      ['warning', 'invalid-name'],
    ]);
  });

  const definition = (name: string, spec?: JsonValue): JsonObject => ({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name },
    ...(spec === undefined ? {} : { spec }),
  });
  const boats = { group: 'example.net', names: { plural: 'boats' } };
  const service = (name: string): JsonObject => ({
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name },
    spec: { version: 'v1', group: 'example.net' },
  });

  it('follows from what a CustomResourceDefinition or an APIService holds', () => {
    expect(told(definition('boats.example.net', boats))).toEqual([]);
    expect(told(definition('ships.example.net', boats))).toEqual([
      [
        'm.metadata.name',
        'invalid-name',
        'Invalid value: "ships.example.net": must be spec.names.plural+"."+spec.group',
      ],
    ]);
    expect(checkObject(definition('a', boats), find, [])[0]?.suggestion).toBe('it must be boats.example.net');
    expect(told(service('v1.example.net'))).toEqual([]);
    expect(told(service('v2.example.net'))).toEqual([
      ['m.metadata.name', 'invalid-name', 'Invalid value: "v2.example.net": must be spec.version+"."+spec.group'],
    ]);
  });

  it.each<JsonValue | undefined>([
    undefined,
    'spec',
    {},
    { group: 'example.net' },
    { names: { plural: 'boats' } },
    { group: 'example.net', names: { plural: 7 } },
    { group: 'example.net', names: 'boats' },
  ])('is free where %j does not say it', (spec) => {
    expect(told(definition('a', spec))).toEqual([]);
  });

  it('is free of what only has the group or the kind of these', () => {
    expect(told({ ...definition('a', boats), kind: 'Other' })).toEqual([]);
    expect(told({ ...definition('a', boats), apiVersion: 'example.net/v1' })).toEqual([]);
    expect(told({ ...service('a'), kind: 'Other' })).toEqual([]);
    expect(told({ ...service('a'), apiVersion: 'example.net/v1' })).toEqual([]);
  });
});

describe('what clusters refuse of a work that is about to be sent', () => {
  const work = (manifests: readonly JsonObject[], manifestConfigs: readonly JsonObject[] = []) => ({
    name: 'w',
    labels: {},
    annotations: {},
    manifests,
    manifestConfigs,
  });
  const tls = secret({ type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } });
  const refused = (...args: Parameters<typeof work>) =>
    foreseenRefusals(work(...args), find, ['m']).map(({ severity, path, message }) => [
      severity,
      pathText(path),
      message,
    ]);

  it('is told as a warning, by the place of its manifest', () => {
    expect(refused([configMap({}), tls])).toEqual([
      ['warning', 'm[1].data["tls.key"]', 'Required value: a Secret of type kubernetes.io/tls needs it'],
    ]);
    expect(refused([configMap({})])).toEqual([]);
  });

  it('is what the update strategy leaves of it', () => {
    const config = (type: string): JsonObject => ({
      resourceIdentifier: { group: '', resource: 'secrets', namespace: 'shop', name: 'a' },
      updateStrategy: { type },
    });
    expect(refused([tls], [config('ReadOnly')])).toEqual([]);
    expect(refused([tls], [config('CreateOnly')])[0]?.[2]).toMatch(/, unless the object exists already$/);
  });
});
