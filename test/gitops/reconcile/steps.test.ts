import { describe, expect, test } from 'vitest';
import type { WorkRequest } from '../../../src/clients/index.ts';
import type { ManifestWork } from '../../../src/core/works/manifest-work.ts';
import { isWrittenWork, readWrittenWork, type WrittenWork } from '../../../src/core/works/written-work.ts';
import { markOperation } from '../../../src/gitops/bundle/operation-mark.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { systemClock } from '../../../src/clock.ts';
import { MaestroError } from '../../../src/errors.ts';
import {
  clusterAnnotation,
  hubIdStamp,
  hubNameAnnotation,
  hubNamespaceAnnotation,
  hubUidStamp,
} from '../../../src/gitops/constants.ts';
import { BundleRecord } from '../../../src/gitops/index/records.ts';
import { noneDue, operationIsDue, withDue } from '../../../src/gitops/status/due-conditions.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { hubObject } from '../bundle/application.ts';
import { storedBundle } from '../policy/records.ts';
import { bundleRow, hubApp, key, reportOf, setUp } from './set-up.ts';

describe('a step that was decided on what is not true any more', () => {
  test('the rights for one cluster publish nothing to another one, which the application names by now', async () => {
    const { hub, maestro, store, propagate, delivered } = setUp();
    store.contents.delete(key);
    hub.now = hubApp({ cluster: 'c2', version: '11' });
    await propagate();
    expect(maestro.published).toEqual([]);
    await propagate();
    expect(maestro.published).toEqual([]);
    expect(delivered().blocked?.reason).toBe('NotAuthorised');
  });

  test('an operation that came meanwhile is not taken from the hub in the place of the one that was passed on', async () => {
    const { hub, app, deliver, store, see, propagate } = setUp();
    see(hubApp({ version: '11', operation: { sync: { revision: 'one' } } }));
    deliver({ oneShot: { op: app.hub?.operation ?? '', opAfter: '' } });
    app.operationTaken = false;
    store.contents.delete(key);
    hub.now = hubApp({ version: '12', operation: { sync: { revision: 'two' } } });
    await propagate();
    expect(hub.patches).toEqual([]);
  });
});

test('a change is published although what is read for it is older than what the watch brings meanwhile', async () => {
  const { hub, maestro, app, store, queue, see, propagate } = setUp();
  store.contents.delete(key);
  // A status write, such as our own, while the read of before it is under way.
  hub.whileReading = () => void see(hubApp({ version: '11' }));
  await propagate();
  expect(maestro.published).toEqual([]);
  expect(queue.later).toBe(1);
  hub.whileReading = () => undefined;
  hub.now = hubApp({ version: '11' });
  await propagate();
  expect(maestro.published).toHaveLength(1);
  expect(app.bundles).toHaveLength(1);
});

test('what is read too early for a step takes nothing back: an application stays parked until the step is taken', async () => {
  const { hub, see, propagate, delivered, block } = setUp();
  block('RefusedByServer', 'too large');
  hub.whileReading = () => void see(hubApp({ version: '11' }));
  await propagate();
  expect(delivered().blocked?.reason).toBe('RefusedByServer');
});

describe('an end that the watch tells of while the application is read', () => {
  test.each([{ delivered: true }, { delivered: false }])(
    'is believed, not the answer of before; delivered: $delivered',
    async ({ delivered }) => {
      const { hub, maestro, app, deliver, store, hubHandler, propagate } = setUp();
      if (delivered) deliver({ contentHash: 'older' });
      store.contents.delete(key);
      hub.whileReading = () => {
        hub.whileReading = () => undefined;
        hub.now = undefined;
        hubHandler.applicationLost(key);
      };
      await propagate();
      expect(maestro.published).toEqual([]);
      expect(app.hub).toBeUndefined();
      expect(store.index.get(key)).toBe(delivered ? app : undefined);
    },
  );
});

test('what is published carries the AppProject that the hub has by then', async () => {
  const { hub, maestro, store, see, propagate } = setUp({ deliverProject: true });
  const project = (repository: string): JsonObject => ({
    metadata: { name: 'default' },
    spec: { sourceRepos: [repository] },
  });
  store.projects.set('argocd/default', project('https://old.example.com'));
  hub.now = hubApp({ version: '11' });
  see(hub.now);
  store.projects.set('argocd/default', project('https://new.example.com'));
  await propagate();
  await propagate();
  const [request] = maestro.published as readonly WorkRequest<WrittenWork>[];
  expect(request?.kind === 'create' && request.work.dataText).toContain('https://new.example.com');
  expect(maestro.published).toHaveLength(1);
});

test('nothing is decided before both sides have been read', async () => {
  const { maestro, store, propagate } = setUp();
  store.synced = false;
  await propagate();
  expect(maestro.published).toEqual([]);
  store.synced = true;
  await propagate();
  expect(maestro.published).toHaveLength(1);
});

test('an application waits for its predecessor to go no longer than Maestro has that, heard of or not', async () => {
  const { maestro, app, deliver, propagate, delivered } = setUp();
  deliver({ deleting: true });
  await propagate();
  expect(maestro).toMatchObject({ published: [], read: 1 });
  expect(app.bundles).toEqual([]);
  await propagate();
  expect(maestro.published).toMatchObject([{ kind: 'create' }]);
  expect(delivered().blocked).toBeUndefined();
});

test('a Maestro that was restored from a backup is believed when it refuses a version that it does not have', async () => {
  const { maestro, app, deliver, propagate } = setUp();
  deliver({ version: 5, contentHash: '1:older' });
  const annotations = {
    [hubNamespaceAnnotation]: 'argocd',
    [hubNameAnnotation]: 'app',
    [hubIdStamp]: 'hub-1',
    [hubUidStamp]: 'uid-1',
  };
  maestro.bundle = bundleRow({ version: 3, metadata: { name: 'argocd-app', annotations } });
  maestro.refusal = new MaestroError('conflict', 'the resource version is not the latest');
  await propagate();
  expect(app.bundles.map(({ stored }) => stored.version)).toEqual([3]);
  maestro.refusal = undefined;
  await propagate();
  expect(maestro.published).toMatchObject([{ kind: 'update', version: 3 }]);
});

test('a deletion of what Maestro has no more is over', async () => {
  const { hub, maestro, app, deliver, warnings, see, propagate } = setUp();
  deliver();
  hub.now = hubApp({ version: '11', selected: false });
  see(hub.now);
  maestro.refusal = new MaestroError('not-found', 'no such bundle', { reason: 'NotFound' });
  await propagate();
  expect(app.bundles).toEqual([]);
  expect(warnings).toEqual([]);
});

test('a deletion without an answer is looked for before it is asked for again', async () => {
  const { hub, maestro, app, deliver, see, propagate } = setUp();
  deliver();
  hub.now = hubApp({ version: '11', selected: false });
  see(hub.now);
  maestro.refusal = new MaestroError('unavailable', 'the connection was lost', {
    transient: true,
    delivery: 'unknown',
  });
  await propagate();
  expect(app.bundles).toHaveLength(1);
  maestro.refusal = undefined;
  await propagate();
  expect(maestro.published).toEqual([]);
  expect(app.bundles).toEqual([]);
});

test('without the lease nothing is taken from a hub application', async () => {
  const { hub, may, app, deliver, see, propagate } = setUp();
  hub.now = hubApp({ version: '11', operation: { sync: {} } });
  see(hub.now);
  Object.assign(deliver({ oneShot: { op: app.hub?.operation ?? '', opAfter: '' } }), {
    operationBegunMs: Number.NEGATIVE_INFINITY,
  });
  app.operationTaken = false;
  may.lead = false;
  await propagate();
  expect(hub.patches).toEqual([]);
  may.lead = true;
  await propagate();
  expect(hub.patches).toHaveLength(1);
});

test('a wait for the turn to publish is told apart from a step that hangs', async () => {
  const { controllers, maestro, see, propagate } = setUp({ maxConcurrency: 1 });
  const { running } = controllers.delivery;
  const others = Array.from({ length: 3 }, (_, at) => `argocd/app-${String(at)}`);
  for (const name of others)
    see({ ...hubApp(), metadata: { ...(hubApp()['metadata'] as JsonObject), name: name.slice(7), uid: name } });
  const answer = Promise.withResolvers<void>();
  maestro.whilePublishing = () => answer.promise;
  const steps = others.map((of) => {
    running.begin(of);
    return propagate(of);
  });
  await new Promise((resolve) => setImmediate(resolve));
  expect(maestro.published).toHaveLength(1);
  for (const { target } of maestro.published) expect(target.consumer).toBe('c1');
  running.end(others[0] ?? '');
  // All but the first wait for their turn.
  expect(running.oldestMs).toBeUndefined();
  answer.resolve();
  await Promise.all(steps);
  expect(maestro.published).toHaveLength(3);
});

test('no status is written to an application that is not ours any more', async () => {
  const { hub, maestro, deliver, see, report, bringHome } = setUp();
  const bundle = deliver();
  report(reportOf('Healthy', '1'));
  await bringHome();
  expect(hub.patches).toHaveLength(1);
  see(hubApp({ version: '11', selected: false }));
  maestro.bundle = bundleRow({ status: reportOf('Missing', '2') });
  report(reportOf('Missing', '2'));
  await bringHome();
  expect(bundle.sequenceId).toBe('2');
  expect(hub.patches).toHaveLength(1);
});

test('what we told of the delivery goes from an application that opts out, and nothing else of its status', async () => {
  const { hub, app, store, hubHandler, see, propagate, bringHome } = setUp();
  const ours = {
    type: 'MaestroDeliveryError',
    message: 'not delivered (NotAuthorised)',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  };
  const argos = { type: 'ComparisonError', message: 'no such path', lastTransitionTime: '2026-01-01T00:00:00Z' };
  const status = { health: { status: 'Unknown' }, conditions: [argos, ours] };
  see({ ...hubApp({ version: '11' }), status });
  hub.now = { ...hubApp({ version: '12', selected: false }), status };
  hubHandler.applicationLost(key);
  await propagate();
  expect(app.hub?.selected).toBe(false);
  await bringHome();
  expect(hub.patches).toEqual([
    [
      { op: 'test', path: '/metadata/uid', value: 'uid-1' },
      { op: 'test', path: '/status/conditions', value: [argos, ours] },
      { op: 'replace', path: '/status/conditions', value: [argos] },
    ],
  ]);
  expect(store.index.get(key)).toBeUndefined();
});

test('a Maestro that is away is told of once for all applications that wait for it', async () => {
  const { maestro, warnings, see, propagate } = setUp();
  const others = Array.from({ length: 20 }, (_, at) => `app-${String(at)}`);
  for (const name of others)
    see(hubObject({ ...hubApp(), metadata: { ...(hubApp()['metadata'] as JsonObject), name, uid: name } }));
  maestro.refusal = new MaestroError('unavailable', 'nothing listens there', { transient: true, delivery: 'not-sent' });
  for (const of of [key, ...others.map((name) => `argocd/${name}`)]) await propagate(of);
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toMatchObject(['will be tried again', { application: key, code: 'unavailable' }]);
});

test('statuses are read from Maestro in few reads, two at once, whatever the number of applications', async () => {
  const { maestro, hub, store, see, bringHome } = setUp();
  const keys = Array.from({ length: 30 }, (_, at) => `argocd/many-${String(at)}`);
  for (const of of keys) {
    const name = of.slice('argocd/'.length);
    see(hubObject({ ...hubApp(), metadata: { ...(hubApp()['metadata'] as JsonObject), name, uid: name } }));
    store.index.addBundle(
      of,
      new BundleRecord(storedBundle({ id: name, hubName: name, spokeName: name, hubUid: name })),
    );
  }
  let most = 0;
  let underWay = 0;
  maestro.whileReading = async () => {
    underWay += 1;
    most = Math.max(most, underWay);
    await new Promise((resolve) => setImmediate(resolve));
    underWay -= 1;
  };
  await Promise.all(keys.map((of) => bringHome(of)));
  // One, one while that is read, as many as a read takes, and the rest.
  expect(maestro.read).toBe(4);
  expect(most).toBe(2);
  expect(hub.patches).toEqual([]);
});

test('a 429 of the hub slows writing down, whether it says for how long or not', async () => {
  const { hub, deliver, maestro, controllers, report, bringHome } = setUp();
  deliver();
  maestro.bundle = bundleRow({ status: reportOf('Healthy', '1') });
  report(reportOf('Healthy', '1'));
  hub.refusal = new MaestroError('unavailable', 'the hub asks for fewer requests (429)', {
    reason: 'ServerError',
    transient: true,
    delivery: 'refused',
  });
  const before = controllers.status.parts.budget.rate;
  await bringHome();
  expect(hub.patches).toHaveLength(1);
  expect(controllers.status.parts.budget.rate).toBe(before / 2);
});

test('the lag of a status counts from its report, not from the report that was there at the start', async () => {
  const { app, deliver, lags, maestro, hub, store, see, report, bringHome } = setUp();
  deliver();
  store.synced = false;
  hub.now = { ...hubApp({ version: '11' }), status: { health: { status: 'Healthy' } } };
  see(hub.now);
  report(reportOf('Healthy', '1'));
  store.synced = true;
  store.changed(app);
  await new Promise((resolve) => setTimeout(resolve, 60));
  maestro.bundle = bundleRow({ status: reportOf('Missing', '2') });
  report(reportOf('Missing', '2'));
  await bringHome();
  expect(lags).toHaveLength(1);
  expect(lags[0]).toBeLessThan(50);
});

test('what is told of a silent cluster survives a restart, until the cluster is heard', () => {
  const { controllers, store, app, deliver } = setUp({ staleAfterMs: 600_000 });
  const { liveness } = controllers.status.parts;
  deliver();
  expect(liveness.silentSince(app)).toBeUndefined();
  const previous = { type: 'MaestroDeliveryWarning', lastTransitionTime: '2026-01-01T00:00:00Z' } as const;
  app.delivery = [
    {
      ...previous,
      message:
        'cluster c1 has reported nothing since 2026-01-01T00:00:00Z; the status is the last one that it reported',
    },
  ];
  expect(liveness.silentSince(app)).toBeDefined();
  expect(liveness.due(app)).toBe(withDue(noneDue, 'silent'));
  store.heardMs.set('c1', systemClock.wallMs());
  expect(liveness.silentSince(app)).toBeUndefined();
  expect(liveness.due(app)).toBe(noneDue);
});

describe('by name, and once for each reason, the log tells of an application', () => {
  test('that is parked, and that nothing holds up any more', () => {
    const { infos, block, unblock } = setUp();
    block('RefusedByServer', 'too large');
    block('RefusedByServer', 'too large');
    block('NotAuthorised', 'no PlacementDecision');
    unblock();
    expect(infos).toMatchObject([
      [
        'an application is not delivered',
        { application: key, cluster: 'c1', reason: 'RefusedByServer', why: 'too large' },
      ],
      ['an application is not delivered', { application: key, reason: 'NotAuthorised' }],
      ['nothing holds an application up any more', { application: key, reason: 'NotAuthorised' }],
    ]);
  });

  test('that its cluster cannot apply', async () => {
    const { maestro, deliver, infos, report, bringHome } = setUp();
    deliver();
    for (const sequence of ['1', '2']) {
      const failed = {
        ...reportOf('Healthy', sequence),
        resourceStatus: reportOf('Healthy', sequence).resourceStatus.map((entry) => ({
          ...entry,
          conditions: [{ type: 'Applied', status: 'False', observedGeneration: 1, reason: 'x', message: 'forbidden' }],
        })),
      };
      report(failed);
      maestro.bundle = bundleRow({ status: failed });
      await bringHome();
    }
    expect(infos).toMatchObject([
      [
        'the delivery of an application',
        {
          application: key,
          cluster: 'c1',
          says: expect.stringContaining('cluster c1 cannot apply the application') as string,
        },
      ],
    ]);
  });

  test('for which a cluster reports another one, or another cluster reports', () => {
    const { deliver, warnings, report } = setUp();
    deliver();
    for (const sequence of ['1', '2']) {
      const forged = {
        ...reportOf('Healthy', sequence),
        resourceStatus: reportOf('Healthy', sequence).resourceStatus.map((entry) => ({
          ...entry,
          resourceMeta: { ...entry.resourceMeta, name: 'victim' },
        })),
      };
      report(forged);
      report(forged, { consumer: 'c2' });
    }
    expect(warnings).toMatchObject([
      [
        'a cluster reports for an Application that is not in this bundle, which is ignored',
        { application: key, cluster: 'c1', bundle: 'b1', reported: 'argocd/victim' },
      ],
      [
        'a report of another cluster than that of its bundle was refused',
        { application: key, bundle: 'b1', cluster: 'c1', from: 'c2' },
      ],
    ]);
  });
});

test('an operation that has waited for a minute says why, in the words of what it waits for', async () => {
  const { app, hub, deliver, controllers, see, bringHome } = setUp();
  const bundle = deliver();
  hub.now = hubApp({ version: '11', operation: { sync: {} } });
  see(hub.now);
  bundle.operationRuns = true;
  await bringHome();
  expect(hub.patches).toEqual([]);
  app.operationSince = '2026-01-01T00:00:00Z';
  await bringHome();
  expect(JSON.stringify(hub.patches)).toContain(
    'the operation on the hub has been waiting since 2026-01-01T00:00:00Z: cluster c1 reports another one as running',
  );
  bundle.operationRuns = false;
  hub.now = hubApp({ version: '12' });
  see(hub.now);
  expect(app.operationSince).toBe('');
  expect(operationIsDue(controllers.status.parts.liveness.due(app))).toBe(false);
});

test('an application that the hub may reconcile too is told of', async () => {
  const { hub, see, bringHome } = setUp();
  const plain = hubApp({ version: '11' });
  hub.now = {
    ...plain,
    metadata: { ...(plain['metadata'] as JsonObject), annotations: { [clusterAnnotation]: 'c1' } },
  };
  see(hub.now);
  await bringHome();
  expect(JSON.stringify(hub.patches)).toContain('annotation argocd.argoproj.io/skip-reconcile is not');
});

test('a process that does not propagate forgets an application that is gone', async () => {
  const { hub, app, deliver, maestro, store, hubHandler, maestroHandler, propagate } = setUp();
  deliver();
  hub.now = undefined;
  hubHandler.applicationLost(key);
  await propagate();
  expect(app.hub).toBeUndefined();
  maestroHandler.absent('b1');
  expect(store.index.size).toBe(0);
  expect(maestro.published).toEqual([]);
});

describe('a Maestro that is away', () => {
  const away = new MaestroError('unavailable', 'nothing listens there', { transient: true, delivery: 'not-sent' });

  test('is told of on the application after a minute, without what only Maestro could say, and no longer once the change was sent', async () => {
    const clock = new ManualClock();
    const { hub, maestro, deliver, statusQueue, see, propagate, bringHome, delivered } = setUp({}, { clock });
    deliver({ contentHash: '1:old' });
    maestro.refusal = away;
    await propagate();
    expect(delivered().unsent).toMatchObject({ why: 'Maestro cannot be reached' });
    await bringHome();
    expect(hub.patches).toEqual([]);
    await clock.advance(60_000);
    maestro.whileReading = () => Promise.reject(away);
    await bringHome();
    expect(JSON.stringify(hub.patches)).toContain(
      'could not be sent to cluster c1 since 2026-11-22T11:00:00Z: Maestro cannot be reached; the status is still that of the version before',
    );
    maestro.refusal = undefined;
    maestro.whileReading = async () => undefined;
    see(hubApp({ version: '12' }));
    await propagate();
    expect(delivered().unsent).toBeUndefined();
    expect(statusQueue.depth('change')).toBe(1);
  });

  test('is told of on an application whose deletion it does not take, and no longer once it did', async () => {
    const clock = new ManualClock();
    const { hub, maestro, deliver, see, propagate, bringHome, delivered } = setUp({}, { clock });
    deliver();
    const deleted = hubApp({ version: '11' });
    hub.now = {
      ...deleted,
      metadata: { ...(deleted['metadata'] as JsonObject), deletionTimestamp: '2026-01-01T00:00:00Z' },
    };
    see(hub.now);
    maestro.refusal = away;
    await propagate();
    expect(delivered().unsent).toMatchObject({ what: 'deletion', why: 'Maestro cannot be reached' });
    await clock.advance(60_000);
    await bringHome();
    expect(JSON.stringify(hub.patches)).toContain(
      'the deletion of the application could not be sent to cluster c1 since 2026-11-22T11:00:00Z: Maestro cannot be reached',
    );
    maestro.refusal = undefined;
    // It has the bundle: the deletion did not reach it.
    maestro.bundle = bundleRow();
    await propagate();
    expect(maestro.published).toMatchObject([{ kind: 'delete' }]);
    expect(delivered().unsent).toBeUndefined();
  });

  test('is tried again as soon as its stream is back, whatever the back-off', async () => {
    const { maestro, queue, maestroHandler, propagate } = setUp();
    maestro.refusal = away;
    await propagate();
    expect([queue.depth('change'), queue.later]).toEqual([0, 1]);
    maestroHandler.state('live');
    expect([queue.depth('change'), queue.later]).toEqual([1, 0]);
  });
});

describe('what waits for the other side', () => {
  const away = new MaestroError('unavailable', 'nothing listens there', { transient: true, delivery: 'not-sent' });
  const another = (version: string): JsonObject => ({
    ...hubApp({ version }),
    metadata: { ...(hubApp({ version })['metadata'] as JsonObject), name: 'another', uid: 'u-another' },
  });

  test('for Maestro is not tried again because the hub says something', async () => {
    const { maestro, queue, see, propagate } = setUp();
    maestro.refusal = away;
    await propagate();
    see(another('50'));
    // The other one alone is to be looked at now.
    expect([queue.depth('change'), queue.later]).toEqual([1, 1]);
  });

  test('for the hub is tried again as soon as the hub says something', async () => {
    const { hub, deliver, statusQueue, see, report, bringHome } = setUp();
    deliver();
    hub.refusal = away;
    report(reportOf('Degraded', '5'));
    expect(await statusQueue.take()).toBe(key);
    await bringHome();
    statusQueue.done(key);
    expect([statusQueue.depth('change'), statusQueue.later]).toEqual([0, 1]);
    see(another('50'));
    expect([statusQueue.depth('change'), statusQueue.later]).toEqual([1, 0]);
  });
});

describe('a cluster that is quicker than the answer to a publish', () => {
  const operation = { sync: { prune: true } };
  const ended = (version: number, sequenceId: string, mark: string) => ({
    ...reportOf('Healthy', sequenceId),
    observedVersion: version,
    resourceStatus: reportOf('Healthy', sequenceId).resourceStatus.map((entry) => ({
      ...entry,
      conditions: [{ type: 'Applied', status: 'True', observedGeneration: version, reason: 'x', message: '' }],
      feedback: [
        {
          name: 'status',
          value: {
            operationState: {
              phase: 'Succeeded',
              startedAt: '2026-01-01T00:00:01Z',
              operation: markOperation(operation, mark),
            },
          },
        },
      ],
    })),
  });
  /** As a read of Maestro has what was published. */
  const rowOf = (
    request: WorkRequest<ManifestWork | WrittenWork> | undefined,
    version: number,
    status: unknown,
  ): ResourceBundle => {
    if (request === undefined || request.kind === 'delete' || !isWrittenWork(request.work))
      throw new Error('nothing was published');
    const { name, labels, annotations, manifests, manifestConfigs } = readWrittenWork(request.work);
    const { id, consumer: consumerName } = request.target;
    const metadata = { name, labels, annotations };
    return bundleRow({
      id,
      consumerName,
      version,
      updatedAt: '2026-01-01T00:00:00Z',
      metadata,
      manifests,
      manifestConfigs,
      status,
    });
  };

  const begin = () => {
    const made = setUp();
    made.deliver({ contentHash: made.app.hub?.desiredHash ?? '' });
    made.hub.now = hubApp({ version: '12', operation });
    made.see(made.hub.now);
    const markOf = (): string =>
      /"value":"(12-[0-9a-f]{8})"/.exec(
        (made.maestro.published.at(-1) as WorkRequest<WrittenWork> & { work: WrittenWork }).work.dataText,
      )?.[1] ?? '';
    return { ...made, markOf };
  };

  test('has its report judged once more, by what was published', async () => {
    const { maestro, app, reads, markOf, maestroHandler, propagate, report } = begin();
    maestro.whilePublishing = async () => report(ended(2, '5', markOf()), { version: 2 });
    await propagate();
    expect([app.bundles[0]?.stored.version, app.bundles[0]?.operationFinished]).toEqual([2, false]);
    // For the report that is ahead of what is known, and once that is known.
    expect(reads).toEqual(['b1', 'b1']);
    maestroHandler.row(rowOf(maestro.published.at(-1), 2, ended(2, '5', markOf())));
    expect(app.bundles[0]?.operationFinished).toBe(true);
  });

  test('is read again when a read has less of it than the stream has told', async () => {
    const { maestro, app, reads, markOf, maestroHandler, propagate, report } = begin();
    maestro.whilePublishing = async () => {
      report(ended(2, '5', markOf()), { version: 2 });
      reads.length = 0;
      maestroHandler.row(rowOf(maestro.published.at(-1), 2, ended(2, '4', 'another')));
    };
    await propagate();
    expect([app.bundles[0]?.operationFinished, reads]).toEqual([false, ['b1']]);
    maestroHandler.row(rowOf(maestro.published.at(-1), 2, ended(2, '5', markOf())));
    expect(app.bundles[0]?.operationFinished).toBe(true);
  });

  test('does not leave an operation as taken back but not applied', async () => {
    const { hub, maestro, app, markOf, maestroHandler, propagate, bringHome, report } = begin();
    await propagate();
    const mark = markOf();
    report(ended(2, '5', mark), { version: 2 });
    expect(app.bundles[0]?.operationFinished).toBe(true);
    // The bundle keeps it until the hub is rid of it.
    await propagate();
    expect(maestro.published).toHaveLength(1);
    hub.now = hubApp({ version: '13' });
    await bringHome();
    expect(hub.patches.at(-1)).toMatchObject([
      { op: 'test' },
      { op: 'test', path: '/metadata/resourceVersion', value: '12' },
      { path: '/status' },
      { op: 'remove', path: '/operation' },
    ]);
    maestro.whilePublishing = async () => {
      const plain = ended(3, '7', mark);
      report(plain, { version: 3 });
      maestroHandler.row(rowOf(maestro.published.at(-1), 3, ended(2, '6', mark)));
    };
    await propagate();
    expect([maestro.published.length, app.bundles[0]?.stored.version]).toEqual([2, 3]);
    expect(app.bundles[0]?.dropped).toBeUndefined();
  });

  test('keeps what a read has told before the answer', async () => {
    const { maestro, app, markOf, maestroHandler, propagate, report } = begin();
    maestro.whilePublishing = async () => {
      const status = ended(2, '5', markOf());
      report(status, { version: 2 });
      maestroHandler.row(rowOf(maestro.published.at(-1), 2, status));
    };
    await propagate();
    expect([app.bundles[0]?.stored.version, app.bundles[0]?.operationFinished]).toEqual([2, true]);
  });
});
