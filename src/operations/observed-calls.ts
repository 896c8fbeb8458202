import type { Channel } from '../clients/connection.ts';
import type { CallOptions, WorkReader, WorkRequest, WorkWriter } from '../clients/transport.ts';
import { withEventRecord } from '../core/works/own-annotations.ts';
import { isWrittenWork } from '../core/works/written-work.ts';
import { MaestroError } from '../errors.ts';
import type { Stopwatch } from './stopwatch.ts';

/** What is done with each call of a run. */
export interface Observer {
  readonly stopwatch: Stopwatch;
  /** Recorded on what is written. */
  readonly eventId?: string | undefined;
  /** Told of each try that failed and may be made again. */
  readonly onTrouble: (error: MaestroError, channel: Channel) => void;
  /** Told of each call that came back. */
  readonly onAnswered: (channel: Channel) => void;
  /** Told before each write, and through which side it goes. */
  readonly onWrite: (channel: Channel) => void;
  /** What is thrown in the place of what a call threw. */
  readonly explain: (error: unknown, channel: Channel) => unknown;
}

/**
 * Both sides of Maestro, with their time taken, and with the event that a write is made for recorded on what it writes.
 */
export function observed<M extends { readonly reader: WorkReader; readonly writer: WorkWriter }>(
  maestro: M,
  observer: Observer,
): M & { readonly tellsTrouble: true } {
  return {
    ...maestro,
    tellsTrouble: true,
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
    publish: (request, options) => {
      observer.onWrite('grpc');
      return during('publish', observer, options, (own) => writer.publish(recorded(request), own));
    },
    close: () => writer.close(),
  };
}

/** A call of one side: timed, its tries that reach nobody told of, its error explained. */
async function during<T>(
  activity: 'publish' | 'read',
  observer: Observer,
  options: CallOptions,
  call: (options: CallOptions) => Promise<T>,
): Promise<T> {
  const { stopwatch, onTrouble, onAnswered, explain } = observer;
  const channel = activity === 'publish' ? 'grpc' : 'http';
  const ended = stopwatch.begin(activity);
  let connected: (() => void) | undefined;
  const onRetry = (error: MaestroError): void => {
    if (error.delivery === 'not-sent') connected ??= stopwatch.begin('connect');
    onTrouble(error, channel);
    options.onRetry?.(error);
  };
  try {
    const answer = await call({ ...options, onRetry });
    onAnswered(channel);
    return answer;
  } catch (caught) {
    if (caught instanceof MaestroError && caught.transient) onTrouble(caught, channel);
    throw explain(caught, channel);
  } finally {
    connected?.();
    ended();
  }
}

function observedReader(reader: WorkReader, observer: Observer): WorkReader {
  const read = <T>(options: CallOptions, call: (options: CallOptions) => Promise<T>): Promise<T> =>
    during('read', observer, options, call);
  const write = <T>(options: CallOptions, call: (options: CallOptions) => Promise<T>): Promise<T> => {
    observer.onWrite('http');
    return during('read', observer, options, call);
  };
  return {
    getBundle: (id, options) => read(options, (own) => reader.getBundle(id, own)),
    findConsumer: (name, options) => read(options, (own) => reader.findConsumer(name, own)),
    createConsumer: (name, labels, options) => write(options, (own) => reader.createConsumer(name, labels, own)),
    updateConsumer: (id, labels, options) => write(options, (own) => reader.updateConsumer(id, labels, own)),
    deleteConsumer: (id, options) => write(options, (own) => reader.deleteConsumer(id, own)),
    getBundles: (ids, options) =>
      observedPages((own) => reader.getBundles(ids, { ...options, ...own }), options, observer),
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
      const page = await during('read', observer, options, (own) => {
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
