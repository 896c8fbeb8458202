import type { StatusEvent, StatusSubscriber, SubscriptionItem } from '../../../src/clients/index.ts';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { ProcessParts } from '../../../src/gitops/run/process.ts';
import { systemClock } from '../../../src/clock.ts';

/**
 * Sits on the controllers' status stream: keeps what came over it, and puts in
 * what no well-behaved Maestro would send.
 */
export class StreamTap {
  readonly seen: StatusEvent[] = [];
  #put: ((item: SubscriptionItem) => void) | undefined;

  /** In place of the real part of a process. */
  readonly connectMaestro: ProcessParts['connectMaestro'] = async (settings) => {
    const { reader, writer, subscriber, ...rest } = await connectMaestro(settings, {
      clock: systemClock,
      random: Math.random,
    });
    return {
      ...rest,
      reader,
      writer,
      subscriber: {
        subscribe: (query, options) => this.#subscribe(subscriber, query, options),
        close: () => subscriber.close(),
      },
    };
  };

  of(bundle: string): readonly StatusEvent[] {
    return this.seen.filter(({ id }) => id === bundle);
  }

  /** Whether what is put in now is read. */
  get isOpen(): boolean {
    return this.#put !== undefined;
  }

  /** As if it had come over the stream that is open now. */
  inject(event: StatusEvent): void {
    if (this.#put === undefined) throw new Error('no stream is open');
    this.#put(event);
  }

  async *#subscribe(
    inner: StatusSubscriber,
    ...[query, options]: Parameters<StatusSubscriber['subscribe']>
  ): AsyncGenerator<SubscriptionItem> {
    const waiting: SubscriptionItem[] = [];
    let wake: (() => void) | undefined;
    let end: { readonly error?: unknown } | undefined;
    const put = (item: SubscriptionItem): void => {
      waiting.push(item);
      wake?.();
    };
    this.#put = put;
    const pump = async (): Promise<void> => {
      for await (const item of inner.subscribe(query, options)) {
        if (item.kind === 'status') this.seen.push(item);
        put(item);
      }
    };
    pump()
      .then(
        () => (end = {}),
        (error: unknown) => (end = { error }),
      )
      .finally(() => wake?.());
    try {
      for (;;) {
        const item = waiting.shift();
        if (item !== undefined) yield item;
        else if (end === undefined) await new Promise<void>((resolve) => (wake = resolve));
        else if ('error' in end) throw end.error;
        else return;
      }
    } finally {
      if (this.#put === put) this.#put = undefined;
    }
  }
}
