import type { Scheduler } from '../time.ts';
import { heartbeat } from './encode-event.ts';
import type { WireEvent } from './wire.ts';

/** What a subscription writes to. */
export interface EventSink {
  /** False when the reader is behind; `onDrain` is called once it has caught up. */
  write(event: WireEvent): boolean;
  onDrain(callback: () => void): void;
  /** Ends the stream because its reader is hopelessly behind. */
  giveUp(): void;
}

/** Events kept for a reader that does not read; a resync of every work must fit. */
const longestQueue = 200_000;

class Subscription {
  readonly source: string;
  readonly #sink: EventSink;
  /** Events are made when they are sent, so that waiting ones take no memory of their own. */
  #queue: (() => WireEvent)[] = [];
  #behind = false;

  constructor(source: string, sink: EventSink) {
    this.source = source;
    this.#sink = sink;
  }

  send(event: () => WireEvent): void {
    if (this.#queue.length >= longestQueue) {
      this.#queue = [];
      this.#sink.giveUp();
      return;
    }
    this.#queue.push(event);
    this.#pump();
  }

  #pump(): void {
    let sent = 0;
    while (!this.#behind && sent < this.#queue.length) {
      const event = this.#queue[sent];
      sent += 1;
      if (event === undefined || this.#sink.write(event())) continue;
      this.#behind = true;
      this.#sink.onDrain(() => {
        this.#behind = false;
        this.#pump();
      });
    }
    this.#queue.splice(0, sent);
  }
}

/** Open Subscribe streams, by source. */
export class Broadcaster {
  readonly #subscriptions = new Set<Subscription>();
  readonly #scheduler: Scheduler;
  readonly #heartbeatMs: number;
  readonly #silenced: () => boolean;
  readonly #newId: () => string;

  constructor(options: { scheduler: Scheduler; heartbeatMs: number; silenced: () => boolean; newId: () => string }) {
    this.#scheduler = options.scheduler;
    this.#heartbeatMs = options.heartbeatMs;
    this.#silenced = options.silenced;
    this.#newId = options.newId;
  }

  get size(): number {
    return this.#subscriptions.size;
  }

  /** Returns what ends the subscription. */
  subscribe(source: string, sink: EventSink): () => void {
    const subscription = new Subscription(source, sink);
    this.#subscriptions.add(subscription);
    const stop = this.#scheduler.every(
      () => this.#heartbeatMs,
      () => {
        if (!this.#silenced()) subscription.send(() => heartbeat(this.#newId()));
      },
    );
    return () => {
      this.#subscriptions.delete(subscription);
      stop();
    };
  }

  /** Sends to every stream of the source; nobody listening means the event is lost, as on the real server. */
  send(source: string, event: () => WireEvent): void {
    if (this.#silenced()) return;
    for (const subscription of this.#subscriptions) {
      if (subscription.source === source) subscription.send(event);
    }
  }
}
