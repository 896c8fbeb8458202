import type { JsonObject } from '../core/json.ts';
import type { TraceContext } from '../core/trace-context.ts';
import type { WorkStatus } from '../core/status/work-status.ts';
import type { ManifestWork } from '../core/works/manifest-work.ts';
import type { WrittenWork } from '../core/works/written-work.ts';
import type { Consumer, ResourceBundle } from '../core/works/resource-bundle.ts';
import type { MaestroError } from '../errors.ts';
import type { BundleFilter, ConsumerFilter } from './filters.ts';
import type { WireEvent } from './grpc/event-codec.ts';

/**
 * What every call to Maestro takes. Times are on the clock of
 * `Clock.monotonicMs`, so that a changed wall clock moves no deadline.
 */
export interface CallOptions {
  readonly signal: AbortSignal;
  /** The call ends by then, whatever the server does. Bounded calls end earlier. */
  readonly deadlineMs: number;
  /** Told of each try that failed and will be made again. */
  readonly onRetry?: (error: MaestroError) => void;
  /** The trace that the call belongs to; it goes with the request. */
  readonly trace?: TraceContext;
}

/** One try of a request, as it ended: for people who look at what a run does. It holds nothing that is secret. */
export interface RequestFact {
  /** `GET`, `Publish`, `Subscribe`. */
  readonly method: string;
  /** The URL with its query, or `host:port` and what the call is about. */
  readonly target: string;
  /** `200`, `OK`, or what went wrong in a few words. */
  readonly status: string;
  readonly milliseconds: number;
  /** How many tries of the same request came before. */
  readonly retries: number;
}

/** Told of each try of each request. */
export type OnRequest = (fact: RequestFact) => void;

/** A write, as one CloudEvent of Publish carries it. */
export type WorkRequest<Work = ManifestWork> =
  | { readonly kind: 'create'; readonly target: WorkTarget; readonly work: Work }
  | {
      readonly kind: 'update';
      readonly target: WorkTarget;
      readonly work: Work;
      /** The version this update was made from; 0 means "whatever is stored". */
      readonly version: number;
    }
  | { readonly kind: 'delete'; readonly target: WorkTarget; readonly workName: string; readonly version: number };

/** Which work a request is about. */
export interface WorkTarget {
  /** Bundle id. */
  readonly id: string;
  readonly consumer: string;
  readonly source: string;
}

/**
 * The gRPC side. A rejected promise is a MaestroError whose `delivery` tells
 * whether the request can have had an effect. No call is retried in here.
 */
export interface WorkWriter {
  /**
   * Resolves when Maestro has taken it.
   *
   * @throws MaestroError with what became of the request in `delivery`
   */
  publish(request: WorkRequest<ManifestWork | WrittenWork>, options: CallOptions): Promise<void>;
  /** Ends the channel; calls under way fail. */
  close(): void;
}

/** A row of a list that cannot be read: it nests too deeply, or lacks what every row has. */
export interface SetAsideRow {
  readonly id: string;
  /** "" when the row does not say. */
  readonly consumerName: string;
  /** "" when the row does not say. */
  readonly name: string;
  readonly error: MaestroError;
}

/** How rows are handed out. */
export interface RowOptions {
  /**
   * Hands a page out in parts of so many rows, each read from the page's text when it is asked for: less in memory at
   * once.
   */
  readonly partSize?: number;
  /**
   * Told of each row that cannot be read, while the others are given. Without
   * it such a row fails the read: who looks for one work, or for all, must not
   * take it for absent.
   */
  readonly onSetAside?: (row: SetAsideRow) => void;
}

/** Which rows, and how many a page. */
export interface ListQuery<Filter = BundleFilter> extends RowOptions {
  /** All rows when absent. */
  readonly where?: Filter;
  /** Rows per page, 400 when absent. */
  readonly pageSize?: number;
}

/**
 * The REST side. GETs are retried on 429, 502, 503, 504 and lost connections inside the deadline. A row that is
 * not what was asked for (another id, name, consumer or label) is refused as `unavailable`/`ServerError`: it comes
 * of a gateway that drops the query of requests, or answers out of a cache.
 */
export interface WorkReader {
  /** undefined when Maestro has no such bundle (404 `maestro-7`). */
  getBundle(id: string, options: CallOptions): Promise<ResourceBundle | undefined>;
  /** Pages by key (`id asc`, `id > last`), so rows that vanish meanwhile shift nothing. */
  listBundles(query: ListQuery, options: CallOptions): AsyncIterable<readonly ResourceBundle[]>;
  /**
   * The bundles of these ids, page by page, in no order; those that Maestro does not have are left out. One is a plain
   * GET, many are a hundred a request.
   */
  getBundles(ids: readonly string[], options: CallOptions & RowOptions): AsyncIterable<readonly ResourceBundle[]>;
  /** Undefined when there is none of the name. */
  findConsumer(name: string, options: CallOptions): Promise<Consumer | undefined>;
  /** Page by page. */
  listConsumers(query: ListQuery<ConsumerFilter>, options: CallOptions): AsyncIterable<readonly Consumer[]>;
  /** Makes a consumer: a target cluster under this name. */
  createConsumer(name: string, labels: Readonly<Record<string, string>>, options: CallOptions): Promise<Consumer>;
  /** Replaces the whole label map. */
  updateConsumer(id: string, labels: Readonly<Record<string, string>>, options: CallOptions): Promise<Consumer>;
  /** By its id, which is not its name. */
  deleteConsumer(id: string, options: CallOptions): Promise<void>;
  /** Closes the pool; calls under way fail. */
  close(): Promise<void>;
}

/** The first item of every subscription: from now on no event is missed. */
export interface SubscriptionReady {
  readonly kind: 'ready';
  readonly subscriptionId: string;
}

/** Comes every ten seconds, so that silence means a dead connection. */
export interface Heartbeat {
  readonly kind: 'heartbeat';
}

/** A status report of an agent, as the stream carries it. */
export interface StatusEvent {
  readonly kind: 'status';
  /** Bundle id. */
  readonly id: string;
  readonly consumer: string;
  /** The version that the report is about. */
  readonly version: number;
  /** Snowflake id as text, orders the reports of one agent. */
  readonly sequenceId: string;
  readonly statusHash: string;
  /** RFC 3339, "" when the agent sent none. */
  readonly time: string;
  /** ObjectMeta of the work. */
  readonly metadata: JsonObject;
  /** `Deleted`=True in its conditions is the last that is heard of a work. */
  readonly status: WorkStatus;
  /** The whole payload: `conditions`, `resourceStatus` and, at times, `manifestBundle`. */
  readonly data: JsonObject;
}

/** A report that cannot be read: it is no JSON, or nests too deeply. The others of the stream come all the same. */
export interface UnreadableEvent {
  readonly kind: 'unreadable';
  /** Bundle id. */
  readonly id: string;
  readonly consumer: string;
  /** The version that the report is about. */
  readonly version: number;
  readonly sequenceId: string;
  readonly error: MaestroError;
}

/** What a stream gives. */
export type SubscriptionItem = SubscriptionReady | Heartbeat | StatusEvent | UnreadableEvent;

/** Opens streams of status events. */
export interface StatusSubscriber {
  /**
   * Status events of one source, `ready` first. Ends when the server ends the
   * stream, rejects with a MaestroError when it breaks, and with the signal's
   * reason when aborted. Leaving the loop closes the stream on the server too.
   * An abort with the code `unavailable` says that the connection is dead: the
   * next subscription opens another.
   */
  subscribe(
    query: { readonly source: string },
    options: Pick<CallOptions, 'signal' | 'trace'>,
  ): AsyncIterable<SubscriptionItem>;
  /** Ends the channel, and every stream with it. */
  close(): void;
}

/**
 * A Maestro in this process: what is asked of its two ports, without ports. The
 * stand-in is one.
 */
export interface InProcessMaestro {
  /**
   * REST. Rejects with an error with Node's code for a connection that cannot be made or was lost.
   *
   * @param request the path with the query, from `/api` on
   */
  rest(
    request: { readonly method: string; readonly path: string; readonly body?: string },
    signal: AbortSignal,
  ): Promise<{ readonly status: number; readonly body: string }>;
  /** Publish of gRPC. Rejects with an error with the gRPC `code` and its `details`. */
  publish(event: WireEvent, signal: AbortSignal): Promise<void>;
  /** Subscribe of gRPC; rejects as `publish`, the events too. The signal ends it. */
  subscribe(
    source: string,
    signal: AbortSignal,
  ): Promise<{ readonly subscriptionId: string; readonly events: AsyncIterable<WireEvent> }>;
}
