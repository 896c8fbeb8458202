import { randomUUID } from 'node:crypto';

import type { Json } from './normalise.ts';
import type { WireEvent } from './wire.ts';

const bundles = 'io.open-cluster-management.works.v1alpha1.manifestbundles';

export interface SpecEvent {
  readonly consumer: string;
  readonly id: string;
  readonly source: string;
  readonly name?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly version?: number;
  /** Data in place of one ConfigMap; a string is sent as it is. */
  readonly data?: Json;
}

/** A write as the recordings have it: prefixed attributes, metadata as a JSON string, data in binary_data. */
export function specEvent(action: 'create' | 'update' | 'delete', spec: SpecEvent): WireEvent {
  const now = { ce_timestamp: { seconds: String(Math.floor(Date.now() / 1000)), nanos: 0 } };
  const metadata = {
    name: spec.name ?? 'work',
    namespace: spec.consumer,
    uid: spec.id,
    ...(spec.labels === undefined ? {} : { labels: spec.labels }),
  };
  return {
    id: randomUUID(),
    source: spec.source,
    spec_version: '1.0',
    type: `${bundles}.spec.${action}_request`,
    attributes: {
      contenttype: { ce_string: 'application/json' },
      'ce-time': now,
      'ce-clustername': { ce_string: spec.consumer },
      'ce-resourceid': { ce_string: spec.id },
      'ce-resourceversion': { ce_integer: spec.version ?? 0 },
      'ce-originalsource': { ce_string: '' },
      'ce-metadata': { ce_string: JSON.stringify(metadata) },
      ...(action === 'delete' ? { 'ce-deletiontimestamp': now } : {}),
    },
    ...(action === 'delete' ? {} : { data: spec.data ?? { manifests: [configMap('c', { a: 'b' })] } }),
  };
}

/** Asks for the statuses of a source that differ from the known ones; all of them when none is known. */
export function resyncEvent(
  source: string,
  known: readonly { readonly resourceID: string; readonly statusHash: string }[],
): WireEvent {
  return {
    id: randomUUID(),
    source,
    spec_version: '1.0',
    type: `${bundles}.status.resync_request`,
    attributes: { contenttype: { ce_string: 'application/json' }, 'ce-clustername': { ce_string: '' } },
    data: { statusHashes: known.map((entry) => ({ ...entry })) },
  };
}

export function configMap(name: string, data: Readonly<Record<string, string>>): Json {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default' }, data: { ...data } };
}

/** What an agent reports last of all about a work: the server forgets the row on it. */
export function deletedReport(consumer: string, id: string, version: number): WireEvent {
  return {
    id: randomUUID(),
    source: `${consumer}-agent`,
    spec_version: '1.0',
    type: `${bundles}.status.update_request`,
    attributes: {
      contenttype: { ce_string: 'application/json' },
      'ce-time': { ce_timestamp: { seconds: String(Math.floor(Date.now() / 1000)), nanos: 0 } },
      'ce-clustername': { ce_string: consumer },
      'ce-originalsource': { ce_string: 'maestro' },
      'ce-resourceid': { ce_string: id },
      'ce-resourceversion': { ce_integer: version },
      'ce-sequenceid': { ce_string: String(BigInt(Date.now()) << 22n) },
    },
    data: {
      conditions: [
        {
          type: 'Deleted',
          status: 'True',
          reason: 'ManifestsDeleted',
          message: '',
          lastTransitionTime: new Date().toISOString(),
        },
      ],
      resourceStatus: [],
    },
  };
}
