import type { EngineSnapshot } from '../../../src/gitops/run/controller-metrics.ts';
import { createMetrics } from '../../../src/gitops/run/metrics.ts';
import { readExposition, type ServedMetric } from '../../support/promlint.ts';

const snapshot: EngineSnapshot = {
  applications: { synced: 1 },
  queue: { change: { depth: 1, oldestMs: 1 } },
  parked: { UnknownConsumer: 1 },
  setAside: { application: 1 },
  orphans: 1,
  brakeOn: true,
  classicWorks: 5,
  classicWorksVisible: true,
  classicWorksApplications: 4,
  publishesInFlight: 1,
  publishWindow: 1,
  statusBacklog: 1,
  setReports: { whole: 1, cut: 0, failing: 0 },
};

/** Every metric that a controller's process serves, with its labels, out of the registry that it really uses. */
export async function servedMetrics(): Promise<ReadonlyMap<string, ServedMetric>> {
  const server = createMetrics({
    loopLag: () => ({ p50Ms: 1, p99Ms: 1, maxMs: 1 }),
    withProcess: true,
    build: { version: '1.0.0', commit: 'abc' },
  });
  const { metrics } = server;
  metrics.readSnapshotFrom(async () => snapshot);
  metrics.guardBlocked('Disabled');
  metrics.published('create', 'sent', 1);
  metrics.hubWrite('status', 'done', 1);
  metrics.watchRestarted('applications', 'expired');
  metrics.malformed('application');
  metrics.reconcileFailed('unavailable');
  server.hubCall({ verb: 'get', resource: 'applications', url: 'https://hub/apis/x', status: 200, seconds: 0.1 });
  return readExposition((await server.render()).text);
}
