import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { builtInKind } from '../../../src/core/kinds/known-kinds.ts';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { checkObjects } from '../../../src/core/schemas/check-objects.ts';
import { schemasOfCrd } from '../../../src/core/schemas/custom-resource.ts';
import { createSchemaSet } from '../../../src/core/schemas/schema-set.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';

const schemas = createSchemaSet(readBuiltIns(), []);

function found(manifest: JsonObject, config?: JsonObject): readonly string[] {
  const work = {
    name: 'w',
    labels: {},
    annotations: {},
    manifests: [manifest],
    manifestConfigs: config === undefined ? [] : [config],
  };
  return checkObjects(work, { schemas, find: builtInKind }, [], new Set()).map(
    ({ severity, path, rule }) => `${severity} ${pathText(path)} ${rule}`,
  );
}

const partial: JsonObject = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: { replica: 2 },
};
const bare: JsonObject = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'shop' } };
const strategy = (type: string): JsonObject => ({
  resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: 'shop', name: 'web' },
  updateStrategy: { type },
});
const incomplete = (severity: string): readonly string[] => [
  `${severity} [0].spec.selector missing-field`,
  `${severity} [0].spec.template missing-field`,
];

describe('a manifest that is not whole', () => {
  it.each<readonly [string, JsonObject, JsonObject | undefined, readonly string[]]>([
    ['is refused where the agent writes it', bare, undefined, ['error [0].spec missing-field']],
    [
      'is refused under Update',
      partial,
      strategy('Update'),
      [...incomplete('error'), 'error [0].spec.replica unknown-field'],
    ],
    ['may name an object that is only read', bare, strategy('ReadOnly'), []],
    [
      'is checked for slips also when it is only read',
      partial,
      strategy('ReadOnly'),
      ['error [0].spec.replica unknown-field'],
    ],
    [
      'may be a part under ServerSideApply',
      partial,
      strategy('ServerSideApply'),
      [...incomplete('warning'), 'error [0].spec.replica unknown-field'],
    ],
    ['may be there already under CreateOnly', bare, strategy('CreateOnly'), ['warning [0].spec missing-field']],
    [
      'is refused when the strategy is that of another',
      bare,
      {
        ...strategy('ReadOnly'),
        resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: 'shop', name: 'other' },
      },
      ['error [0].spec missing-field'],
    ],
  ])('%s', (_name, manifest, config, expected) =>
    expect([...found(manifest, config)].sort()).toEqual([...expected].sort()),
  );

  it('needs its namespace whatever the strategy', () => {
    const config = {
      ...strategy('ReadOnly'),
      resourceIdentifier: { group: 'apps', resource: 'deployments', namespace: '', name: 'web' },
    };
    expect(found({ ...bare, metadata: { name: 'web' } }, config)).toEqual(['error [0].metadata.namespace wrong-scope']);
  });
});

describe('the manifests of a work', () => {
  const crd: JsonObject = {
    spec: {
      group: 'x.io',
      names: { kind: 'X' },
      versions: [
        { name: 'v1', schema: { openAPIV3Schema: { type: 'object', properties: { on: { type: 'boolean' } } } } },
      ],
    },
  };
  const given = createSchemaSet(readBuiltIns(), schemasOfCrd(crd, { type: 'object' }));
  const checked = (...manifests: readonly JsonObject[]) => {
    const withoutSchema = new Set<string>();
    const work = { name: 'w', labels: {}, annotations: {}, manifests, manifestConfigs: [] };
    const problems = checkObjects(work, { schemas: given, find: builtInKind }, ['m'], withoutSchema);
    return {
      told: problems.map(({ severity, path, rule }) => `${severity} ${pathText(path)} ${rule}`),
      withoutSchema: [...withoutSchema],
    };
  };
  const metadata = { name: 'a' };

  it('are named when nobody gave a schema of their kind', () => {
    const boats = ['v1', 'v1', 'v2'].map((version) => ({ apiVersion: `y.io/${version}`, kind: 'Boat', metadata }));
    expect(checked(...boats)).toEqual({ told: [], withoutSchema: ['y.io/v1 Boat', 'y.io/v2 Boat'] });
    expect(checked({ apiVersion: 'scheduling.k8s.io/v1alpha9', kind: 'Boat', metadata })).toEqual({
      told: ['warning m[0].apiVersion unknown-kind'],
      withoutSchema: [],
    });
  });

  it('are checked by a schema that was given, which says that their kind exists', () => {
    expect(checked({ apiVersion: 'x.io/v1', kind: 'X', metadata, on: 'yes' })).toEqual({
      told: ['error m[0].on wrong-type'],
      withoutSchema: [],
    });
  });

  it('are checked for their fields only where a cluster may have their kind', () => {
    const job = { kind: 'CronJob', metadata: { ...metadata, namespace: 'shop' }, spec: { shedule: 'x' } };
    expect(checked({ ...job, apiVersion: 'batch/v1beta1' }).told).toEqual(['error m[0].apiVersion unknown-kind']);
    const scaler = { kind: 'HorizontalPodAutoscaler', metadata: { ...metadata, namespace: 'shop' }, spec: { x: 1 } };
    expect(checked({ ...scaler, apiVersion: 'autoscaling/v2beta2' }).told).toEqual(
      expect.arrayContaining(['warning m[0].apiVersion unknown-kind', 'error m[0].spec.x unknown-field']) as string[],
    );
  });

  it('are left to the checks of the shape when they say no kind', () => {
    const nothing = { told: [], withoutSchema: [] };
    for (const odd of [
      { kind: 'Pod' },
      { apiVersion: 'v1' },
      { apiVersion: 1, kind: 'Pod' },
      { apiVersion: 'v1', kind: 1 },
    ])
      expect(checked(odd)).toEqual(nothing);
  });

  it('have a mistake told once that a schema and a rule find', () => {
    const job = {
      apiVersion: 'batch/v1',
      kind: 'Job',
      metadata: { ...metadata, namespace: 'shop' },
      spec: { template: { spec: { containers: [], restartPolicy: 'Sometimes' } } },
    };
    const places = checked(job).told.filter((text) => text.includes('restartPolicy'));
    expect(places).toEqual(['error m[0].spec.template.spec.restartPolicy unsupported-value']);
    const data = checked({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { ...metadata, namespace: 'shop' },
      data: { a: '%' },
    });
    expect(data.told).toEqual(['error m[0].data.a not-base64']);
  });
});
