import { canonicalJson } from '../../core/json.ts';
import type { JsonObject } from '../../core/json.ts';
import { bundleOf, metadataOf, parsePayload, parseStatus } from '../service/bundle.ts';
import type { StoredConsumer, StoredWork } from '../store/types.ts';
import { formatMicros } from '../time.ts';

export const apiRoot = '/api/maestro';
export const apiV1 = `${apiRoot}/v1`;

/** A ResourceBundle as JSON text with sorted keys; it never shows the source or the executor. */
export function presentBundle(work: StoredWork): string {
  const payload = parsePayload(work);
  const bundle = bundleOf(payload);
  const status = parseStatus(work);
  return canonicalJson({
    id: work.id,
    kind: 'ResourceBundle',
    href: `${apiV1}/resource-bundles/${work.id}`,
    name: work.id,
    consumer_name: work.consumerName,
    version: work.version,
    created_at: formatMicros(work.createdAt),
    updated_at: formatMicros(work.updatedAt),
    ...(work.deletedAt === undefined ? {} : { deleted_at: formatMicros(work.deletedAt) }),
    metadata: metadataOf(work, payload) ?? {},
    manifests: bundle.manifests,
    manifest_configs: bundle.manifestConfigs,
    delete_option: bundle.deleteOption ?? {},
    ...(status === undefined
      ? {}
      : {
          status: {
            ObservedVersion: status.resourceVersion,
            SequenceID: status.sequenceId,
            conditions: status.conditions,
            ...(status.resourceStatus.length === 0 ? {} : { resourceStatus: status.resourceStatus }),
          },
        }),
  });
}

/** A Consumer; `nanos` are digits below a microsecond, shown before the database has rounded the time. */
export function presentConsumer(consumer: StoredConsumer, nanos: { created?: string; updated?: string } = {}): string {
  const time = (micros: number, digits: string | undefined): string =>
    digits === undefined ? formatMicros(micros) : withNanos(micros, digits);
  const labels: JsonObject = consumer.labels;
  return canonicalJson({
    id: consumer.id,
    kind: 'Consumer',
    href: `${apiV1}/consumers/${consumer.id}`,
    name: consumer.name,
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    created_at: time(consumer.createdAt, nanos.created),
    updated_at: time(consumer.updatedAt, nanos.updated),
  });
}

function withNanos(micros: number, digits: string): string {
  const padded = `${String(Math.trunc(micros / 1_000_000))}.${String(micros % 1_000_000).padStart(6, '0')}`;
  return `${formatMicros(Math.trunc(micros / 1_000_000) * 1_000_000).slice(0, -1)}.${padded.split('.')[1] ?? ''}${digits}Z`;
}

/** A list answer around items that are JSON text already. */
export function presentList(kind: string, items: readonly string[], page: number, total: number): string {
  return `{"items":[${items.join(',')}],"kind":"${kind}","page":${String(page)},"size":${String(items.length)},"total":${String(total)}}`;
}
