import { describe, expect, it } from 'vitest';
import type { JsonValue } from '../../../src/core/json.ts';
import { pathText } from '../../../src/core/yaml/json-path.ts';
import { configMap, inShop, secret, told, type Told } from './told.ts';

describe('the keys of what a ConfigMap or Secret holds', () => {
  it('are names of files', () => {
    expect(told(configMap({ data: { 'a.b-c_d': 'x' }, binaryData: { e: 'eA==' } }))).toEqual([]);
    const [[path, rule, message] = [], ...others] = told(configMap({ data: { fine: 'x' }, binaryData: { 'a b': '' } }));
    expect([path, rule, others]).toEqual(['m.binaryData["a b"]', 'invalid-data-key', []]);
    expect(message).toMatch(/^Invalid value: "a b": a valid config key must consist of alphanumeric characters/);
    expect(told(secret({ stringData: { '..': 'x' } }))).toEqual([
      ['m.stringData[".."]', 'invalid-data-key', `Invalid value: "..": must not be '..'`],
    ]);
    expect(told(secret({ binaryData: { '..': 'x' } }))).toEqual([]);
    expect(told(configMap({ stringData: { '..': 'x' } }))).toEqual([]);
  });

  it('stand in one of the two maps of a ConfigMap, and in both of a Secret', () => {
    expect(told(configMap({ data: { a: 'x', b: 'x' }, binaryData: { b: 'eA==', c: '' } }))).toEqual([
      ['m.data.b', 'invalid-data-key', 'Invalid value: "b": duplicate of key present in binaryData'],
    ]);
    expect(told(secret({ data: { a: 'eA==' }, stringData: { a: 'x' } }))).toEqual([]);
  });

  it('are not looked at in another kind or version, nor where there is no map', () => {
    const data = { '..': 'x' };
    expect(told({ apiVersion: 'example.com/v1', kind: 'ConfigMap', metadata: inShop, data })).toEqual([]);
    expect(told({ apiVersion: 'v1', kind: 'Pod', metadata: inShop, data })).toEqual([]);
    expect(told(configMap({ data: '..', binaryData: ['..'] }))).toEqual([]);
  });

  it.each<[string, readonly string[]]>([
    ['kubernetes.io/tls', ['tls.crt', 'tls.key']],
    ['kubernetes.io/dockercfg', ['.dockercfg']],
    ['kubernetes.io/dockerconfigjson', ['.dockerconfigjson']],
    ['kubernetes.io/ssh-auth', ['ssh-privatekey']],
  ])('of a Secret of type %s are all there that it needs', (type, keys) => {
    expect(told(secret({ type })).map(([path, rule]) => [path, rule])).toEqual(
      keys.map((key) => [pathText(['m', 'data', key]), 'missing-field']),
    );
    const all = Object.fromEntries(keys.map((key) => [key, 'eA==']));
    expect(told(secret({ type, data: all }))).toEqual([]);
    expect(told(secret({ type, stringData: all }))).toEqual([]);
  });

  it('of a Secret are told by what it needs', () => {
    expect(told(secret({ type: 'kubernetes.io/tls', data: { 'tls.crt': 'eA==' } }))).toEqual([
      ['m.data["tls.key"]', 'missing-field', 'Required value: a Secret of type kubernetes.io/tls needs it'],
    ]);
    const type = 'kubernetes.io/basic-auth';
    expect(told(secret({ type }))).toEqual([
      ['m.data', 'missing-field', `Required value: a Secret of type ${type} needs username or password`],
    ]);
    for (const key of ['username', 'password']) expect(told(secret({ type, stringData: { [key]: 'x' } }))).toEqual([]);
  });

  it.each([{ type: 'Opaque' }, { type: 'example.com/own' }, { type: 'constructor' }, { type: 7 }, {}])(
    'of a Secret are free in %j',
    (more) => {
      expect(told(secret(more))).toEqual([]);
    },
  );

  it('of a token of a service account may be none, but the account is named', () => {
    const token = (annotations?: JsonValue): readonly Told[] =>
      told(
        secret({
          type: 'kubernetes.io/service-account-token',
          metadata: { ...inShop, ...(annotations === undefined ? {} : { annotations }) },
        }),
      );
    const missing: Told = [
      'm.metadata.annotations["kubernetes.io/service-account.name"]',
      'missing-field',
      'Required value: a Secret of this type names its service account',
    ];
    expect(token({ 'kubernetes.io/service-account.name': 'robot' })).toEqual([]);
    for (const annotations of [undefined, {}, { 'kubernetes.io/service-account.name': '' }, { a: 'robot' }])
      expect(token(annotations)).toEqual([missing]);
  });
});
