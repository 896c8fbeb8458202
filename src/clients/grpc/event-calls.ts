import type { TraceContext } from '../../core/trace-context.ts';
import type { WireEvent } from './event-codec.ts';

/** Calls of Maestro's gRPC service. What they reject with is a `GrpcStatus`. */
export interface EventCalls {
  send(
    event: WireEvent,
    call: CallIdentity & { readonly deadline?: Date | undefined; readonly signal: AbortSignal },
  ): Promise<void>;
  subscribe(source: string, identity: CallIdentity): Promise<EventStream>;
}

/** On whose behalf a call is made, and in which trace. */
export interface CallIdentity {
  readonly token?: string | undefined;
  readonly trace?: TraceContext | undefined;
}

/** An open Subscribe call, to be cancelled by who opened it. */
export interface EventStream {
  /**
   * The subscription id, which the server sends once the subscription stands, before any event; undefined when the
   * stream ended without it. To be asked for once, before the events.
   */
  opened(): Promise<string | undefined>;
  readonly events: AsyncIterable<WireEvent>;
  cancel(): void;
}

/** A channel in use by one call. */
export interface ChannelLease {
  readonly calls: EventCalls;
  /** False as long as this channel has had no connection, so nothing can have been sent. */
  everConnected(): boolean;
  /** What the last connection failed with in a proxy's tunnel or in TLS; grpc-js passes on no more than its text. */
  connectError(): unknown;
  /**
   * Later calls get a new channel: nothing is heard on this one any more, and TCP alone would notice that after many
   * minutes.
   */
  retire(): void;
  /** To be called once, when the call has ended. */
  release(): void;
}

/** Gives each call a channel; a new one once certificates were rotated. */
export interface ChannelSource {
  lease(): ChannelLease;
  /** Ends all connections; running calls fail. Leaves nothing that keeps the process alive. */
  close(): void;
}
