import type { WireEvent } from './wire.ts';

const heartbeatType = 'io.open-cluster-management.cloudevents.heartbeat';

interface StatusData {
  readonly conditions: readonly WireCondition[];
  readonly resourceStatus?: readonly {
    readonly resourceMeta: { readonly kind: string; readonly name: string };
    readonly conditions: readonly WireCondition[];
  }[];
}

interface WireCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly observedGeneration?: number;
}

export function isStatusEvent(event: WireEvent): boolean {
  return event.type !== heartbeatType;
}

/** Which members an event has, and of which kind: the same for every status event. */
export function shapeOf(event: WireEvent): unknown {
  return {
    type: event.type,
    spec_version: event.spec_version,
    data_encoding: event.data_encoding,
    attributes: Object.fromEntries(
      Object.entries(event.attributes ?? {})
        .map(([name, value]): [string, string] => [name, Object.keys(value).join()])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    ),
    data: Object.keys((event.data ?? {}) as object).sort(),
  };
}

/** What a status event says, without times, hashes and messages. */
export function meaningOf(event: WireEvent): unknown {
  const data = event.data as unknown as StatusData;
  return {
    version: event.attributes?.['ce-resourceversion']?.['ce_integer'],
    conditions: conditionsOf(data.conditions),
    manifests: (data.resourceStatus ?? []).map((manifest) => ({
      kind: manifest.resourceMeta.kind,
      conditions: conditionsOf(manifest.conditions),
    })),
  };
}

/**
 * What the last event of a work says about its deletion. Its other conditions
 * are left over from whichever loop of the agent ran last.
 */
export function deletionOf(event: WireEvent): unknown {
  const data = event.data as unknown as StatusData;
  return {
    version: event.attributes?.['ce-resourceversion']?.['ce_integer'],
    conditions: conditionsOf(data.conditions.filter(({ type }) => type === 'Deleted' || type === 'Deleting')),
  };
}

/** A condition of the work in a status event. */
export function conditionOf(event: WireEvent, type: string): { readonly status: string } | undefined {
  return (event.data as unknown as StatusData).conditions.find((condition) => condition.type === type);
}

export function sequenceOf(event: WireEvent): bigint {
  return BigInt((event.attributes?.['ce-sequenceid']?.['ce_string'] as string | undefined) ?? '0');
}

function conditionsOf(conditions: readonly WireCondition[]): readonly string[] {
  return conditions
    .map(({ type, status, reason, observedGeneration }) => `${type}=${status} ${reason} @${observedGeneration ?? '-'}`)
    .sort();
}
