import { expect, test } from 'vitest';
import type { CallOptions, RowOptions, WorkReader } from '../../../src/clients/index.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { JsonLimitError } from '../../../src/core/json-nesting.ts';
import { MaestroError } from '../../../src/errors.ts';
import { BatchedReads } from '../../../src/gitops/access/batched-reads.ts';

const options: CallOptions = { signal: new AbortController().signal, deadlineMs: 0 };
const settled = async (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A reader whose answers wait until they are let go; it has every id that does not begin with `no`. */
class HeldReader implements Pick<WorkReader, 'getBundles'> {
  readonly reads: (readonly string[])[] = [];
  readonly #held: (() => void)[] = [];
  failure: MaestroError | undefined;

  letGo(): void {
    this.#held.shift()?.();
  }

  async *getBundles(ids: readonly string[]): AsyncIterable<readonly ResourceBundle[]> {
    const found = await this.#answer(ids);
    // In two pages, as a server may cut them.
    yield found.slice(0, 3);
    yield found.slice(3);
  }

  async #answer(ids: readonly string[]): Promise<readonly ResourceBundle[]> {
    this.reads.push(ids);
    await new Promise<void>((resolve) => this.#held.push(resolve));
    if (this.failure !== undefined) throw this.failure;
    return ids.filter((id) => !id.startsWith('no')).map((id) => ({ id }) as ResourceBundle);
  }
}

test('who asks while others are being read goes with the next read', async () => {
  const reader = new HeldReader();
  const reads = new BatchedReads(
    reader,
    () => options,
    () => undefined,
  );
  const asked = ['a', 'b', 'c', 'd', 'no-e', 'f', 'g', 'c'];
  const answers = Promise.all(asked.map(async (id) => (await reads.get(id))?.id));
  expect(reader.reads).toEqual([['a'], ['b']]);
  reader.letGo();
  await settled();
  expect(reader.reads.at(-1)).toEqual(['c', 'd', 'no-e', 'f', 'g']);
  reader.letGo();
  reader.letGo();
  expect(await answers).toEqual(['a', 'b', 'c', 'd', undefined, 'f', 'g', 'c']);
  expect(reader.reads).toHaveLength(3);
});

test('a read has no more than 25, and a backlog of 1,000 takes 42 of them', async () => {
  const reader = new HeldReader();
  const reads = new BatchedReads(
    reader,
    () => options,
    () => undefined,
  );
  const answers = Promise.all(Array.from({ length: 1_000 }, async (_, at) => (await reads.get(`id-${at}`))?.id));
  for (let at = 0; at < 100; at += 1) {
    reader.letGo();
    await settled();
  }
  expect(await answers).toEqual(Array.from({ length: 1_000 }, (_, at) => `id-${at}`));
  expect(Math.max(...reader.reads.map((ids) => ids.length))).toBe(25);
  expect(reader.reads).toHaveLength(42);
});

test('a row that cannot be read is told, and fails none of those that went with it', async () => {
  const error = new MaestroError('unavailable', 'nested too deeply', { cause: new JsonLimitError('levels', 500) });
  const aside: string[] = [];
  const reader = {
    async *getBundles(ids: readonly string[], { onSetAside }: RowOptions) {
      if (ids.includes('deep')) onSetAside?.({ id: 'deep', consumerName: 'c1', name: 'w', error });
      yield ids.filter((id) => id !== 'deep').map((id) => ({ id }) as ResourceBundle);
    },
  };
  const reads = new BatchedReads(
    reader,
    () => options,
    ({ id }) => void aside.push(id),
  );
  const first = reads.get('deep');
  const second = reads.get('calm');
  const rest = Promise.all([reads.get('deep'), reads.get('calm')]);
  expect(await first).toBeUndefined();
  expect((await second)?.id).toBe('calm');
  expect((await rest).map((bundle) => bundle?.id)).toEqual([undefined, 'calm']);
  expect(aside).toEqual(['deep', 'deep']);
});

test('a read that fails fails those that went with it, and the next goes on', async () => {
  const reader = new HeldReader();
  const reads = new BatchedReads(
    reader,
    () => options,
    () => undefined,
  );
  const first = reads.get('a');
  reader.failure = new MaestroError('unavailable', 'away');
  reader.letGo();
  await expect(first).rejects.toBe(reader.failure);
  reader.failure = undefined;
  const second = reads.get('a');
  reader.letGo();
  expect((await second)?.id).toBe('a');
});
