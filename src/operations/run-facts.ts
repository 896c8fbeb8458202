import type { Channel } from '../clients/connection.ts';
import type { CallOptions, WorkReader, WorkRequest, WorkWriter } from '../clients/transport.ts';
import { withEventRecord } from '../core/works/own-annotations.ts';
import { isWrittenWork } from '../core/works/written-work.ts';
import { MaestroError } from '../errors.ts';

/**
 * What the time of a run goes into, the more telling first: of two that are
 * under way at once the first one counts.
 * - `connect`: loading the transports, checking certificates, and tries that reached no server. The handshakes
 *   of a server that is there are part of the first read and of the first write.
 * - `publish`: writes, until their answer
 * - `wait`: waiting for an outcome, the reads for it included
 * - `read`: all other reads
 */
const activities = ['connect', 'publish', 'wait', 'read'] as const;
export type Activity = (typeof activities)[number];

/** Milliseconds. `start` is from the start of the process until the command begins. */
export type Timings = Readonly<Record<'start' | 'connect' | 'read' | 'publish' | 'wait', number>>;

/** What a result tells of the run itself. */
export interface RunFacts {
  /** When the process was started: RFC 3339, UTC. */
  readonly startedAt: string;
  /** EVENT_ID: what the run was started for. */
  readonly eventId?: string;
  readonly timings: Timings;
}

/** Measures what a run does, on a clock that never goes back. */
export class Stopwatch {
  readonly #monotonicMs: () => number;
  readonly #startedMs: number;
  readonly #under = new Map<Activity, number>();
  readonly #spentMs = new Map<Activity, number>();
  #lastMs: number;
  #startMs: number | undefined;

  /** @param startedMs when the process began, on the same clock */
  constructor(monotonicMs: () => number, startedMs: number) {
    this.#monotonicMs = monotonicMs;
    this.#startedMs = startedMs;
    this.#lastMs = startedMs;
  }

  /** The command begins. */
  started(): void {
    this.#startMs ??= this.#monotonicMs() - this.#startedMs;
  }

  /** Something is under way until what is returned is called. */
  begin(activity: Activity): () => void {
    this.#settle();
    this.#under.set(activity, (this.#under.get(activity) ?? 0) + 1);
    let ended = false;
    return () => {
      if (ended) return;
      ended = true;
      this.#settle();
      this.#under.set(activity, (this.#under.get(activity) ?? 1) - 1);
    };
  }

  async during<T>(activity: Activity, work: () => Promise<T>): Promise<T> {
    const end = this.begin(activity);
    try {
      return await work();
    } finally {
      end();
    }
  }

  timings(): Timings {
    this.#settle();
    const spent = (activity: Activity): number => Math.round(this.#spentMs.get(activity) ?? 0);
    const start = Math.round(this.#startMs ?? this.#monotonicMs() - this.#startedMs);
    return { start, connect: spent('connect'), read: spent('read'), publish: spent('publish'), wait: spent('wait') };
  }

  #settle(): void {
    const monotonicMs = this.#monotonicMs();
    const now = activities.find((activity) => (this.#under.get(activity) ?? 0) > 0);
    if (now !== undefined) this.#spentMs.set(now, (this.#spentMs.get(now) ?? 0) + monotonicMs - this.#lastMs);
    this.#lastMs = monotonicMs;
  }
}

/** What is done with each call of a run. */
export interface Observer {
  readonly stopwatch: Stopwatch;
  /** Recorded on what is written. */
  readonly eventId?: string | undefined;
  /** Told of each try that reached no server. */
  readonly onUnreached: (channel: Channel) => void;
  /** What is thrown in the place of what a call threw. */
  readonly explain: (error: unknown, channel: Channel) => unknown;
}

/**
 * Both sides of Maestro, with their time taken, and with the event that a write is made for recorded on what it writes.
 */
export function observed<M extends { readonly reader: WorkReader; readonly writer: WorkWriter }>(
  maestro: M,
  observer: Observer,
): M {
  return {
    ...maestro,
    reader: observedReader(maestro.reader, observer),
    writer: observedWriter(maestro.writer, observer),
  };
}

function observedWriter(writer: WorkWriter, observer: Observer): WorkWriter {
  const recorded = (request: Parameters<WorkWriter['publish']>[0]): Parameters<WorkWriter['publish']>[0] => {
    if (request.kind === 'delete' || isWrittenWork(request.work)) return request;
    return {
      ...(request as WorkRequest & { readonly kind: 'create' | 'update' }),
      work: withEventRecord(request.work, observer.eventId),
    };
  };
  return {
    publish: (request, options) =>
      during('publish', 'grpc', observer, options, (own) => writer.publish(recorded(request), own)),
    close: () => writer.close(),
  };
}

/** A call of one side: timed, its tries that reach nobody told of, its error explained. */
async function during<T>(
  activity: Activity,
  channel: Channel,
  observer: Observer,
  options: CallOptions,
  call: (options: CallOptions) => Promise<T>,
): Promise<T> {
  const { stopwatch, onUnreached, explain } = observer;
  const ended = stopwatch.begin(activity);
  let connected: (() => void) | undefined;
  const onRetry = (error: MaestroError): void => {
    if (error.delivery === 'not-sent') {
      connected ??= stopwatch.begin('connect');
      onUnreached(channel);
    }
    options.onRetry?.(error);
  };
  try {
    return await call({ ...options, onRetry });
  } catch (caught) {
    if (caught instanceof MaestroError && caught.delivery === 'not-sent' && caught.retryable) onUnreached(channel);
    throw explain(caught, channel);
  } finally {
    connected?.();
    ended();
  }
}

function observedReader(reader: WorkReader, observer: Observer): WorkReader {
  const read = <T>(options: CallOptions, call: (options: CallOptions) => Promise<T>): Promise<T> =>
    during('read', 'http', observer, options, call);
  return {
    getBundle: (id, options) => read(options, (own) => reader.getBundle(id, own)),
    findConsumer: (name, options) => read(options, (own) => reader.findConsumer(name, own)),
    createConsumer: (name, labels, options) => read(options, (own) => reader.createConsumer(name, labels, own)),
    updateConsumer: (id, labels, options) => read(options, (own) => reader.updateConsumer(id, labels, own)),
    deleteConsumer: (id, options) => read(options, (own) => reader.deleteConsumer(id, own)),
    listBundles: (query, options) => observedPages((own) => reader.listBundles(query, own), options, observer),
    listConsumers: (query, options) => observedPages((own) => reader.listConsumers(query, own), options, observer),
    close: () => reader.close(),
  };
}

/** A page is read when it is asked for; what is done with it is no reading. */
async function* observedPages<T>(
  list: (options: CallOptions) => AsyncIterable<T>,
  options: CallOptions,
  observer: Observer,
): AsyncGenerator<T> {
  let onRetry: CallOptions['onRetry'];
  const pages = list({ ...options, onRetry: (error) => onRetry?.(error) })[Symbol.asyncIterator]();
  try {
    for (;;) {
      const page = await during('read', 'http', observer, options, (own) => {
        onRetry = own.onRetry;
        return pages.next();
      });
      if (page.done === true) return;
      yield page.value;
    }
  } finally {
    await pages.return?.();
  }
}
