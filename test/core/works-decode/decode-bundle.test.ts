import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject, JsonValue } from '../../../src/core/json.ts';
import { decodeBundle, decodeConsumer } from '../../../src/core/works/decode-bundle.ts';
import { workName } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';

function answerOf(recording: string, step: string): JsonObject {
  const url = new URL(`../../fixtures/recordings/${recording}.json`, import.meta.url);
  const { steps } = JSON.parse(readFileSync(url, 'utf8')) as {
    readonly steps: readonly { readonly step: string; readonly response?: { readonly body?: JsonObject } }[];
  };
  return steps.find((one) => one.step === step)?.response?.body ?? {};
}

const minimal: JsonObject = { id: 'x', consumer_name: 'c', version: 1, manifests: [] };

describe('decodeBundle', () => {
  it('reads a recorded bundle', () => {
    const body = answerOf('lifecycle', 'get-after-agent-applied');
    const bundle = decodeBundle(body);
    expect(bundle).toMatchObject({
      id: 'd421bef2-489a-54c9-8634-d2a64c083c1e',
      consumerName: 'cluster1',
      version: 1,
      createdAt: '2026-11-22T10:58:32.237016Z',
      deleteOption: { propagationPolicy: 'Foreground' },
      manifestConfigs: [{ resourceIdentifier: { resource: 'configmaps' } }],
      status: { observedVersion: 1 },
    });
    expect(bundle.manifests.map(({ kind }) => kind)).toEqual(['Namespace', 'ConfigMap']);
    expect(bundle.raw).toBe(body);
    expect(workName(bundle)).toMatch(/^hyperfleet-/);
    expect(bundle).not.toHaveProperty('deletedAt');
  });

  it('shows that a row is being deleted, and that no agent has reported', () => {
    const bundle = decodeBundle(answerOf('search', 'get-soft-deleted'));
    expect(bundle.deletedAt).toBe('2026-11-22T10:59:47.91375Z');
    expect(bundle).not.toHaveProperty('status');
    expect(bundle).not.toHaveProperty('deleteOption');
  });

  it.each<[string, JsonObject]>([
    ['the zero time of Go', { deleted_at: '0001-01-01T00:00:00Z' }],
    ['null', { deleted_at: null, delete_option: null, metadata: null, manifest_configs: null, status: null }],
    ['empty objects', { delete_option: {}, status: {} }],
  ])('reads %s as absent', (_what, members) => {
    const bundle = decodeBundle({ ...minimal, ...members });
    for (const member of ['deletedAt', 'deleteOption', 'status']) expect(bundle).not.toHaveProperty(member);
    expect(bundle).toMatchObject({ metadata: {}, manifests: [], manifestConfigs: [] });
  });

  it.each<[string, JsonValue]>([
    ['nothing', {}],
    ['an error of Maestro', answerOf('lifecycle', 'get-before-create')],
    ['an error with everything', { ...minimal, kind: 'Error' }],
    ['a consumer', answerOf('consumers', 'create')],
    ['a list', answerOf('search', 'by-consumer')],
    ['no id', { ...minimal, id: '' }],
    ['no consumer', { ...minimal, consumer_name: 1 }],
    ['a version in text', { ...minimal, version: '1' }],
    ['a version below none', { ...minimal, version: -1 }],
    ['a version between two', { ...minimal, version: 1.5 }],
    ['no manifests', { id: 'x', consumer_name: 'c', version: 1 }],
    ['manifests that are no list', { ...minimal, manifests: {} }],
    ['a manifest that is no object', { ...minimal, manifests: ['x'] }],
    ['configs that are no list', { ...minimal, manifest_configs: 'x' }],
  ])('refuses %s', (_what, json) => {
    const error = thrownBy(() => decodeBundle(json as JsonObject));
    expect(error).toMatchObject({ code: 'unavailable', reason: 'ServerError' });
    expect((error as MaestroError).hint).toContain('other than Maestro');
  });

  it.each<[string, JsonObject]>([
    ['version', { ...minimal, version: '1' }],
    ['id', { ...minimal, id: '' }],
    ['manifests', { ...minimal, manifests: {} }],
    ['manifest_configs', { ...minimal, manifest_configs: ['x'] }],
  ])('says which member is not that of a resource bundle: %s', (member, json) => {
    expect((thrownBy(() => decodeBundle(json)) as MaestroError).message).toBe(
      `the answer is not a resource bundle: its ${member} is missing or of another kind`,
    );
  });

  it('reads when a bundle was changed, and a version before the first', () => {
    const updatedAt = '2026-11-22T10:58:31Z';
    expect(decodeBundle({ ...minimal, version: 0, updated_at: updatedAt })).toMatchObject({ version: 0, updatedAt });
  });

  it('throws nothing but MaestroError', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom(...Object.keys(minimal), 'status', 'deleted_at'), fc.anything()),
        (json) => {
          const error = thrownBy(() => decodeBundle({ ...minimal, ...json } as JsonObject));
          expect(error === undefined || error instanceof MaestroError).toBe(true);
        },
      ),
    );
  });
});

describe('decodeConsumer', () => {
  it('reads recorded consumers, with labels and without', () => {
    const list = answerOf('consumers', 'list-all')['items'] as readonly JsonObject[];
    expect(list.map((item) => decodeConsumer(item))).toMatchObject([
      { name: 'cluster1', labels: {} },
      { name: 'cluster2', labels: {} },
      { name: 'cluster3', labels: {} },
    ]);
    expect(decodeConsumer(answerOf('consumers', 'create'))).toEqual({
      id: '00f29106-ecfa-4052-8d88-81dbe19fb3c1',
      name: 'rec-west-1',
      labels: { env: 'prod', region: 'us-west' },
      createdAt: '2026-11-22T10:58:31.642113533Z',
      updatedAt: '2026-11-22T10:58:31.642113533Z',
    });
  });

  it.each([
    ['nothing', {}],
    ['an error', answerOf('consumers', 'create-duplicate')],
    ['a bundle', answerOf('lifecycle', 'get-right-after-create')],
    ['no name', { id: 'x' }],
  ])('refuses %s', (_what, json) => {
    expect(thrownBy(() => decodeConsumer(json))).toMatchObject({ code: 'unavailable', reason: 'ServerError' });
  });

  it('takes for labels what is one, and says what is missing', () => {
    const json = { id: 'x', name: 'c', labels: { env: 'prod', size: 3 } };
    expect(decodeConsumer(json).labels).toEqual({ env: 'prod' });
    expect((thrownBy(() => decodeConsumer({ id: 'x' })) as MaestroError).message).toContain(
      'not a consumer: its name ',
    );
    const bundle = { ...minimal, name: 'c' };
    expect((thrownBy(() => decodeConsumer(bundle)) as MaestroError).message).toContain('not a consumer: its labels ');
  });
});

function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  return undefined;
}
