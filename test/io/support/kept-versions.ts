import type { KeptVersion } from '../../../src/core/history/kept-version.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { HistoryKey } from '../../../src/io/history-files.ts';

export const keyOf = (name: string): HistoryKey => ({
  server: 'maestro.example:8090',
  source: 'maestro-cli',
  consumer: 'c1',
  name,
});

/** A version to keep, with a text that makes it as long as a test wants. */
export function keptOf(
  version: number,
  text = '',
  createdAt = '2026-01-02T03:04:05.678Z',
): { readonly kept: Omit<KeptVersion, 'work'>; readonly document: JsonObject } {
  const manifest = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    data: { text, version: `${version}` },
  };
  return {
    kept: {
      version,
      createdAt,
      keptAt: '2026-01-02T03:04:05.678Z',
      manager: 'm',
      operation: 'updated',
      command: 'apply',
      changes: [],
      leftOut: [],
    },
    document: {
      apiVersion: 'work.open-cluster-management.io/v1',
      kind: 'ManifestWork',
      metadata: { name: 'w' },
      spec: { workload: { manifests: [manifest] } },
    },
  };
}
