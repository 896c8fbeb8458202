import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { MaestroError } from '../../src/errors.ts';
import { SqliteJournal } from '../../src/standin/store/sqlite-journal.ts';
import { Store, type WorkIndex } from '../../src/standin/store/store.ts';
import type { Journal, StoredConsumer, StoredWork } from '../../src/standin/store/types.ts';

const directory = mkdtempSync(join(tmpdir(), 'stand-in-rows-'));
afterAll(() => rmSync(directory, { recursive: true }));

const payloadOf = (metadata?: unknown): string => JSON.stringify(metadata === undefined ? {} : { metadata });
const work = (id: string, over: Partial<StoredWork> = {}): StoredWork => ({
  id,
  consumerName: 'c1',
  source: 's1',
  version: 1,
  payload: payloadOf({ name: `name-of-${id}`, labels: { app: 'web' } }),
  createdAt: 10,
  updatedAt: 10,
  ...over,
});
const consumer = (id: string, over: Partial<StoredConsumer> = {}): StoredConsumer => ({
  id,
  name: `name-of-${id}`,
  labels: { region: 'eu' },
  createdAt: 20,
  updatedAt: 30,
  ...over,
});

describe('rows in memory', () => {
  const found = (store: Store, index?: WorkIndex): readonly string[] => [...store.workIds(index).after()];

  it('are found by consumer, source, name and label', () => {
    const store = new Store();
    store.saveWork(work('w2', { consumerName: 'c2' }));
    store.saveWork(work('w1', { source: 's2', payload: payloadOf({ name: 'other', labels: { app: 'api', n: 1 } }) }));
    expect(found(store)).toEqual(['w1', 'w2']);
    expect(found(store, { consumerName: 'c1' })).toEqual(['w1']);
    expect(found(store, { consumerName: 'c2' })).toEqual(['w2']);
    expect(found(store, { source: 's1' })).toEqual(['w2']);
    expect(found(store, { source: 's2' })).toEqual(['w1']);
    expect(found(store, { workName: 'other' })).toEqual(['w1']);
    expect(found(store, { workName: 'name-of-w2' })).toEqual(['w2']);
    expect(found(store, { label: ['app', 'web'] })).toEqual(['w2']);
    expect(found(store, { label: ['app', 'api'] })).toEqual(['w1']);
    expect(found(store, { label: ['n', '1'] })).toEqual([]);
    expect(found(store, { label: ['appw', 'eb'] })).toEqual([]);
    expect(store.workCount).toBe(2);
  });

  it.each([
    ['no metadata', undefined],
    ['metadata that are no object', 'text'],
    ['neither name nor labels', {}],
    ['labels that are no object', { labels: ['app'] }],
  ])('with %s are found by consumer and id all the same', (_what, metadata) => {
    const store = new Store();
    store.saveWork(work('w1', { payload: payloadOf(metadata) }));
    expect(found(store)).toEqual(['w1']);
    expect(found(store, { consumerName: 'c1' })).toEqual(['w1']);
    for (const name of ['null', 'undefined', '']) expect(found(store, { workName: name })).toEqual([]);
    store.removeWork('w1');
    expect(found(store)).toEqual([]);
  });

  it('are found by what they are now, and not by what they were', () => {
    const store = new Store();
    store.saveWork(work('w1'));
    store.saveWork(work('w1', { version: 2, payload: payloadOf({ name: 'new', labels: { app: 'api' } }) }));
    expect(found(store, { workName: 'name-of-w1' })).toEqual([]);
    expect(found(store, { label: ['app', 'web'] })).toEqual([]);
    expect(found(store, { workName: 'new' })).toEqual(['w1']);
    expect(found(store, { label: ['app', 'api'] })).toEqual(['w1']);
    store.removeWork('w1');
    for (const index of [
      undefined,
      { consumerName: 'c1' },
      { source: 's1' },
      { workName: 'new' },
      { label: ['app', 'api'] },
    ] satisfies (WorkIndex | undefined)[])
      expect(found(store, index)).toEqual([]);
    expect([store.workCount, store.work('w1')]).toEqual([0, undefined]);
  });

  it('are gone through in the order of the last write', () => {
    const store = new Store();
    for (const id of ['w2', 'w1', 'w3', 'w2']) store.saveWork(work(id));
    expect([...store.works()].map(({ id }) => id)).toEqual(['w1', 'w3', 'w2']);
  });

  it('of consumers are found by id and by name, as long as they are there', () => {
    const store = new Store();
    for (const id of ['k2', 'k1']) store.saveConsumer(consumer(id));
    expect([...store.consumerIds().after()]).toEqual(['k1', 'k2']);
    expect([...store.consumers()].map(({ id }) => id)).toEqual(['k2', 'k1']);
    expect(store.consumerNamed('name-of-k1')).toEqual(consumer('k1'));
    expect(store.consumer('k2')).toEqual(consumer('k2'));
    store.removeConsumer('k1');
    expect([...store.consumerIds().after()]).toEqual(['k2']);
    expect([store.consumer('k1'), store.consumerNamed('name-of-k1')]).toEqual([undefined, undefined]);
    expect(store.consumerNamed('nobody')).toBeUndefined();
  });

  it('have another revision after each change, and none where nothing was there to remove', () => {
    const store = new Store();
    const revisions = [
      (): void => store.saveWork(work('w1')),
      (): void => store.saveWork(work('w1')),
      (): void => store.removeWork('w1'),
      (): void => store.saveConsumer(consumer('k1')),
      (): void => store.removeConsumer('k1'),
    ].map((change) => {
      change();
      return store.revision;
    });
    expect(new Set([0, ...revisions]).size).toBe(6);
    const last = store.revision;
    store.removeWork('w1');
    store.removeConsumer('k1');
    expect(store.revision).toBe(last);
  });

  it('go through the journal before they are shown, and not at all where it fails', () => {
    const written: string[] = [];
    let full = false;
    const note = (what: string): void => {
      if (full) throw new Error('the disk is full');
      written.push(what);
    };
    const journal: Journal = {
      load: () => ({ works: [work('w0')], consumers: [consumer('k0')] }),
      saveWork: ({ id }) => note(`work ${id}`),
      removeWork: (id) => note(`no work ${id}`),
      saveConsumer: ({ id }) => note(`consumer ${id}`),
      removeConsumer: (id) => note(`no consumer ${id}`),
      close: () => note('closed'),
    };
    const store = new Store(journal);
    expect([store.work('w0')?.id, store.consumer('k0')?.id]).toEqual(['w0', 'k0']);
    full = true;
    for (const change of [
      (): void => store.saveWork(work('w1')),
      (): void => store.removeWork('w0'),
      (): void => store.saveConsumer(consumer('k1')),
      (): void => store.removeConsumer('k0'),
    ])
      expect(change).toThrow('the disk is full');
    expect([[...store.workIds().after()], [...store.consumerIds().after()]]).toEqual([['w0'], ['k0']]);
    full = false;
    store.saveWork(work('w1'));
    store.removeWork('w0');
    store.removeWork('nothing');
    store.saveConsumer(consumer('k1'));
    store.removeConsumer('k0');
    store.removeConsumer('nothing');
    store.close();
    expect(written).toEqual(['work w1', 'no work w0', 'consumer k1', 'no consumer k0', 'closed']);
    new Store().close();
  });
});

describe('rows in a file', () => {
  let file = '';
  beforeEach(() => {
    file = join(mkdtempSync(join(directory, 'file-')), 'rows.db');
  });

  it('come back as they were written last, in the order in which they were', () => {
    const first = new SqliteJournal(file);
    first.saveWork(work('w1', { updatedAt: 50, status: '{"a":1}', deletedAt: 40 }));
    first.saveWork(work('w2', { updatedAt: 40 }));
    first.saveWork(work('w3', { updatedAt: 30 }));
    first.saveWork(work('w4'));
    first.saveWork(work('w2', { version: 2, updatedAt: 60 }));
    first.removeWork('w4');
    first.saveConsumer(consumer('k1', { createdAt: 22 }));
    first.saveConsumer(consumer('k2', { createdAt: 21, labels: {} }));
    first.saveConsumer(consumer('k3'));
    first.removeConsumer('k3');
    first.close();
    expect(() => first.saveWork(work('w5'))).toThrow();
    const second = new SqliteJournal(file);
    expect(second.load()).toStrictEqual({
      works: [
        work('w3', { updatedAt: 30 }),
        work('w1', { updatedAt: 50, status: '{"a":1}', deletedAt: 40 }),
        work('w2', { version: 2, updatedAt: 60 }),
      ],
      consumers: [consumer('k2', { createdAt: 21, labels: {} }), consumer('k1', { createdAt: 22 })],
    });
    second.close();
  });

  it('are for their owner alone, also where the file was there before', () => {
    new SqliteJournal(file).close();
    expect(statSync(file).mode & 0o777).toBe(0o600);
    writeFileSync(`${file}2`, '', { mode: 0o644 });
    new SqliteJournal(`${file}2`).close();
    expect(statSync(`${file}2`).mode & 0o777).toBe(0o600);
  });

  it('are refused where no file can be', () => {
    expect(() => new SqliteJournal(join(directory, 'nowhere', 'rows.db'))).toThrow(MaestroError);
    const folder = `${file}.d`;
    mkdirSync(folder, { mode: 0o755 });
    expect(() => new SqliteJournal(folder)).toThrow();
    expect(statSync(folder).mode & 0o777).toBe(0o755);
    expect(existsSync(join(directory, 'nowhere'))).toBe(false);
  });
});
