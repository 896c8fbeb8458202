import { describe, expect, it } from 'vitest';
import type { CallOptions, ListQuery, SubscriptionItem } from '../../../src/clients/transport.ts';
import { matchesBundle } from '../../../src/clients/filters.ts';
import { sightText } from '../../../src/commands/ui/data/sight-text.ts';
import { LiveFleet } from '../../../src/commands/ui/data/live-fleet.ts';
import { App } from '../../../src/commands/ui/frame/app.ts';
import type { Key } from '../../../src/commands/ui/frame/key.ts';
import type { GatherDeps } from '../../../src/commands/ui/frame/view.ts';
import { widthOf } from '../../../src/commands/ui/screen/line.ts';
import { openViews } from '../../../src/commands/ui/views/open-views.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import type { Sight } from '../../../src/works/live-works.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const clusters = 300;
const worksOfEach = 10;
const writtenAt = '2026-11-22T10:00:00Z';
const size = { columns: 120, rows: 40 };

const pad = (at: number): string => String(at).padStart(3, '0');

/** Of each cluster's ten works one has never been reported. */
function rowOf(cluster: number, work: number): ResourceBundle {
  const id = `${pad(cluster)}-${pad(work)}`;
  const applied = { status: 'True', reason: '', message: '', observedGeneration: 1 } as const;
  const conditions = [
    { type: 'Applied', ...applied },
    { type: 'Available', ...applied },
  ];
  return {
    id,
    consumerName: `cluster-${pad(cluster)}`,
    version: 1,
    createdAt: writtenAt,
    updatedAt: writtenAt,
    metadata: { name: `work-${pad(work)}` },
    manifests: [],
    manifestConfigs: [],
    raw: {},
    ...(work === 9 ? {} : { status: { observedVersion: 1, sequenceId: '7', conditions, resourceStatus: [] } }),
  };
}

/** The UI without a terminal: keys in, pictures out. */
class Screen {
  readonly clock = new ManualClock();
  readonly rows = new Map<string, ResourceBundle>();
  readonly app: App;
  readonly #end = new AbortController();
  hasQuit = false;

  constructor() {
    for (let cluster = 0; cluster < clusters; cluster += 1)
      for (let work = 0; work < worksOfEach; work += 1) {
        const row = rowOf(cluster, work);
        this.rows.set(row.id, row);
      }
    const deps = {
      session: {
        maestro: {
          reader: {
            listBundles: (query: ListQuery) => this.#list(query),
            getBundles: (ids: readonly string[]) => this.#list({ where: { ids } }),
            getBundle: (id: string) => Promise.resolve(this.rows.get(id)),
            listConsumers: () => consumers(),
          },
          subscriber: { subscribe: (_query: unknown, options: CallOptions) => quietStream(options) },
        },
        budget: { clock: this.clock, random: () => 0.5, signal: this.#end.signal, deadlineMs: Infinity },
      },
      options: { source: 'own' },
      context: { cwd: '/', env: {} },
      signal: this.#end.signal,
      changed: () => undefined,
      fail: (error: Error) => {
        throw error;
      },
    } as unknown as GatherDeps;
    const fleet = new LiveFleet(deps);
    const views = openViews(fleet, deps, (wish) => this.app.onWish(wish));
    this.app = new App(views, {
      clock: this.clock,
      standing: () => ({
        server: 'http://maestro',
        source: 'own',
        contextName: undefined,
        allowsChanges: false,
        sight: sightText(fleet.sight, this.clock.monotonicMs()),
      }),
      size: () => size,
      quit: () => (this.hasQuit = true),
      stop: () => undefined,
      redraw: () => undefined,
      copy: () => 'copied',
      change: undefined,
    });
  }

  async press(...keys: readonly string[]): Promise<string> {
    for (const key of keys) {
      const isName = key.length > 1;
      this.app.onKey(isName ? ({ kind: 'key', name: key } as Key) : { kind: 'character', text: key });
      this.text();
    }
    await this.clock.advance(100);
    return this.text();
  }

  /** What is on the screen; fails when it does not fit it. */
  text(): string {
    const lines = this.app.picture();
    expect(lines).toHaveLength(size.rows);
    for (const each of lines) expect(widthOf(each)).toBe(size.columns);
    return lines.map(({ spans }) => spans.map(({ text }) => text).join('')).join('\n');
  }

  end(): void {
    this.#end.abort();
  }

  async *#list({ where = {} }: ListQuery): AsyncGenerator<readonly ResourceBundle[]> {
    await Promise.resolve();
    yield [...this.rows.values()].filter((row) => matchesBundle(where, row));
  }
}

async function* consumers(): AsyncGenerator<readonly object[]> {
  await Promise.resolve();
  yield Array.from({ length: clusters }, (_none, at) => ({ id: pad(at), name: `cluster-${pad(at)}`, labels: {} }));
}

async function* quietStream({ signal }: CallOptions): AsyncGenerator<SubscriptionItem> {
  yield { kind: 'ready', subscriptionId: 's' };
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

describe('the UI of 300 clusters with 10 works each', () => {
  it('counts, filters, sorts, jumps and opens what it should, and answers every key', async () => {
    const screen = new Screen();
    await screen.clock.advance(2_000);
    const fleet = await screen.press();
    expect(fleet).toContain('300 clusters · 3000 works: 2700 available, 300 silent');
    expect(fleet).toMatch(/^> cluster-000 +10 +9 +1 /m);
    expect(await screen.press('G')).toMatch(/^> cluster-299 /m);
    expect(await screen.press('2')).toMatch(/3000 shown · 3000 works/);
    expect(await screen.press('/', ...'work-009', 'enter')).toContain('300 shown');
    expect(await screen.press('/', ...' cluster-29')).toContain('10 shown');
    expect(await screen.press('escape')).toContain('3000 shown');
    expect(await screen.press('s')).toMatch(/^> work-009 +cluster-000 +silent /m);
    expect(await screen.press(':', ...'work-005', 'enter')).toMatch(/^> work-005 +cluster-000 +available /m);
    expect(await screen.press('enter')).toContain('[3 Work]');
    // Every key that means something somewhere, in every view: there is always a whole picture, and it never leaves.
    const keys = [...'jk gGs:J?yDEA', 'up', 'down', 'page-up', 'page-down', 'home', 'end'];
    for (const view of ['1', '2', '3', '4'])
      for (const key of keys) {
        await screen.press('escape', view);
        screen.app.onKey(key.length > 1 ? ({ kind: 'key', name: key } as Key) : { kind: 'character', text: key });
        screen.text();
      }
    expect(screen.hasQuit).toBe(false);
    await screen.press('escape', 'escape', 'q');
    expect(screen.hasQuit).toBe(true);
    screen.end();
  });

  it('shows what is made and what is gone where it belongs', async () => {
    const screen = new Screen();
    await screen.clock.advance(2_000);
    await screen.press('2');
    screen.rows.delete('000-000');
    const born = { ...rowOf(0, 1), id: 'new', metadata: { name: 'work-000-and-a-half' } };
    screen.rows.set('new', { ...born, updatedAt: new Date(screen.clock.wallMs()).toISOString() });
    await screen.clock.advance(8_000);
    await screen.press();
    const names = (await screen.press('g')).match(/work-\S+(?= +cluster-000)/g);
    expect(names?.slice(0, 3)).toEqual(['work-000-and-a-half', 'work-001', 'work-002']);
    screen.end();
  });
});

describe('how fresh it is', () => {
  const sight: Sight = { stream: 'live', unreadable: 0, readAtMs: 99_000, wholeReadAtMs: 95_000 };

  it.each<[string, Partial<Sight>, string]>([
    ['all of it is', {}, 'live'],
    ['what may be gone unheard is not', { wholeReadAtMs: -140_000 }, 'live · all read 4m ago'],
    ['there is no stream', { stream: 'waiting' }, 'stream down, reading every 5s'],
    ['rows cannot be read', { unreadable: 2 }, 'live · 2 unreadable'],
    ['no read has ended lately', { readAtMs: 60_000 }, 'read 40s ago, stream live'],
  ])('is told when %s', (_when, more, text) => {
    expect(sightText({ ...sight, ...more }, 100_000).text).toBe(text);
  });
});
