import type { CallOptions, StatusSubscriber, WorkReader, WorkWriter } from '../clients/transport.ts';
import type { TraceContext } from '../core/trace-context.ts';
import { forwardingTracer, type SpanAttributes, type Tracer } from './tracing.ts';

/** Both sides of Maestro, with the trace of each call in its request, and a span around it where spans are made. */
export function traced<
  M extends { readonly reader: WorkReader; readonly writer: WorkWriter; readonly subscriber: StatusSubscriber },
>(maestro: M, tracer: Tracer): M {
  return {
    ...maestro,
    reader: tracedReader(maestro.reader, tracer),
    writer: tracedWriter(maestro.writer, tracer),
    subscriber: tracedSubscriber(maestro.subscriber, tracer),
  };
}

/** As `traced`, with the same trace in all requests. */
export function forwarding<M extends Parameters<typeof traced>[0]>(maestro: M, trace: TraceContext): M {
  return traced(maestro, forwardingTracer(trace));
}

function tracedWriter(writer: WorkWriter, tracer: Tracer): WorkWriter {
  return {
    publish: (request, options) =>
      tracer.during({ name: 'maestro.publish', attributes: () => publishAttributes(request) }, ({ trace }) =>
        writer.publish(request, withTrace(options, trace)),
      ),
    close: () => writer.close(),
  };
}

function publishAttributes(request: Parameters<WorkWriter['publish']>[0]): SpanAttributes {
  const { kind, target } = request;
  return {
    'rpc.system.name': 'grpc',
    'rpc.method': 'io.cloudevents.v1.CloudEventService/Publish',
    'maestro.operation': kind,
    'maestro.consumer': target.consumer,
    'maestro.source': target.source,
    'maestro.work.id': target.id,
    'maestro.work.name': request.kind === 'delete' ? request.workName : request.work.name,
    ...(request.kind === 'create' ? {} : { 'maestro.work.version': request.version }),
  };
}

function tracedReader(reader: WorkReader, tracer: Tracer): WorkReader {
  const read = <T>(method: string, options: CallOptions, call: (options: CallOptions) => Promise<T>): Promise<T> =>
    tracer.during({ name: 'maestro.read', attributes: () => ({ 'maestro.operation': method }) }, ({ trace }) =>
      call(withTrace(options, trace)),
    );
  const pages = <T, O extends CallOptions>(
    method: string,
    options: O,
    list: (options: O) => AsyncIterable<T>,
  ): AsyncIterable<T> => tracedPages(list, options, (call) => read(method, options, call));
  return {
    getBundle: (id, options) => read('getBundle', options, (own) => reader.getBundle(id, own)),
    findConsumer: (name, options) => read('findConsumer', options, (own) => reader.findConsumer(name, own)),
    createConsumer: (name, labels, options) =>
      read('createConsumer', options, (own) => reader.createConsumer(name, labels, own)),
    updateConsumer: (id, labels, options) =>
      read('updateConsumer', options, (own) => reader.updateConsumer(id, labels, own)),
    deleteConsumer: (id, options) => read('deleteConsumer', options, (own) => reader.deleteConsumer(id, own)),
    getBundles: (ids, options) => pages('getBundles', options, (own) => reader.getBundles(ids, own)),
    listBundles: (query, options) => pages('listBundles', options, (own) => reader.listBundles(query, own)),
    listConsumers: (query, options) => pages('listConsumers', options, (own) => reader.listConsumers(query, own)),
    close: () => reader.close(),
  };
}

/** Each page is a read of its own, and what is done with it is none. */
async function* tracedPages<T, O extends CallOptions>(
  list: (options: O) => AsyncIterable<T>,
  options: O,
  read: <R>(call: (own: CallOptions) => Promise<R>) => Promise<R>,
): AsyncGenerator<T> {
  let trace: CallOptions['trace'];
  const own = Object.defineProperty({ ...options }, 'trace', { get: () => trace, enumerable: true });
  const pages = list(own)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const page = await read((call) => {
        trace = call.trace;
        return pages.next();
      });
      if (page.done === true) return;
      yield page.value;
    }
  } finally {
    await pages.return?.();
  }
}

/** A stream lasts as long as somebody listens, so that it is no span; who opened it can be seen all the same. */
function tracedSubscriber(subscriber: StatusSubscriber, tracer: Tracer): StatusSubscriber {
  return {
    subscribe: (query, options) => subscriber.subscribe(query, withTrace(options, tracer.current())),
    close: () => subscriber.close(),
  };
}

function withTrace<O extends Pick<CallOptions, 'trace'>>(options: O, trace: CallOptions['trace']): O {
  return trace === undefined ? options : { ...options, trace };
}
