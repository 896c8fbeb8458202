import type { TraceContext } from '../trace-context.ts';

/** What the time of a run went into, in milliseconds. */
export interface Timings {
  /** From the start of the process until the command began. */
  readonly start: number;
  /** Loading the transports, checking certificates, and tries that reached no server. */
  readonly connect: number;
  /** Reads, without those of a wait. */
  readonly read: number;
  /** Writes, until their answer. */
  readonly publish: number;
  /** Waiting for an outcome, the reads for it included. */
  readonly wait: number;
}

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
