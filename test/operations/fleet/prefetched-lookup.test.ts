import { describe, expect, it } from 'vitest';
import {
  matchesBundle,
  type BundleFilter,
  type ConsumerFilter,
  type ListQuery,
  type WorkReader,
} from '../../../src/clients/index.ts';
import { bundleSearches } from '../../../src/clients/rest/search.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import { replacesAnnotation } from '../../../src/core/works/own-annotations.ts';
import { PrefetchedLookup, type PrefetchTarget } from '../../../src/operations/fleet/prefetched-lookup.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { StoredState, WorkLookup } from '../../../src/operations/lookup.ts';
import { applyMany } from '../../../src/operations/fleet/apply-many.ts';
import { bundle, configMap, consumer as consumerOf, fakes, ownId, unreadableRow, work } from '../support/fakes.ts';

const budget = fakes().budget;

function targets(
  count: number,
  nameOf: (at: number) => string,
  consumerOf = (at: number): string => `c${at}`,
): PrefetchTarget[] {
  return Array.from({ length: count }, (_unused, at) => ({
    id: `id-${at}`,
    consumer: consumerOf(at),
    name: nameOf(at),
    written: true,
  }));
}

/** A Maestro with some works, of other sources unless they have an id, which writes down what it is asked. */
function reading(others: readonly { readonly consumer: string; readonly name: string; readonly id?: string }[] = []): {
  reader: WorkReader;
  searches: BundleFilter[];
  consumerLists: ConsumerFilter[];
  failNext: () => void;
} {
  const searches: BundleFilter[] = [];
  const consumerLists: ConsumerFilter[] = [];
  const stored = others.map(({ consumer, name, id = `other-${consumer}` }) =>
    bundle({ id, consumerName: consumer, metadata: { name } }),
  );
  let failing = false;
  const found = (where: BundleFilter): readonly ResourceBundle[] => {
    searches.push(where);
    return stored.filter((one) => matchesBundle(where, one));
  };
  const reader = {
    ...fakes().reader,
    listBundles: async function* ({ where = {} }: ListQuery) {
      yield found(where);
    },
    getBundles: async function* (ids: readonly string[]) {
      yield found({ ids });
    },
    listConsumers: async function* ({ where = {} }: ListQuery<ConsumerFilter>) {
      consumerLists.push(where);
      if (failing) {
        failing = false;
        throw new Error('no answer');
      }
      yield (where.names ?? []).filter((name) => name !== 'c1').map(consumerOf);
    },
  } as unknown as WorkReader;
  return { reader, searches, consumerLists, failNext: () => (failing = true) };
}

const at = async (lookup: WorkLookup, consumer: string, name: string): Promise<StoredState> =>
  lookup.read({ source: 's', consumer, name }, budget);

describe('PrefetchedLookup', () => {
  it('asks for the works of one name only on the consumers of its targets, of which a fleet has thousands', async () => {
    const { reader, searches } = reading([{ consumer: 'c7', name: 'base' }]);
    const lookup = await new PrefetchedLookup(reader).prefetch(
      targets(250, () => 'base'),
      budget,
    );
    const named = searches.filter(({ names }) => names?.includes('base'));
    expect(named.length).toBeLessThan(4);
    expect(named.flatMap(({ consumers = [] }) => consumers).sort()).toEqual(
      targets(250, () => 'base')
        .map(({ consumer }) => consumer)
        .sort(),
    );
    for (const where of named) expect(Object.keys(where)).toEqual(['consumers', 'names']);
    expect(await at(lookup, 'c7', 'base')).toMatchObject({ id: 'id-7', namesakes: [{ id: 'other-c7' }] });
    expect(await at(lookup, 'c8', 'base')).toEqual({ id: 'id-8', consumerExists: true, namesakes: [] });
  });

  it('keeps every search short enough for a request line, however long the names are', async () => {
    const { reader, searches } = reading();
    const long = (at: number): string => `${at}-`.padEnd(250, 'x');
    await new PrefetchedLookup(reader).prefetch(
      targets(60, long, (at) => `${at}-`.padEnd(63, 'c')),
      budget,
    );
    expect(searches.length).toBeGreaterThan(2);
    for (const where of searches) expect(bundleSearches(where)).toHaveLength(1);
    const asked = new Set(searches.flatMap(({ names = [] }) => names));
    expect(asked.size).toBe(60);
  });

  it('asks for all the ids of its targets at once, however many requests that takes', async () => {
    const { reader } = reading();
    const asked: number[] = [];
    let answer = (): void => undefined;
    const answered = new Promise<void>((resolve) => (answer = resolve));
    const getBundles: WorkReader['getBundles'] = async function* (ids) {
      asked.push(ids.length);
      await answered;
      yield ids.map((id) => bundle({ id }));
    };
    const many = targets(250, () => 'base').map((target) => ({ ...target, written: false }));
    const lookup = new PrefetchedLookup({ ...reader, getBundles }).prefetch(many, budget);
    await Promise.resolve();
    answer();
    expect(asked).toEqual([100, 100, 50]);
    expect(await at(await lookup, 'c249', 'base')).toMatchObject({ bundle: { id: 'id-249' } });
  });

  describe('asks by name alone while everything is new', () => {
    const byId = ({ ids }: BundleFilter): boolean => ids !== undefined;
    /** Which of the next reads asked for ids. */
    async function asked(
      lookups: PrefetchedLookup,
      searches: BundleFilter[],
      of: readonly PrefetchTarget[],
    ): Promise<boolean> {
      searches.splice(0);
      await lookups.prefetch(of, budget);
      return searches.some(byId);
    }

    it('until a work is there', async () => {
      const stored = { consumer: 'c3', name: 'old', id: 'id-3' };
      const { reader, searches } = reading([stored]);
      const lookups = new PrefetchedLookup(reader);
      expect(
        await asked(
          lookups,
          searches,
          targets(5, () => 'new'),
        ),
      ).toBe(false);
      expect(
        await asked(
          lookups,
          searches,
          targets(5, () => 'newer'),
        ),
      ).toBe(false);
      searches.splice(0);
      const lookup = await lookups.prefetch(
        targets(5, () => 'old'),
        budget,
      );
      expect(searches.some(byId)).toBe(false);
      expect(await at(lookup, 'c3', 'old')).toMatchObject({
        id: 'id-3',
        bundle: { consumerName: 'c3' },
        consumerExists: true,
      });
      expect(await at(lookup, 'c4', 'old')).toEqual({ id: 'id-4', consumerExists: true, namesakes: [] });
      expect(
        await asked(
          lookups,
          searches,
          targets(5, () => 'other'),
        ),
      ).toBe(true);
    });

    it('but not for what is only looked at or deleted', async () => {
      const { reader, searches } = reading();
      const lookups = new PrefetchedLookup(reader);
      await lookups.prefetch(
        targets(5, () => 'new'),
        budget,
      );
      expect(
        await asked(
          lookups,
          searches,
          targets(5, () => 'new').map((target, at) => ({ ...target, written: at !== 2 })),
        ),
      ).toBe(true);
    });

    it('and decides anew about a work that only its id shows', async () => {
      const fake = fakes();
      fake.reader.stored.set(ownId, bundle({ metadata: {}, version: 3 }));
      fake.reader.search = () => [];
      fake.writer.script.push(new MaestroError('conflict', 'there is one'));
      const options = {
        source: 'maestro-cli',
        manager: 'maestro-cli',
        merge: false,
        force: false,
        conflictRetries: 0,
        maxConcurrency: 1,
      };
      const tasks = [{ op: 'apply', consumer: 'c1', work: work({ manifests: [configMap('two')] }) } as const];
      expect(await fake.clock.finish(applyMany(tasks, fake.deps, options, fake.budget))).toMatchObject({
        updated: 1,
        failed: 0,
      });
      expect(fake.writer.published).toMatchObject([{ kind: 'create' }, { kind: 'update', version: 3 }]);
    });
  });

  it('fails only works of a consumer on which a work that replaces others cannot be read', async () => {
    const fake = fakes();
    fake.reader.consumers = ['c1', 'c2'];
    fake.reader.unreadable.push(unreadableRow({ id: 'new', consumerName: 'c2', name: 'new' }));
    const named = ['c1', 'c2'].map((consumer) => ({ id: `id-${consumer}`, consumer, name: 'w', written: true }));
    const lookup = await new PrefetchedLookup(fake.reader).prefetch(
      named.map((target) => ({ ...target, manifests: [configMap('one')] })),
      fake.budget,
    );
    const replacement = async (consumer: string): Promise<string | undefined> =>
      lookup.replacement({ source: 's', consumer, name: 'w' }, fake.budget);
    expect(await replacement('c1')).toBeUndefined();
    await expect(replacement('c2')).rejects.toThrow('the work new on c2 cannot be read');
  });

  it('asks Maestro about a work that was not read before', async () => {
    const { reader } = reading([{ consumer: 'c1', name: 'late' }]);
    const lookup = await new PrefetchedLookup({
      ...reader,
      getBundle: async () => undefined,
      findConsumer: async () => ({ id: '2', name: 'c1' }) as never,
    }).prefetch(
      targets(1, () => 'a'),
      budget,
    );
    expect(await at(lookup, 'c1', 'late')).toMatchObject({ consumerExists: true, namesakes: [{ id: 'other-c1' }] });
  });

  it('knows of works to be deleted, too, which a migration has put in their place, without asking again', async () => {
    const { reader } = reading();
    const asked: BundleFilter[] = [];
    const replacement = bundle({
      id: bundleId('s', 'c0', 'new'),
      consumerName: 'c0',
      metadata: { name: 'new', annotations: { [replacesAnnotation]: '["old"]' } },
    });
    const listBundles: WorkReader['listBundles'] = async function* ({ where = {} }) {
      asked.push(where);
      yield where.replacing === undefined ? [] : [replacement];
    };
    const lookup = await new PrefetchedLookup({ ...reader, listBundles }).prefetch(
      targets(2, () => 'old'),
      budget,
    );
    const before = asked.length;
    expect(await lookup.replacement({ source: 's', consumer: 'c0', name: 'old' }, budget)).toBe('new');
    expect(await lookup.replacement({ source: 's', consumer: 'c1', name: 'old' }, budget)).toBeUndefined();
    expect(asked).toHaveLength(before);
  });

  it('asks only for the consumers of its targets, which may be few of very many, and for none that was found before', async () => {
    const { reader, consumerLists, failNext } = reading();
    const lookups = new PrefetchedLookup(reader);
    failNext();
    await expect(
      lookups.prefetch(
        targets(2, () => 'a'),
        budget,
      ),
    ).rejects.toThrow('no answer');
    const lookup = await lookups.prefetch(
      targets(2, () => 'a'),
      budget,
    );
    await lookups.prefetch(
      targets(3, () => 'b'),
      budget,
    );
    await lookups.prefetch(
      targets(1, () => 'c'),
      budget,
    );
    expect(consumerLists).toEqual([{ names: ['c0', 'c1'] }, { names: ['c0', 'c1'] }, { names: ['c1', 'c2'] }]);
    expect(await at(lookup, 'c0', 'a')).toMatchObject({ consumerExists: true });
    expect(await at(lookup, 'c1', 'a')).toMatchObject({ consumerExists: false });
  });
});
