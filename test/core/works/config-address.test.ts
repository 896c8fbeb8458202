import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { isAbout, isAboutResource, plausiblePlurals } from '../../../src/core/works/config-address.ts';
import { manifestKey, manifestLabel } from '../../../src/core/works/manifest-work.ts';

const key = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'web-front' };
const identifier = { group: 'apps', resource: 'deployments', namespace: 'shop', name: 'web-front' };
const config = (more: JsonObject): JsonObject => ({ resourceIdentifier: { ...identifier, ...more } });

describe('the plurals that a kind may have', () => {
  it.each([
    ['Deployment', ['deployments', 'deploymentes']],
    ['NetworkPolicy', ['networkpolicies']],
    ['Gateway', ['gateways', 'gatewayes']],
    ['Ingress', ['ingresses', 'ingress']],
    ['Endpoints', ['endpointses', 'endpoints']],
    ['Index', ['indexes', 'index']],
    ['Quiz', ['quizes', 'quiz']],
    ['Batch', ['batches', 'batch']],
    ['Mesh', ['meshes', 'mesh']],
    ['Cyborg', ['cyborgs', 'cyborges']],
    ['Service', ['services', 'servicees']],
  ])('%s', (kind, plurals) => {
    expect(plausiblePlurals(kind)).toEqual(plurals);
  });
});

describe('what a config is about', () => {
  it.each<[string, JsonObject, boolean]>([
    ['the address', {}, true],
    ['another group', { group: '' }, false],
    ['another resource', { resource: 'statefulsets' }, false],
    ['another namespace', { namespace: 'other' }, false],
    ['another name', { name: 'web' }, false],
    ['any name', { name: '*' }, true],
    ['any beginning', { name: '*-front' }, true],
    ['any end', { name: 'web-*' }, true],
    ['any middle', { name: 'w*t' }, true],
    ['several parts', { name: 'w*b*r*t' }, true],
    ['several parts in another order', { name: 'w*r*b*t' }, false],
    ['another beginning', { name: 'x*' }, false],
    ['another end', { name: '*x' }, false],
    ['a beginning and an end that meet', { name: 'web-*front' }, true],
    ['a beginning and an end that overlap', { name: 'web-fro*front' }, false],
    ['parts that overlap', { name: '*web-*web-*' }, false],
    ['two stars', { name: '**' }, true],
    ['any namespace', { namespace: 's*' }, true],
    ['a name that is no text', { name: 1 }, false],
  ])('%s', (_what, more, about) => {
    expect(isAbout(config(more), key)).toBe(about);
    expect(isAboutResource(config(more), key, undefined)).toBe(about);
  });

  it('is told by the plural that the agent has reported, where that is known', () => {
    expect(isAboutResource(config({ resource: 'odd' }), key, 'odd')).toBe(true);
    expect(isAboutResource(config({}), key, 'odd')).toBe(false);
    expect(isAboutResource(config({ name: 'web' }), key, 'deployments')).toBe(false);
  });

  it.each<JsonValue>([null, 'deployments', ['a']])('is nothing with the address %j', (resourceIdentifier) => {
    expect(isAbout({ resourceIdentifier }, key)).toBe(false);
    expect(isAboutResource({ resourceIdentifier }, key, 'deployments')).toBe(false);
  });
});

describe('the address of a manifest', () => {
  it.each<[JsonObject, ReturnType<typeof manifestKey>, string]>([
    [
      { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web-front', namespace: 'shop' } },
      key,
      'Deployment.apps/shop/web-front',
    ],
    [
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'n' } },
      { group: '', version: 'v1', kind: 'Namespace', namespace: '', name: 'n' },
      'Namespace/n',
    ],
    [
      { apiVersion: 1, kind: 2, metadata: { name: 3 } },
      { group: '', version: '', kind: '', namespace: '', name: '' },
      '/',
    ],
    [{ metadata: null }, { group: '', version: '', kind: '', namespace: '', name: '' }, '/'],
  ])('%j', (manifest, read, label) => {
    expect(manifestKey(manifest)).toEqual(read);
    expect(manifestLabel(read)).toBe(label);
  });
});
