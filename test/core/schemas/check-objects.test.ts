import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { builtInKind } from '../../../src/core/kinds/known-kinds.ts';
import { readBuiltIns } from '../../../src/core/schemas/built-in.ts';
import { checkObjects } from '../../../src/core/schemas/check-objects.ts';
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
