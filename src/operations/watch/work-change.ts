import type { JsonObject } from '../../core/json.ts';
import { foldStatus, type WorkState } from '../../core/status/fold.ts';
import type { WorkStatus } from '../../core/status/work-status.ts';

/**
 * The latest that is known of one work.
 * - `status`: what is stored and reported now.
 * - `deleted`: the agent reported that the objects are gone from the cluster.
 * - `gone`: Maestro does not have the work any more, and how it ended was not seen. When the agent's last report comes
 *   only then, a `deleted` of the same work follows.
 */
export interface WorkChange {
  readonly kind: 'status' | 'deleted' | 'gone';
  /** Bundle id. */
  readonly id: string;
  readonly consumer: string;
  /** `metadata.name`, "" when the source sent none. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** The version that is stored, as far as it is known: a report can be about an older one. */
  readonly version: number;
  /**
   * RFC 3339 in whole seconds, when the work was created; "" when unknown. Tells a work from its successor under the
   * same id.
   */
  readonly createdAt: string;
  /** RFC 3339, once a delete was accepted. */
  readonly deletedAt?: string;
  readonly manifests: readonly JsonObject[];
  readonly status?: WorkStatus;
  /** Whether the stream or a read told it. */
  readonly seenBy: 'stream' | 'list';
}

/** What the change proves at the stored version. */
export function stateOf(change: WorkChange): WorkState {
  return foldStatus(change, change.version);
}

/** Name, labels and creation out of the ObjectMeta of a bundle or an event. */
export function identityOf(metadata: JsonObject): Pick<WorkChange, 'name' | 'labels' | 'createdAt'> {
  const { name, labels, creationTimestamp } = metadata;
  const pairs = typeof labels === 'object' && labels !== null && !Array.isArray(labels) ? Object.entries(labels) : [];
  return {
    name: typeof name === 'string' ? name : '',
    createdAt: typeof creationTimestamp === 'string' ? creationTimestamp : '',
    labels: Object.fromEntries(pairs.flatMap(([key, value]) => (typeof value === 'string' ? [[key, value]] : []))),
  };
}
