import type { ManifestWork } from '../core/works/manifest-work.ts';
import type { WrittenWork } from '../core/works/written-work.ts';
import type { Consumer, ResourceBundle } from '../core/works/resource-bundle.ts';
import type { MaestroError } from '../errors.ts';
import type { Search } from './rest/search.ts';

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
}

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
  publish(request: WorkRequest<ManifestWork | WrittenWork>, options: CallOptions): Promise<void>;
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

/** Which rows, and how many a page. */
export interface ListQuery {
  /** Build it with `clients/rest/search.ts`, never by hand. */
  readonly search?: Search;
  /** Rows per page, 400 when absent. */
  readonly pageSize?: number;
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
  findConsumer(name: string, options: CallOptions): Promise<Consumer | undefined>;
  listConsumers(query: ListQuery, options: CallOptions): AsyncIterable<readonly Consumer[]>;
  createConsumer(name: string, labels: Readonly<Record<string, string>>, options: CallOptions): Promise<Consumer>;
  /** Replaces the whole label map. */
  updateConsumer(id: string, labels: Readonly<Record<string, string>>, options: CallOptions): Promise<Consumer>;
  deleteConsumer(id: string, options: CallOptions): Promise<void>;
  close(): Promise<void>;
}
