import { describe, expect, it } from 'vitest';
import type { CallOptions, ListQuery, StatusEvent, WorkReader } from '../../src/clients/transport.ts';
import { bundleId } from '../../src/core/works/bundle-id.ts';
import { workName, type ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import type { WorkAddress } from '../../src/core/works/work-address.ts';
import { manifestsOf, sketchOf } from '../../src/works/event-content.ts';
import { ListedWorks, NamedWorks, type ListedOptions, type Selection } from '../../src/works/select.ts';

const source = 'ours';
const call: CallOptions = { signal: new AbortController().signal, deadlineMs: 1000 };

const rowOf = (id: string, name = id, consumerName = 'c1'): ResourceBundle => ({
  id,
  consumerName,
  version: 1,
  createdAt: '2026-11-22T10:00:00Z',
  updatedAt: '2026-11-22T10:00:00Z',
  metadata: { name, labels: { team: name } },
  manifests: [{ kind: 'ConfigMap' }],
  manifestConfigs: [],
  raw: {},
});

const eventOf = (id: string, over: Partial<StatusEvent> = {}): StatusEvent => ({
  kind: 'status',
  id,
  consumer: 'c1',
  version: 3,
  sequenceId: '1',
  statusHash: '',
  time: '2026-11-22T10:07:00Z',
  metadata: {},
  status: { observedVersion: 3, sequenceId: '1', conditions: [], resourceStatus: [] },
  data: {},
  ...over,
});

/** Maestro with these rows; it writes down what it is asked for. */
function maestro(...rows: readonly ResourceBundle[]): { reader: WorkReader; asked: string[] } {
  const asked: string[] = [];
  const reader = {
    getBundle: (id: string) => {
      asked.push(`get ${id}`);
      return Promise.resolve(rows.find((row) => row.id === id));
    },
    getBundles: async function* (ids: readonly string[]) {
      asked.push(`get all of ${ids.join(' ')}`);
      yield await Promise.resolve(rows.filter(({ id }) => ids.includes(id)));
    },
    listBundles: async function* ({ where }: ListQuery) {
      asked.push(`list ${JSON.stringify(where)}`);
      const found = rows.filter((row) => where?.names?.includes(workName(row)) === true);
      for (const row of found) yield await Promise.resolve([row]);
    },
  };
  return { reader: reader as unknown as WorkReader, asked };
}

async function idsOf(works: Selection): Promise<readonly string[]> {
  const ids: string[] = [];
  for await (const page of works.read(call)) ids.push(...page.map(({ id }) => id));
  return ids;
}

const named = (name: string): WorkAddress => ({ by: 'name', name, consumer: 'c1' });
const own = bundleId(source, 'c1', 'web');

describe('works that were named', () => {
  it('are our own ones first: another source’s of the same name is not read beside', async () => {
    const { reader, asked } = maestro(rowOf(own, 'web'), rowOf('other', 'web'));
    const works = new NamedWorks(reader, [named('web')], source);
    expect([works.exact, works.allSeen]).toEqual([true, false]);
    expect(await idsOf(works)).toEqual([own]);
    expect(works.allSeen).toBe(true);
    expect(asked).toEqual([`get ${own}`]);
  });

  it('are all of that name on the cluster when none is ours', async () => {
    const { reader, asked } = maestro(rowOf('one', 'web'), rowOf('two', 'web'), rowOf('three', 'api'));
    const works = new NamedWorks(reader, [named('web')], source);
    expect(await idsOf(works)).toEqual(['one', 'two']);
    expect(asked).toEqual([`get ${own}`, 'list {"consumers":["c1"],"names":["web"]}']);
  });

  it.each([
    ['has another name', rowOf(own, 'api')],
    ['is on another cluster', rowOf(own, 'web', 'c2')],
  ])('are looked for by name where what has our id %s', async (_, row) => {
    const { reader } = maestro(row, rowOf('one', 'web'));
    expect(await idsOf(new NamedWorks(reader, [named('web')], source))).toContain('one');
    expect(new NamedWorks(reader, [named('web')], source).admits(row)).toBe(false);
  });

  it('are ours under our id though they are stored without a name, and under no other id', async () => {
    const nameless = { ...rowOf(own), metadata: {} };
    const { reader, asked } = maestro(nameless);
    expect(await idsOf(new NamedWorks(reader, [named('web')], source))).toEqual([own]);
    expect(asked).toEqual([`get ${own}`]);
    expect(new NamedWorks(reader, [named('web')], source).admits(nameless)).toBe(true);
    expect(new NamedWorks(reader, [named('web')], source).admits({ ...nameless, id: 'other' })).toBe(false);
    expect(new NamedWorks(reader, [named('web')], source).admits({ ...nameless, consumerName: 'c2' })).toBe(false);
  });

  it('are read together by id once they have been seen, and looked for until then', async () => {
    const rows = [rowOf('a'), rowOf('b')];
    const { reader, asked } = maestro(...rows);
    const addresses: readonly WorkAddress[] = [
      { by: 'id', id: 'a' },
      { by: 'id', id: 'b' },
      { by: 'id', id: 'gone' },
    ];
    const works = new NamedWorks(reader, addresses, source);
    expect(await idsOf(works)).toEqual(['a', 'b']);
    expect(works.allSeen).toBe(false);
    expect(await idsOf(works)).toEqual(['a', 'b']);
    expect(asked).toEqual(['get a', 'get b', 'get gone', 'get all of a b', 'get gone']);
  });

  it('are those that an event is about: by id, or by the id that our work of the name has', async () => {
    const { reader } = maestro(rowOf('a'), rowOf('other', 'web'));
    const works = new NamedWorks(reader, [{ by: 'id', id: 'a' }, named('web')], source);
    expect(works.wants(eventOf('a'))).toBe(true);
    expect(works.wants(eventOf('b'))).toBe(false);
    expect(works.wants(eventOf(own))).toBe(true);
    expect(works.wants(eventOf(own, { consumer: 'c2' }))).toBe(false);
    expect(works.wants(eventOf('other'))).toBe(false);
    await idsOf(works);
    expect(works.wants(eventOf('other'))).toBe(true);
    expect(works.wants(eventOf(own))).toBe(false);
  });

  it('are those of the consumer that was named with the id, and another one is refused', async () => {
    const { reader } = maestro(rowOf('a'));
    const here = new NamedWorks(reader, [{ by: 'id', id: 'a', consumer: 'c1' }], source);
    expect(here.wants(eventOf('a'))).toBe(true);
    expect(here.admits(rowOf('a'))).toBe(true);
    expect(await idsOf(here)).toEqual(['a']);
    const elsewhere = new NamedWorks(reader, [{ by: 'id', id: 'a', consumer: 'c2' }], source);
    expect(elsewhere.wants(eventOf('a'))).toBe(false);
    expect(elsewhere.admits(rowOf('a'))).toBe(false);
    await expect(idsOf(elsewhere)).rejects.toMatchObject({ code: 'usage' });
  });

  it('are taken for seen when an event had them read, and the first one of a name stays it', () => {
    const { reader } = maestro();
    const works = new NamedWorks(reader, [named('web'), { by: 'id', id: 'a' }], source);
    expect(works.admits(rowOf('stranger'))).toBe(false);
    expect(works.admits(rowOf('one', 'web'))).toBe(true);
    expect(works.admits(rowOf('two', 'web'))).toBe(false);
    expect(works.admits(rowOf('one', 'web'))).toBe(true);
    expect(works.allSeen).toBe(false);
    expect(works.admits(rowOf('a'))).toBe(true);
    expect(works.allSeen).toBe(true);
  });
});

describe('works that a list finds', () => {
  const listed = (options: Partial<ListedOptions> = {}): ListedWorks =>
    new ListedWorks({ consumers: [], selector: [], list: () => maestro().reader.listBundles({}, call), ...options });
  const manifestBundle = { manifests: [{ kind: 'Secret' }] };
  const labelled = { metadata: { labels: { team: 'web' } } };

  it('may just not be listed any more when a read lacks them, and are never all seen', () => {
    expect([listed().exact, listed().allSeen]).toEqual([false, false]);
  });

  it('are what the list gives', async () => {
    const list = (): AsyncIterable<readonly ResourceBundle[]> => maestro(rowOf('a')).reader.getBundles(['a'], call);
    expect(await idsOf(listed({ list }))).toEqual(['a']);
  });

  it('are on the clusters that were asked for, or on all when none was', () => {
    expect(listed().wants(eventOf('a'))).toBe(true);
    expect(listed({ consumers: ['c1'] }).wants(eventOf('a'))).toBe(true);
    expect(listed({ consumers: ['c2', 'c3'] }).wants(eventOf('a'))).toBe(false);
  });

  it('have the labels, in a row and in an event', () => {
    const works = listed({ selector: [{ kind: 'equals', key: 'team', value: 'web' }] });
    expect(works.admits(rowOf('a', 'web'))).toBe(true);
    expect(works.admits(rowOf('a', 'api'))).toBe(false);
    expect(works.wants(eventOf('a', labelled))).toBe(true);
    expect(works.wants(eventOf('a'))).toBe(false);
  });

  it('are what else was asked for, which an event tells only when it has the manifests', () => {
    const wanted = ({ manifests }: ResourceBundle): boolean => manifests.some(({ kind }) => kind === 'ConfigMap');
    const works = listed({ wanted, selector: [{ kind: 'equals', key: 'team', value: 'web' }] });
    expect(works.admits(rowOf('a', 'web'))).toBe(true);
    expect(works.admits({ ...rowOf('a', 'web'), manifests: [] })).toBe(false);
    expect(works.admits(rowOf('a', 'api'))).toBe(false);
    expect(works.wants(eventOf('a', labelled))).toBe(true);
    expect(works.wants(eventOf('a', { ...labelled, data: { manifestBundle } }))).toBe(false);
  });
});

describe('what an event tells of a row', () => {
  it('is its manifests when it carries them', () => {
    expect(manifestsOf(eventOf('a', { data: { manifestBundle: { manifests: [{ kind: 'Secret' }] } } }))).toEqual([
      { kind: 'Secret' },
    ]);
    for (const manifestBundle of ['text', [], {}, { manifests: 'text' }])
      expect(manifestsOf(eventOf('a', { data: { manifestBundle } }))).toBeUndefined();
  });

  it('is whose it is, its version and its times', () => {
    const metadata = { creationTimestamp: '2026-11-22T10:00:00Z', deletionTimestamp: '2026-11-22T10:05:00Z' };
    const event = eventOf('a', { metadata });
    expect(sketchOf(event)).toEqual({
      id: 'a',
      consumerName: 'c1',
      version: 3,
      createdAt: '2026-11-22T10:00:00Z',
      updatedAt: '2026-11-22T10:07:00Z',
      deletedAt: '2026-11-22T10:05:00Z',
      metadata,
      manifests: [],
      manifestConfigs: [],
      status: event.status,
      raw: {},
    });
    const untimed = sketchOf(eventOf('a', { metadata: { creationTimestamp: 1, deletionTimestamp: null } }));
    expect(untimed.createdAt).toBe('');
    expect(untimed).not.toHaveProperty('deletedAt');
  });
});
