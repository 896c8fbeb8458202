import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleSearches } from '../../src/clients/rest/search.ts';
import type { JsonObject } from '../../src/core/json.ts';
import { manifestKey, type ManifestKey } from '../../src/core/works/manifest-work.ts';
import type { ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../src/errors.ts';
import {
  findSharing,
  lookForSharing,
  newObjects,
  sharedTexts,
  type SharingQuestion,
} from '../../src/operations/shared-objects.ts';
import { bundle, fakes, type Fakes } from './support/fakes.ts';

const manifest = (
  name: string,
  overrides: { readonly apiVersion?: string; readonly kind?: string; readonly namespace?: string } = {},
): JsonObject => ({
  apiVersion: overrides.apiVersion ?? 'v1',
  kind: overrides.kind ?? 'ConfigMap',
  metadata: { name, ...(overrides.namespace === '' ? {} : { namespace: overrides.namespace ?? 'np' }) },
});
const keysOf = (...manifests: readonly JsonObject[]): readonly ManifestKey[] => manifests.map(manifestKey);

function holding(
  ...works: readonly (Partial<ResourceBundle> & { readonly manifests: readonly JsonObject[] })[]
): Fakes {
  const fake = fakes();
  const bundles = works.map((one, index) =>
    bundle({ id: `id-${index}`, metadata: { name: `other-${index}` }, ...one }),
  );
  for (const one of bundles) fake.reader.stored.set(one.id, one);
  return fake;
}

const ask = (fake: Fakes, ...questions: readonly SharingQuestion[]): ReturnType<typeof findSharing> =>
  findSharing(fake.reader, questions, fake.budget);

describe('objects in two works', () => {
  it('are those of the same group, kind, namespace and name, in whatever API version, in other works of the consumer', async () => {
    const fake = holding(
      {
        manifests: [
          manifest('a'),
          manifest('b', { namespace: 'elsewhere' }),
          manifest('d', { apiVersion: 'apps/v1beta1', kind: 'Deployment' }),
        ],
      },
      { manifests: [manifest('a', { apiVersion: 'example.com/v1' })] },
      { id: 'own', manifests: [manifest('a')] },
      { consumerName: 'c2', manifests: [manifest('a')] },
      { metadata: {}, deletedAt: '2026-11-22T10:59:00Z', manifests: [manifest('a')] },
    );
    const keys = keysOf(manifest('a'), manifest('b'), manifest('d', { apiVersion: 'apps/v1', kind: 'Deployment' }));
    const { found, left } = await ask(fake, { consumer: 'c1', id: 'own', keys });
    expect(left).toBeUndefined();
    expect(found.get('own')).toEqual([
      { kind: 'ConfigMap', namespace: 'np', name: 'a', work: 'other-0', id: 'id-0' },
      { kind: 'Deployment', group: 'apps', namespace: 'np', name: 'd', work: 'other-0', id: 'id-0' },
      { kind: 'ConfigMap', namespace: 'np', name: 'a', work: 'id-4', id: 'id-4', deleting: true },
    ]);
  });

  it('are told object by object, with every work', () => {
    const one = { kind: 'ConfigMap', namespace: 'np', name: 'a' };
    expect(
      sharedTexts([
        { ...one, work: 'w2', id: 'i2' },
        { ...one, work: 'i3', id: 'i3', deleting: true },
        { kind: 'Namespace', name: 'np', work: 'w2', id: 'i2' },
      ]),
    ).toEqual([
      'ConfigMap/np/a is also in the works w2 (id i2), i3, which is being deleted; works that hold one object overwrite each other',
      'Namespace/np is also in the work w2 (id i2); works that hold one object overwrite each other',
    ]);
  });

  it('are asked for when they are new to the work only, each once', () => {
    const before = [manifest('a'), manifest('d', { apiVersion: 'apps/v1beta1', kind: 'Deployment' })];
    const after = [
      manifest('a'),
      manifest('d', { apiVersion: 'apps/v1', kind: 'Deployment' }),
      manifest('b'),
      manifest('b'),
    ];
    expect(newObjects(after, before)).toEqual(keysOf(manifest('b')));
  });
});

const anyKey = fc.record({
  name: fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,200}[a-z0-9])?$/),
  kind: fc.constantFrom(
    'ConfigMap',
    'Secret',
    'Deployment',
    'Namespace',
    'Service',
    'Job',
    'Role',
    'RoleBinding',
    'Ingress',
    'Route',
  ),
  namespace: fc.constantFrom('', 'np', 'kube-system', 'default'),
});
const anyQuestions = fc.uniqueArray(
  fc.record({
    consumer: fc.stringMatching(/^c[a-z0-9]{0,40}$/),
    keys: fc.array(anyKey, { minLength: 1, maxLength: 60 }),
  }),
  { maxLength: 40, selector: ({ consumer }) => consumer },
);

describe('the search', () => {
  it('is one for a work with few objects and with many, and for the same objects on many consumers', async () => {
    const few = keysOf(manifest('a'), manifest('b'), manifest('n', { kind: 'Namespace', namespace: '' }));
    const single = holding();
    await ask(single, { consumer: 'c1', id: 'own', keys: few });
    expect(single.reader.searches).toEqual([
      {
        consumers: ['c1'],
        manifests: [
          { kind: 'ConfigMap', metadata: { name: 'a', namespace: 'np' } },
          { kind: 'ConfigMap', metadata: { name: 'b', namespace: 'np' } },
          { kind: 'Namespace', metadata: { name: 'n' } },
        ],
      },
    ]);
    const many = holding();
    await ask(many, {
      consumer: 'c1',
      id: 'own',
      keys: keysOf(...Array.from({ length: 100 }, (_, index) => manifest(`m${index}`))),
    });
    expect(many.reader.searches).toEqual([
      { consumers: ['c1'], manifests: [{ kind: 'ConfigMap', metadata: { namespace: 'np' } }] },
    ]);
    const fleet = holding();
    await ask(
      fleet,
      ...Array.from({ length: 200 }, (_, index) => ({ consumer: `cluster-${index}`, id: `own-${index}`, keys: few })),
    );
    expect(fleet.reader.searches).toHaveLength(1);
    const works = holding();
    await ask(
      works,
      ...Array.from({ length: 100 }, (_, index) => ({
        consumer: `c${index % 2}`,
        id: `own-${index}`,
        keys: keysOf(manifest(`m${index}`)),
      })),
    );
    expect(works.reader.searches).toHaveLength(1);
  });

  it('asks for at most eight objects in what a request line holds, leaves out none, and finds what is there', async () => {
    await fc.assert(
      fc.asyncProperty(anyQuestions, async (drawn) => {
        const questions = drawn.map(({ consumer, keys }, index) => ({
          consumer,
          id: `own-${index}`,
          keys: keys.map((key) => ({ ...key, group: '', version: 'v1' })),
        }));
        const fake = holding(
          ...questions.map(({ consumer, keys }) => ({
            consumerName: consumer,
            manifests: keys.slice(0, 1).map(({ name, kind, namespace }) => manifest(name, { kind, namespace })),
          })),
        );
        const { found } = await ask(fake, ...questions);
        for (const where of fake.reader.searches) {
          expect(where.manifests?.length ?? 0).toBeLessThanOrEqual(8);
          // One request each.
          expect(bundleSearches(where)).toHaveLength(1);
        }
        for (const { consumer, id, keys } of questions) {
          expect(fake.reader.searches.filter(({ consumers = [] }) => consumers.includes(consumer))).toHaveLength(1);
          expect(found.get(id)?.map(({ name }) => name)).toContain(keys[0]?.name);
        }
      }),
      { numRuns: 200 },
    );
  });

  it('that fails or is refused is a notice, and a signal ends it', async () => {
    const fake = holding();
    fake.reader.search = () => new MaestroError('unavailable', 'no answer');
    const question = { consumer: 'c1', id: 'own', keys: keysOf(manifest('a')) };
    expect(await lookForSharing(question, 'w', fake.deps, fake.budget)).toBeUndefined();
    expect(fake.reporter).toEqual([
      'w on c1: whether other works hold the same objects could not be looked for: no answer',
    ]);
    // The server's parser takes no text beyond ASCII.
    expect(
      await lookForSharing({ ...question, keys: keysOf(manifest('ümlaut')) }, 'w', fake.deps, fake.budget),
    ).toBeUndefined();
    fake.stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    await expect(lookForSharing(question, 'w', fake.deps, fake.budget)).rejects.toMatchObject({ code: 'interrupted' });
  });

  it('ends after 2,000 works, and says so', async () => {
    const fake = holding(
      ...Array.from({ length: 2_000 }, () => ({ manifests: [manifest('a', { apiVersion: 'example.com/v1' })] })),
    );
    expect(
      await lookForSharing({ consumer: 'c1', id: 'own', keys: keysOf(manifest('a')) }, 'w', fake.deps, fake.budget),
    ).toEqual([]);
    expect(fake.reporter).toEqual([
      'w on c1: not every other work was looked through for the same objects: there are more than 2000',
    ]);
  });
});
