import fc from 'fast-check';
import type {
  CallOptions,
  ListQuery,
  RowOptions,
  StatusEvent,
  StatusSubscriber,
  SubscriptionItem,
  WorkReader,
} from '../../../src/clients/transport.ts';
import { matchesBundle } from '../../../src/clients/filters.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import { hubNameAnnotation, hubNamespaceAnnotation } from '../../../src/gitops/constants.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { deeds, ModelMaestro, type Deed } from './model.ts';

export const source = 'source';
const names = ['a', 'b', 'c', 'd'];
export const ids = names.map((name) => bundleId(source, 'c1', name));
export const nameOf = (id: string): string => names[ids.indexOf(id)] ?? '';
/** Every work is that of an application on a hub, for the controllers. */
const metadataOf = (id: string): JsonObject => ({
  name: nameOf(id),
  annotations: { [hubNamespaceAnnotation]: 'argocd', [hubNameAnnotation]: `app-${nameOf(id)}` },
});
const pageSize = 2;

/** What happens to a Maestro that somebody follows, each after a pause in milliseconds. */
export type Happening = { readonly afterMs: number } & (
  { readonly do: Deed; readonly id: string } | { readonly do: 'cut' | 'fail-reads' }
);

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 30,
    arbitrary: fc.record({
      afterMs: fc.constantFrom(0, 1, 5, 20, 60, 200),
      do: fc.constantFrom(...deeds),
      id: fc.constantFrom(...ids),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      afterMs: fc.constantFrom(0, 10, 300),
      do: fc.constantFrom('cut' as const, 'cut' as const, 'fail-reads' as const),
    }),
  },
);

/** A life of a Maestro, and the seed of how long each thing takes in it. */
export const lives = fc.record({
  happenings: fc.array(happening, { minLength: 20, maxLength: 150, size: 'max' }),
  seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
});
export type Life = typeof lives extends fc.Arbitrary<infer L> ? L : never;

interface OpenStream {
  readonly items: (SubscriptionItem | MaestroError)[];
  wake: () => void;
}

/**
 * Maestro on a clock that stands still between a test's steps: answers and events take their time on the way, pages of
 * a list are of different moments, and streams break.
 */
export class World {
  readonly clock = new ManualClock();
  readonly maestro = new ModelMaestro((event) => this.#tell(event), metadataOf);
  readonly #streams = new Set<OpenStream>();
  #seed: number;
  #failing = 0;

  constructor(seed: number) {
    this.#seed = seed;
  }

  readonly reader = {
    listBundles: (query: ListQuery, options: CallOptions) => this.#list(query, options),
    getBundles: (wanted: readonly string[], options: CallOptions & RowOptions) =>
      this.#list({ where: { ids: wanted } }, options),
    getBundle: async (id: string, options: CallOptions) => {
      for await (const [row] of this.#list({ where: { ids: [id] } }, options)) return row;
      return undefined;
    },
    findConsumer: async () => Promise.resolve(undefined),
  } as unknown as WorkReader;

  readonly subscriber: StatusSubscriber = {
    subscribe: (_query, { signal }) => this.#subscribe(signal),
    close: () => undefined,
  };

  /** In [0, 1), the same in each run of a seed. */
  readonly random = (): number => {
    this.#seed = (this.#seed * 48_271) % 2_147_483_647;
    return this.#seed / 2_147_483_647;
  };

  async live({ happenings }: Life): Promise<void> {
    for (const one of happenings) {
      await this.clock.advance(one.afterMs);
      if (one.do === 'cut') this.cut();
      else if (one.do === 'fail-reads') this.#failing = 2;
      else if ('id' in one) this.maestro.do(one.do, one.id);
    }
  }

  /** Every stream breaks, with what is on its way. */
  cut(): void {
    for (const stream of this.#streams) {
      stream.items.length = 0;
      stream.items.push(new MaestroError('unavailable', 'cut', { transient: true }));
      stream.wake();
    }
  }

  /** The rows as they are, by id. */
  truth(): readonly ResourceBundle[] {
    return [...this.maestro.rows.values()];
  }

  #tell(event: StatusEvent): void {
    for (const stream of this.#streams) {
      stream.items.push(event);
      stream.wake();
    }
  }

  async #delay(signal: AbortSignal): Promise<void> {
    const slowness = this.random();
    await this.clock.sleep(slowness < 0.3 ? 0 : slowness < 0.8 ? slowness * 60 : slowness * 400, signal);
  }

  async *#list({ where = {} }: ListQuery, { signal }: CallOptions): AsyncGenerator<readonly ResourceBundle[]> {
    let last = '';
    for (;;) {
      await this.#delay(signal);
      if (this.#failing > 0) {
        this.#failing -= 1;
        throw new MaestroError('unavailable', 'down', { transient: true });
      }
      const rows = [...this.maestro.rows.values()]
        .filter((row) => row.id > last && matchesBundle(where, row))
        .sort((one, other) => (one.id < other.id ? -1 : 1))
        .slice(0, pageSize);
      await this.#delay(signal);
      yield rows;
      last = rows.at(-1)?.id ?? '';
      if (rows.length < pageSize) return;
    }
  }

  async *#subscribe(signal: AbortSignal): AsyncGenerator<SubscriptionItem> {
    await this.#delay(signal);
    const stream: OpenStream = { items: [{ kind: 'ready', subscriptionId: 's' }], wake: () => undefined };
    this.#streams.add(stream);
    const beat = this.#beat(stream, signal);
    try {
      for (;;) {
        if (stream.items.length === 0)
          await new Promise<void>((resolve, reject) => {
            stream.wake = resolve;
            signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
          });
        if (this.random() < 0.5) await this.#delay(signal);
        signal.throwIfAborted();
        const item = stream.items.shift();
        if (item instanceof MaestroError) throw item;
        if (item !== undefined) yield item;
      }
    } finally {
      this.#streams.delete(stream);
      await beat;
    }
  }

  async #beat(stream: OpenStream, signal: AbortSignal): Promise<void> {
    try {
      while (this.#streams.has(stream)) {
        await this.clock.sleep(10_000, signal);
        stream.items.push({ kind: 'heartbeat' });
        stream.wake();
      }
    } catch {
      // The stream ended.
    }
  }
}

/** Somebody who follows a world, and what it shows of it. */
export interface FollowingUser {
  /** What it shows as there by now, one text a work, as `shownAs` makes it. */
  view(): readonly string[];
  stop(): Promise<void>;
}

/** As much of a row as every user of works shows. */
export function shownAs({
  id,
  version,
  deletedAt,
  status,
}: Pick<ResourceBundle, 'id' | 'version' | 'deletedAt' | 'status'>): string {
  return `${id} v${version}${deletedAt === undefined ? '' : ' deleting'} ${status?.sequenceId ?? 'unreported'}`;
}

/** Fails when a user shows a work again whose end it has shown as reported by its agent. */
export class NoReturn {
  readonly #ended = new Set<string>();

  ended(id: string, createdAt: string): void {
    this.#ended.add(this.#life(id, createdAt));
  }

  shown(id: string, createdAt: string): void {
    if (this.#ended.has(this.#life(id, createdAt))) throw new Error(`${id} came back`);
  }

  #life(id: string, createdAt: string): string {
    return `${id} ${Math.floor(Date.parse(createdAt) / 1000)}`;
  }
}

/** Lets somebody follow lives of Maestro and compares what it shows in the end with what is there. */
export async function provesTrue(
  start: (world: World) => FollowingUser | Promise<FollowingUser>,
  { runs = 150, settleMs = 60_000 }: { readonly runs?: number; readonly settleMs?: number } = {},
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(lives, async (life) => {
      const world = new World(life.seed);
      const user = await start(world);
      try {
        await world.live(life);
        // What nobody reported is for a read to show, and the next one comes with the next stream at the latest.
        await world.clock.advance(2_000);
        world.cut();
        await world.clock.advance(settleMs);
        const truth = world.truth().map((row) => shownAs(row));
        if (truth.sort().join('\n') !== [...user.view()].sort().join('\n'))
          throw new Error(`shown:\n${[...user.view()].sort().join('\n')}\ntrue:\n${truth.join('\n')}`);
      } finally {
        await user.stop();
      }
    }),
    { numRuns: runs },
  );
}
