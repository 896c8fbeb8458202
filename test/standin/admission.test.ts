import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/core/json.ts';
import { kindFinder } from '../../src/core/kinds/known-kinds.ts';
import { readBuiltIns } from '../../src/core/schemas/built-in.ts';
import { checkObjects } from '../../src/core/schemas/check-objects.ts';
import { schemasOfCrd } from '../../src/core/schemas/custom-resource.ts';
import { createSchemaSet, metadataSchema } from '../../src/core/schemas/schema-set.ts';
import { applyBundle } from '../../src/standin/agent/apply.ts';
import { Cluster } from '../../src/standin/agent/cluster.ts';
import { defaultBehaviour } from '../../src/standin/options.ts';

const builtIns = readBuiltIns();
const definition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'boats.example.net' },
  spec: {
    group: 'example.net',
    scope: 'Cluster',
    names: { kind: 'Boat', plural: 'boats' },
    versions: [{ name: 'v1', served: true, storage: true, schema: { openAPIV3Schema: { type: 'object' } } }],
  },
};
const schemas = createSchemaSet(builtIns, schemasOfCrd(definition, metadataSchema(builtIns)));
const find = kindFinder([definition]);

function clusterWith(...manifests: readonly JsonObject[]): Cluster {
  const cluster = new Cluster();
  applyBundle(
    cluster,
    { id: 'before', bundle: { manifests: [definition, ...manifests], manifestConfigs: [] } },
    defaultBehaviour,
    0,
  );
  return cluster;
}

/** What the simulated agent reports of a manifest, "" when it applied it. */
function refusal(
  manifest: JsonObject,
  before: readonly JsonObject[] = [],
  manifestConfigs: readonly JsonObject[] = [],
): string {
  const [outcome] = applyBundle(
    clusterWith(...before),
    { id: 'w', bundle: { manifests: [manifest], manifestConfigs } },
    defaultBehaviour,
    0,
  );
  return outcome?.failure ?? '';
}

/** Whether `validate` finds an error in it. */
function isRefusedOffline(manifest: JsonObject): boolean {
  const work = { name: 'w', labels: {}, annotations: {}, manifests: [manifest], manifestConfigs: [] };
  return checkObjects(work, { schemas, find }, [], new Set()).some(({ severity }) => severity === 'error');
}

const named = (apiVersion: string, kind: string, name: string, namespace?: string): JsonObject => ({
  apiVersion,
  kind,
  metadata: { name, ...(namespace === undefined ? {} : { namespace }) },
});
const pods = (labels: JsonObject, more: JsonObject = {}): JsonObject => ({
  metadata: { labels },
  spec: { containers: [{ name: 'c', image: 'i' }], ...more },
});
const deployment = (selector: string, labels: JsonObject): JsonObject => ({
  ...named('apps/v1', 'Deployment', 'web', 'default'),
  spec: { selector: { matchLabels: { app: selector } }, template: pods(labels) },
});
const job = (name: string, restartPolicy: string, image = 'i'): JsonObject => ({
  ...named('batch/v1', 'Job', name, 'default'),
  spec: { template: { spec: { restartPolicy, containers: [{ name: 'c', image }] } } },
});
const subdomain =
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')";

describe('the simulated cluster and validate agree on', () => {
  it.each<readonly [string, JsonObject, string]>([
    ['a ConfigMap', named('v1', 'ConfigMap', 'a.b', 'default'), ''],
    [
      'a ConfigMap without a namespace',
      named('v1', 'ConfigMap', 'a'),
      'the server could not find the requested resource',
    ],
    ['a ClusterRole', named('rbac.authorization.k8s.io/v1', 'ClusterRole', 'system:a'), ''],
    [
      'a ClusterRole in a namespace',
      named('rbac.authorization.k8s.io/v1', 'ClusterRole', 'a', 'default'),
      'the server could not find the requested resource',
    ],
    [
      'a name in upper case',
      named('v1', 'ConfigMap', 'A', 'default'),
      `ConfigMap "A" is invalid: metadata.name: Invalid value: "A": ${subdomain}`,
    ],
    [
      'a Namespace with dots',
      named('v1', 'Namespace', 'a.b'),
      'Namespace "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots',
    ],
    [
      'a Service with dots',
      { ...named('v1', 'Service', 'a.b', 'default'), spec: {} },
      'Service "a.b" is invalid: metadata.name: Invalid value: "a.b": must not contain dots',
    ],
    [
      'a Role with a slash',
      named('rbac.authorization.k8s.io/v1', 'Role', 'a/b', 'default'),
      'Role.rbac.authorization.k8s.io "a/b" is invalid: metadata.name: Invalid value: "a/b": may not contain \'/\'',
    ],
    [
      'a key that is no file name',
      { ...named('v1', 'ConfigMap', 'a', 'default'), data: { '..a': 'x' } },
      'ConfigMap "a" is invalid: data[..a]: Invalid value: "..a": must not start with \'..\'',
    ],
    ['a good key', { ...named('v1', 'Secret', 'a', 'default'), stringData: { '.dockerconfigjson': 'x' } }, ''],
    ['a Deployment', deployment('web', { app: 'web', tier: 'front' }), ''],
    [
      'a Deployment that misses its pods',
      deployment('web', { app: 'other' }),
      'Deployment.apps "web" is invalid: spec.template.metadata.labels: Invalid value: {"app":"other"}: `selector` does not match template `labels`',
    ],
    ['a Job', job('once', 'Never'), ''],
    [
      'a Job for ever',
      job('once', 'Always'),
      'Job.batch "once" is invalid: spec.template.spec.restartPolicy: Unsupported value: "Always": supported values: "OnFailure", "Never"',
    ],
    [
      'a Job with a long name',
      job('a'.repeat(64), 'Never'),
      `Job.batch "${'a'.repeat(64)}" is invalid: metadata.name: Invalid value: "${'a'.repeat(64)}": must be no more than 63 characters`,
    ],
    [
      'an old version',
      { ...deployment('web', { app: 'web' }), apiVersion: 'apps/v1beta1' },
      'the server doesn\'t have a resource type "Deployment"',
    ],
    [
      'an unknown kind',
      named('apps/v1', 'Deploymnt', 'web', 'default'),
      'the server doesn\'t have a resource type "Deploymnt"',
    ],
    [
      'a request',
      { ...named('authorization.k8s.io/v1', 'SubjectAccessReview', 'a'), spec: {} },
      'the server doesn\'t have a resource type "SubjectAccessReview"',
    ],
    ['a custom resource', named('example.net/v1', 'Boat', 'one'), ''],
    [
      'a custom resource in a namespace',
      named('example.net/v1', 'Boat', 'one', 'default'),
      'the server could not find the requested resource',
    ],
    [
      'a custom resource with a bad name',
      named('example.net/v1', 'Boat', 'one_two'),
      `Boat.example.net "one_two" is invalid: metadata.name: Invalid value: "one_two": ${subdomain}`,
    ],
    [
      'a version that the definition does not serve',
      named('example.net/v2', 'Boat', 'one'),
      'the server doesn\'t have a resource type "Boat"',
    ],
    [
      'a definition with another name',
      { ...definition, metadata: { name: 'boat.example.net' } },
      'CustomResourceDefinition.apiextensions.k8s.io "boat.example.net" is invalid: metadata.name: Invalid value: "boat.example.net": must be spec.names.plural+"."+spec.group',
    ],
  ])('%s', (_name, manifest, expected) => {
    expect(refusal(manifest)).toBe(expected);
    expect(isRefusedOffline(manifest)).toBe(expected !== '');
  });
});

describe('an object that exists', () => {
  const config = (type: string, kind: string, resource: string, name: string): readonly JsonObject[] => [
    { resourceIdentifier: { group: kind, resource, namespace: 'default', name }, updateStrategy: { type } },
  ];
  const frozen = (value: string): JsonObject => ({
    ...named('v1', 'ConfigMap', 'a', 'default'),
    immutable: true,
    data: { a: value },
  });

  it.each<readonly [string, JsonObject, JsonObject, string]>([
    [
      'a selector',
      deployment('web', { app: 'web', old: 'x' }),
      deployment('x', { app: 'x' }),
      'Deployment.apps "web" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"x"}}: field is immutable',
    ],
    ['a label of the pods', deployment('web', { app: 'web' }), deployment('web', { app: 'web', tier: 'x' }), ''],
    [
      'an immutable ConfigMap',
      frozen('1'),
      frozen('2'),
      'ConfigMap "a" is invalid: data: Forbidden: field is immutable when `immutable` is set',
    ],
    ['an immutable ConfigMap, unchanged', frozen('1'), frozen('1'), ''],
  ])('keeps %s', (_name, before, manifest, expected) => expect(refusal(manifest, [before])).toBe(expected));

  it('keeps the template of a Job, unless the agent only creates it', () => {
    const [before, after] = [job('once', 'Never', 'old'), job('once', 'Never', 'new')];
    expect(refusal(after, [before])).toMatch(
      /^Job\.batch "once" is invalid: spec\.template: Invalid value: .*: field is immutable$/,
    );
    expect(refusal(after, [before], config('CreateOnly', 'batch', 'jobs', 'once'))).toBe('');
  });

  it('is not made by an agent that only reads it', () => {
    const cluster = clusterWith();
    const manifest = named('v1', 'ConfigMap', 'a', 'default');
    const [outcome] = applyBundle(
      cluster,
      { id: 'w', bundle: { manifests: [manifest], manifestConfigs: config('ReadOnly', '', 'configmaps', 'a') } },
      defaultBehaviour,
      0,
    );
    expect(outcome?.failure).toBeUndefined();
    expect(cluster.objects().map(({ manifest: kept }) => kept['kind'])).toEqual(['CustomResourceDefinition']);
  });
});
