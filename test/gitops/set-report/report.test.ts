import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { reportedOf } from '../../../src/gitops/set-report/entries.ts';
import { fitReport, largestStatuses } from '../../../src/gitops/set-report/fit.ts';
import { entriesOfOthers, reportObject, setLabel, sumOf } from '../../../src/gitops/set-report/report-object.ts';
import { statusesOf, type ClusterCondition } from '../../../src/gitops/set-report/report.ts';
import { resourcesOf } from '../../../src/gitops/set-report/resources.ts';
import { writtenStatusOf } from '../../../src/gitops/status/decide.ts';
import { appRecord, type AppOver } from '../policy/records.ts';

const entry = (cluster: string, over: Partial<ClusterCondition> = {}): ClusterCondition => ({
  cluster,
  syncStatus: 'Synced',
  healthStatus: 'Healthy',
  app: `argocd/app-${cluster}/${cluster}/work`,
  ...over,
});

describe('what the report of a set says of one application', () => {
  const everyone = (): boolean => true;
  const said = (status: JsonObject | undefined, over: AppOver = {}, isOurs = everyone) => {
    const app = appRecord({ hub: { applicationSet: 'argocd/set' }, bundles: [{}], ...over });
    app.written = status === undefined ? undefined : writtenStatusOf(status);
    return reportedOf([app], isOurs).map((one) => one.entry);
  };

  it('is health, sync, operation and revision as the hub shows them, with the work that holds it', () => {
    const status = {
      health: { status: 'Degraded' },
      sync: { status: 'OutOfSync', revision: 'abc' },
      operationState: { phase: 'Failed', startedAt: '2026-01-02T03:04:05Z', message: 'no' },
    };
    expect(said(status)).toEqual([
      {
        cluster: 'c1',
        healthStatus: 'Degraded',
        syncStatus: 'OutOfSync',
        operationStatePhase: 'Failed',
        operationStateStartedAt: '2026-01-02T03:04:05Z',
        syncRevision: 'abc',
        app: 'argocd/app/c1/argocd-app',
        conditions: [{ type: 'OperationError', message: 'no' }],
      },
    ]);
  });

  it.each([
    ['before the hub was read', undefined],
    ['without a status', {}],
  ])('is Unknown twice and nothing else %s', (_when, status) => {
    expect(said(status)).toEqual([
      { cluster: 'c1', healthStatus: 'Unknown', syncStatus: 'Unknown', app: 'argocd/app/c1/argocd-app' },
    ]);
  });

  it.each<[string, AppOver]>([
    ['that was never published', { bundles: [] }],
    ['whose label was taken off', { hub: { applicationSet: 'argocd/set', selected: false } }],
    ['that is gone from the hub', { hub: 'gone' }],
    ['whose bundle is on another cluster still', { bundles: [{ stored: { consumer: 'c2' } }] }],
    ['of another uid than the bundle', { bundles: [{ stored: { hubUid: 'another' } }] }],
  ])('is nothing of one %s', (_which, over) => {
    expect(said({ health: { status: 'Healthy' } }, over)).toEqual([]);
  });

  it('is nothing where the cluster is left to others', () => {
    expect(said({}, {}, () => false)).toEqual([]);
  });

  it('is, of several on one cluster, that of the last by the name of its classic work', () => {
    const apps = ['argocd/b', 'argocd/a', 'argocd/a-b'].map((key) => {
      const app = appRecord({ hub: { applicationSet: 'argocd/set' }, bundles: [{}] }, key);
      app.written = writtenStatusOf({ health: { status: key } });
      return app;
    });
    const entries = reportedOf(apps, everyone).map((one) => one.entry);
    expect(entries.map(({ healthStatus }) => healthStatus)).toEqual(['argocd/a-b', 'argocd/a', 'argocd/b']);
    expect(statusesOf(entries, []).clusterConditions).toMatchObject([{ cluster: 'c1', healthStatus: 'argocd/b' }]);
  });
});

describe('the whole report', () => {
  it('has the clusters by name, and counts them as the classic pull model does', () => {
    const { clusterConditions, summary } = statusesOf(
      [
        entry('c3', { healthStatus: 'Progressing' }),
        entry('c1'),
        entry('c10', { syncStatus: 'OutOfSync', healthStatus: 'Degraded' }),
        entry('c2', { syncStatus: 'Unknown', healthStatus: 'Unknown' }),
        // Of a cluster of which somebody knows errors and no work.
        { cluster: 'c4', conditions: [{ type: 'SyncError', message: 'm' }] },
      ],
      [],
    );
    expect(clusterConditions.map(({ cluster }) => cluster)).toEqual(['c1', 'c10', 'c2', 'c3', 'c4']);
    expect(summary).toEqual({
      clusters: '4',
      synced: '2',
      notSynced: '2',
      healthy: '1',
      notHealthy: '3',
      inProgress: '1',
    });
  });

  it('lists what an application deployed by name and kind, without what its controllers make of that', () => {
    const resources = resourcesOf({
      resources: [
        { version: 'v1', kind: 'Service', namespace: 'n', name: 'b', status: 'Synced' },
        { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'n', name: 'b' },
        { version: 'v1', kind: 'Namespace', name: 'a' },
        ...['Pod', 'ReplicaSet', 'EndpointSlice', 'Application', 'ApplicationSet', 'Cluster'].map((kind) => ({
          version: 'v1',
          kind,
          name: 'left-out',
        })),
      ],
    });
    expect(statusesOf([], resources).resources).toEqual([
      { apiVersion: 'v1', kind: 'Namespace', name: 'a' },
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'b', namespace: 'n' },
      { apiVersion: 'v1', kind: 'Service', name: 'b', namespace: 'n' },
    ]);
  });

  it('is labelled with namespace and name of its set, cut at 63 characters, in a form that the hub takes', () => {
    expect(setLabel('openshift-gitops/long-resource-name-truncate-the-name-over-46-chars')).toBe(
      'openshift-gitops.long-resource-name-truncate-the-name-over-46-c',
    );
    expect(setLabel(`argocd/${'x'.repeat(55)}-${'y'.repeat(20)}`)).toBe(`argocd.${'x'.repeat(55)}`);
  });

  it('leaves what others have put on the one that stands there', () => {
    const standing = {
      metadata: {
        name: 'set',
        namespace: 'argocd',
        resourceVersion: '7',
        uid: 'u',
        labels: { theirs: 'stays' },
        annotations: { 'their/note': 'stays' },
      },
      statuses: { clusterConditions: [{ cluster: 'old' }] },
    };
    const fitted = fitReport(statusesOf([entry('c1')], []));
    const report = reportObject('argocd/set', fitted, standing);
    expect(report).toMatchObject({
      apiVersion: 'apps.open-cluster-management.io/v1alpha1',
      kind: 'MulticlusterApplicationSetReport',
      metadata: {
        name: 'set',
        namespace: 'argocd',
        resourceVersion: '7',
        uid: 'u',
        labels: { theirs: 'stays', 'apps.open-cluster-management.io/hosting-applicationset': 'argocd.set' },
        annotations: { 'their/note': 'stays', 'maestro-cli.hyperfleet.io/appset-report': 'whole' },
      },
      statuses: { clusterConditions: [{ cluster: 'c1' }] },
    });
    expect(sumOf(report)).toBe(sumOf(reportObject('argocd/set', fitted)));
    expect(sumOf(standing)).not.toBe(sumOf(report));
  });

  it('says again what it said of clusters that are left to others, and of no others', () => {
    const theirs = { cluster: 'theirs', syncStatus: 'Synced', app: 'argocd/a/theirs/a-12345', more: 'x' };
    const report = { statuses: { clusterConditions: [theirs, { cluster: 'ours' }, {}, 'no entry'] } };
    expect(entriesOfOthers(report, (cluster) => cluster === 'ours')).toEqual([theirs]);
  });
});

describe('a report that the hub could not store', () => {
  const message = 'm'.repeat(515);
  const statuses = statusesOf(
    Array.from({ length: 100 }, (_, at) => entry(`c${String(at)}`, { conditions: [{ type: 'SyncError', message }] })),
    [{ kind: 'Service', name: 'r'.repeat(5_000) }],
  );
  const whole = fitReport(statuses);
  const cutTo = (bytes: number) => fitReport(statuses, bytes);

  it('is whole up to the last byte', () => {
    expect(whole.cut).toBe('whole');
    expect(whole.statuses).toEqual(statuses);
    expect(whole.bytes).toBe(Buffer.byteLength(JSON.stringify(statuses)));
    expect(cutTo(whole.bytes).cut).toBe('whole');
    expect(cutTo(whole.bytes - 1).cut).toBe('messages-shortened');
  });

  it('loses the ends of messages, messages, resources and clusters, in this order, and never its summary', () => {
    const seen = new Map<string, (typeof whole)['statuses']>();
    for (let bytes = whole.bytes; bytes > 0; bytes -= 500) {
      const fitted = cutTo(bytes);
      seen.set(fitted.cut, fitted.statuses);
      expect(fitted.statuses.summary).toEqual(statuses.summary);
      if (fitted.cut !== 'clusters-left-out') expect(fitted.bytes).toBeLessThanOrEqual(bytes);
    }
    expect([...seen.keys()]).toEqual([
      'whole',
      'messages-shortened',
      'messages-left-out',
      'resources-left-out',
      'clusters-left-out',
    ]);
    expect(seen.get('messages-shortened')?.clusterConditions[0]?.conditions).toEqual([
      { type: 'SyncError', message: expect.stringMatching(/^m{32,256}\.\.\.$/) as string },
    ]);
    expect(seen.get('messages-left-out')?.clusterConditions[0]?.conditions).toEqual([{ type: 'SyncError' }]);
    expect(seen.get('messages-left-out')?.resources).toEqual(statuses.resources);
    expect(seen.get('resources-left-out')).toMatchObject({ resources: [] });
    expect(seen.get('resources-left-out')?.clusterConditions).toHaveLength(100);
    expect(seen.get('clusters-left-out')).toMatchObject({ resources: [], clusterConditions: [] });
  });

  it('counts characters that the hub stores as six', () => {
    const angled = statusesOf([entry('c1', { conditions: [{ type: 'SyncError', message: '<a>&' }] })], []);
    expect(fitReport(angled).bytes).toBe(Buffer.byteLength(JSON.stringify(angled)) + 15);
  });

  it('is whole for 3,000 clusters in life, also when all of them are broken in few words', () => {
    const fleet = (over: Partial<ClusterCondition>) =>
      fitReport(
        statusesOf(
          Array.from({ length: 3_000 }, (_, at) => {
            const cluster = `managed-cluster-west-${String(at).padStart(4, '0')}`;
            return entry(cluster, {
              operationStatePhase: 'Succeeded',
              operationStateStartedAt: '2026-01-02T03:04:05Z',
              syncRevision: 'a'.repeat(40),
              app: `openshift-gitops/${cluster}-guestbook/${cluster}/openshift-gitops-${cluster}-guestbook`,
              ...over,
            });
          }),
          Array.from({ length: 50 }, (_, at) => ({
            apiVersion: 'apps/v1',
            kind: 'Deployment',
            name: `deployment-${String(at)}`,
            namespace: 'guestbook',
          })),
        ),
      );
    const well = fleet({});
    expect(well.cut).toBe('whole');
    expect(well.bytes).toBeLessThan(largestStatuses * 0.8);
    expect(fleet({ conditions: [{ type: 'SyncError', message: 'no such path: guestbook' }] }).cut).toBe('whole');
    const wordy = fleet({ conditions: [{ type: 'SyncError', message }] });
    expect(wordy.bytes).toBeLessThan(largestStatuses);
    expect(wordy.cut).toBe('messages-shortened');
    if (process.env['SET_REPORT_SIZES'] !== undefined) console.log(well.bytes, wordy.bytes, wordy.cut);
  });
});
