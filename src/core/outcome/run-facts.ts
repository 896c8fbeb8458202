import type { TraceContext } from '../trace-context.ts';

/** Milliseconds. `start` is from the start of the process until the command begins. */
export type Timings = Readonly<Record<'start' | 'connect' | 'read' | 'publish' | 'wait', number>>;

/** What a result tells of the run itself. */
export interface RunFacts {
  /** When the process was started: RFC 3339, UTC. */
  readonly startedAt: string;
  /** EVENT_ID: what the run was started for. */
  readonly eventId?: string;
  /** TRACEPARENT: the trace that the run belongs to. */
  readonly trace?: TraceContext;
  readonly timings: Timings;
}
