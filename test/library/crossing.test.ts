import fc from 'fast-check';
import { expect, it } from 'vitest';
import { consumerWorks, type ClientCore } from '../../src/library/consumer-works.ts';
import type { WorkReader, WorkRequest } from '../../src/clients/transport.ts';
import { workName, type ResourceBundle } from '../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../src/errors.ts';
import { bundle, FakeReader, FakeWriter } from '../operations/support/fakes.ts';
import { ManualClock } from '../support/fake-clock.ts';

const consumers = Array.from({ length: 50 }, (_unused, index) => `cluster-${index}`);

/** Lets an answer wait for its turn, so that answers come in any order. */
class Delays {
  readonly #waiting: (() => void)[] = [];

  async delayed<T>(answer: () => Promise<T>): Promise<T> {
    await new Promise<void>((resolve) => void this.#waiting.push(resolve));
    return answer();
  }

  /** Lets answers go, each chosen by the next number, until the calls are done. */
  async run(calls: Promise<unknown>, order: readonly number[]): Promise<void> {
    let done = false;
    void calls.finally(() => (done = true)).catch(() => undefined);
    for (let step = 0; !done; step += 1) {
      await new Promise<void>((resolve) => setImmediate(resolve));
      const [next] = this.#waiting.splice((order[step % order.length] ?? 0) % Math.max(1, this.#waiting.length), 1);
      next?.();
    }
  }
}

it('calls for 50 consumers on one client never cross, in whatever order their answers come', async () => {
  const op = fc.record({
    consumer: fc.constantFrom(...consumers),
    kind: fc.constantFrom('apply', 'get', 'list', 'delete'),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(op, { minLength: 10, maxLength: 80 }),
      fc.array(fc.nat({ max: 1000 }), { minLength: 20, maxLength: 20 }),
      async (ops, order) => {
        const delays = new Delays();
        const stored = new FakeReader();
        stored.consumers = consumers;
        const reader: WorkReader = Object.assign(Object.create(stored) as FakeReader, {
          getBundle: (id: string, options: Parameters<WorkReader['getBundle']>[1]) =>
            delays.delayed(() => stored.getBundle(id, options)),
          findConsumer: (name: string) => delays.delayed(() => stored.findConsumer(name)),
        });
        const taken = new FakeWriter();
        const writer = {
          publish: (request: WorkRequest, options: Parameters<FakeWriter['publish']>[1]) =>
            delays.delayed(async () => {
              await taken.publish(request, options);
              if (request.kind === 'delete') return;
              const { target, work } = request;
              stored.stored.set(
                target.id,
                bundle({
                  id: target.id,
                  consumerName: target.consumer,
                  version: 1,
                  metadata: { name: work.name },
                  manifests: work.manifests,
                }),
              );
            }),
          close: () => undefined,
        };
        const core: ClientCore = {
          source: 'library',
          manager: 'library',
          reader,
          writer,
          subscriber: {
            subscribe: () => {
              throw new Error('no call opens a stream');
            },
            close: () => undefined,
          },
          followState: () => () => undefined,
          clock: new ManualClock(),
          random: () => 0.5,
          closing: new AbortController().signal,
          onNotice: () => undefined,
        };
        const call = async ({
          consumer,
          kind,
        }: {
          readonly consumer: string;
          readonly kind: string;
        }): Promise<void> => {
          const works = consumerWorks(core, consumer);
          const manifests = [
            { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: consumer, namespace: 'default' } },
          ];
          const isOwn = (found: ResourceBundle): void => {
            expect([found.consumerName, workName(found), found.manifests]).toEqual([
              consumer,
              `of-${consumer}`,
              manifests,
            ]);
          };
          if (kind === 'apply')
            await works.apply({ name: `of-${consumer}`, labels: {}, annotations: {}, manifests, manifestConfigs: [] });
          else if (kind === 'delete') await works.delete(`of-${consumer}`);
          else if (kind === 'list') for await (const found of works.list()) isOwn(found);
          else {
            const found = await works.get(`of-${consumer}`).catch((error: unknown) => error);
            if (found instanceof Error) expect(found.message).toContain(consumer);
            else isOwn(found as ResourceBundle);
          }
        };
        // Two writers of one work may refuse each other, as long as it is about that work.
        const tolerant = async (one: Parameters<typeof call>[0]): Promise<void> => {
          try {
            await call(one);
          } catch (error) {
            if (!(error instanceof MaestroError) || error.code !== 'conflict') throw error;
            expect(error.message).toContain(`of-${one.consumer} `);
          }
        };
        const calls = Promise.all(ops.map(tolerant));
        await delays.run(calls, order);
        await calls;
        for (const request of taken.published) {
          const name = request.kind === 'delete' ? request.workName : request.work.name;
          expect(name).toBe(`of-${request.target.consumer}`);
        }
      },
    ),
    { numRuns: 40 },
  );
}, 60_000);
