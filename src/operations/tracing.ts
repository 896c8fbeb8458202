import type { TraceContext } from '../core/trace-context.ts';

/** What is known of a span; names are those of OpenTelemetry where it has one. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** What a span is of. */
export interface SpanStart {
  /**
   * - `maestro.apply`, `maestro.delete`: one work, with all that belongs to it
   * - `maestro.fleet`: many of them
   * - `maestro.read`: one read by REST, with its tries
   * - `maestro.publish`: one write by gRPC
   * - `maestro.wait`: waiting for an outcome, with its reads
   */
  readonly name: `maestro.${'apply' | 'delete' | 'fleet' | 'read' | 'publish' | 'wait'}`;
  /** Asked for only when a span is made. */
  readonly attributes: () => SpanAttributes;
}

/** A span that is under way. */
export interface Span {
  /** What requests made in it carry; undefined when there is nothing to pass on. */
  readonly trace: TraceContext | undefined;
  /** Says more of it. */
  set(attributes: SpanAttributes): void;
  /** It failed although nothing is thrown. */
  fail(error: unknown): void;
}

/** Makes spans, or only passes on what was there before; what that is, is not known here. */
export interface Tracer {
  /** The span lasts as long as `work`, and failed when that throws. */
  during<T>(start: SpanStart, work: (span: Span) => Promise<T>): Promise<T>;
  /** What a request outside of any span of ours carries. */
  current(): TraceContext | undefined;
}

/** Which work a span is about. */
export function workAttributes(source: string, consumer: string, name: string): SpanAttributes {
  return { 'maestro.source': source, 'maestro.consumer': consumer, 'maestro.work.name': name };
}

/** Work with a span around it, where spans are made. */
export async function spanned<T>(
  tracer: Tracer | undefined,
  start: SpanStart,
  work: (span?: Span) => Promise<T>,
): Promise<T> {
  return tracer === undefined ? work() : tracer.during(start, work);
}

/**
 * Records nothing: all requests carry the trace that was given, as a participant passes it on that makes no spans. A
 * span id of our own would name a span that nobody ever gets to see.
 */
export function forwardingTracer(trace: TraceContext): Tracer {
  const span: Span = { trace, set: () => undefined, fail: () => undefined };
  return { during: (_start, work) => work(span), current: () => trace };
}
