import { traceparentOf, type TraceContext } from '../core/trace-context.ts';

/** The trace as HTTP headers and gRPC metadata carry it; none without a trace. */
export function traceHeaders(trace: TraceContext | undefined): Readonly<Record<string, string>> {
  if (trace === undefined) return {};
  return {
    traceparent: traceparentOf(trace),
    ...(trace.traceState === undefined ? {} : { tracestate: trace.traceState }),
  };
}

/** For REST, where Maestro takes the id for its log from a header: `op-id` in each line, and in its spans. */
export function restTraceHeaders(trace: TraceContext): Readonly<Record<string, string>> {
  return { ...traceHeaders(trace), 'x-operation-id': trace.traceId };
}
