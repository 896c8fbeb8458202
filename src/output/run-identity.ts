import { readTraceContext, type TraceContext } from '../core/trace-context.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** EVENT_ID: what the Job was started for; undefined when it is not set, or empty. */
export function eventIdOf(env: Environment): string | undefined {
  const eventId = env['EVENT_ID'];
  return eventId === '' ? undefined : eventId;
}

/** The trace that the run belongs to: TRACEPARENT and TRACESTATE. */
export function traceOf(env: Environment): { readonly trace?: TraceContext; readonly problem?: string } {
  return readTraceContext(env['TRACEPARENT'], env['TRACESTATE']);
}

/** What each JSON line of a log has of both; the trace under the names that OpenTelemetry gives it in logs. */
export interface IdentityFields {
  /** EVENT_ID: what the run was started for. */
  readonly eventId?: string;
  /** TRACEPARENT: 32 hexadecimal digits of the trace that the run belongs to. */
  readonly trace_id?: string;
  /** TRACEPARENT: 16 hexadecimal digits of the span that the run was started in. */
  readonly span_id?: string;
  /** TRACEPARENT: two hexadecimal digits; `01` says that the caller records. */
  readonly trace_flags?: string;
}

export function identityFields(env: Environment): IdentityFields {
  const eventId = eventIdOf(env);
  const { trace } = traceOf(env);
  return {
    ...(eventId === undefined ? {} : { eventId }),
    ...(trace === undefined ? {} : { trace_id: trace.traceId, span_id: trace.spanId, trace_flags: trace.traceFlags }),
  };
}
