import { describe, expect, test } from 'vitest';
import type { StatusEvent, SubscriptionItem } from '../../../src/clients/index.ts';
import { systemClock } from '../../../src/clock.ts';
import type { JsonObject } from '../../../src/core/json.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { hubIdStamp, hubNameAnnotation, hubNamespaceAnnotation, hubUidStamp } from '../../../src/gitops/constants.ts';
import { MaestroError } from '../../../src/errors.ts';
import { Follower } from '../../../src/works/follow.ts';
import { until } from '../../support/process.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { hubApp, setUp } from './set-up.ts';

const application = {
  apiVersion: 'argoproj.io/v1alpha1',
  kind: 'Application',
  metadata: { name: 'app', namespace: 'argocd', finalizers: ['resources-finalizer.argocd.argoproj.io'] },
  spec: {},
};
const metadata: JsonObject = {
  name: 'argocd-app',
  creationTimestamp: '2026-01-01T00:00:00Z',
  annotations: {
    [hubNamespaceAnnotation]: 'argocd',
    [hubNameAnnotation]: 'app',
    [hubIdStamp]: 'hub-1',
    [hubUidStamp]: 'uid-1',
  },
};
/** As REST has it while the agent deletes. */
const row = (over: Partial<ResourceBundle> = {}): ResourceBundle => ({
  id: 'b1',
  consumerName: 'c1',
  version: 1,
  createdAt: '2026-01-01T00:00:00.25Z',
  updatedAt: '2026-01-01T00:00:00Z',
  deletedAt: '2026-01-01T00:00:05Z',
  metadata,
  manifests: [application],
  manifestConfigs: [],
  raw: {},
  ...over,
});
const deleted = (over: Partial<StatusEvent> = {}): StatusEvent => ({
  kind: 'status',
  id: 'b1',
  consumer: 'c1',
  version: 1,
  sequenceId: '9',
  statusHash: '',
  time: '',
  metadata,
  data: {},
  status: {
    observedVersion: 1,
    sequenceId: '9',
    conditions: [{ type: 'Deleted', status: 'True', reason: '', message: '' }],
    resourceStatus: [],
  },
  ...over,
});

/** A hub application that is being deleted, with its bundle in Maestro. */
function deleting() {
  const clock = new ManualClock();
  const made = setUp({}, { clock });
  const { maestroHandler, see, decide } = made;
  const object = hubApp({ version: '20' });
  see({
    ...object,
    metadata: { ...(object['metadata'] as JsonObject), deletionTimestamp: '2026-01-01T00:00:04Z' },
  });
  maestroHandler.row(row());
  expect(decide().do).toBe('await-deletion');
  return { ...made, clock, step: decide };
}

const released = { do: 'release', confirmed: true };

describe('a row that was read before its bundle ended', () => {
  test('does not bring the bundle back: the application is released as confirmed', () => {
    const { app, step, maestroHandler } = deleting();
    maestroHandler.event(deleted());
    expect(step()).toEqual(released);
    maestroHandler.row(row());
    expect([app.bundles, maestroHandler.awaited(), app.end, step()]).toEqual([[], [], 'seen', released]);
  });

  test('does not bring it back through the follower either: the read was under way when the stream told of the end', async () => {
    const { app, step, maestroHandler } = deleting();
    const answer = Promise.withResolvers<void>();
    const asked = Promise.withResolvers<void>();
    const events = Promise.withResolvers<SubscriptionItem>();
    const taken = Promise.withResolvers<void>();
    const stop = new AbortController();
    const reader = {
      async *listBundles() {
        yield [row()];
      },
      async *getBundles() {
        asked.resolve();
        await answer.promise;
        yield [row()];
      },
    };
    const subscriber = {
      async *subscribe() {
        yield { kind: 'ready', subscriptionId: '1' };
        yield await events.promise;
        taken.resolve();
        await new Promise((_resolve, reject) => stop.signal.addEventListener('abort', reject));
      },
      close: () => undefined,
    };
    const rowsTaken: string[] = [];
    const listener = new Proxy(maestroHandler, {
      get: (target, name) => {
        const method = Reflect.get(target, name, target) as (...given: unknown[]) => unknown;
        return (...given: unknown[]) => {
          if (name === 'row') rowsTaken.push('row');
          return method.apply(target, given);
        };
      },
    });
    const feed = new Follower(
      { where: { source: 'app-work-client' }, wholeReadEveryMs: 2_700_000, stubborn: true },
      { clock: systemClock, random: () => 0.5, reader: reader, subscriber: subscriber as never },
      listener,
    );
    const running = feed.run(stop.signal);
    await until('the first read is over', () => rowsTaken.length === 1);
    expect(step().do).toBe('await-deletion');
    feed.readSoon('b1');
    await asked.promise;
    events.resolve(deleted());
    await taken.promise;
    expect([app.bundles, step()]).toEqual([[], released]);
    answer.resolve();
    await until('the answer of before has come', () => rowsTaken.length === 2);
    expect([app.bundles, app.end, maestroHandler.awaited(), step()]).toEqual([[], 'seen', [], released]);
    stop.abort(new MaestroError('terminated', 'the test is over'));
    await running;
  });

  test('is asked for once more when another read alone has said that the bundle is gone', () => {
    const { app, reads, step, maestroHandler } = deleting();
    const old = maestroHandler.beginRead();
    maestroHandler.absent('b1');
    maestroHandler.row(row(), old);
    expect([app.bundles, app.end, reads, step()]).toEqual([[], 'unseen', ['b1'], released]);
    // What is read then is true.
    maestroHandler.row(row());
    expect(step().do).toBe('await-deletion');
  });

  test('is believed when it is still there after an hour: Maestro may have been restored', async () => {
    const { app, clock, maestroHandler } = deleting();
    maestroHandler.event(deleted());
    await clock.advance(3_600_001);
    maestroHandler.row(row());
    expect(app.bundles).toHaveLength(1);
  });
});

describe('a bundle that was made anew under the same id', () => {
  const successor = row({
    createdAt: '2026-01-01T00:01:00Z',
    deletedAt: undefined as never,
    metadata: { ...metadata, creationTimestamp: '2026-01-01T00:01:00Z' },
  });

  test('is taken, and an event of before the end of its predecessor does not end it', () => {
    const { app, maestroHandler } = deleting();
    maestroHandler.event(deleted());
    maestroHandler.row(successor);
    expect(app.bundles).toHaveLength(1);
    maestroHandler.event(deleted());
    expect(app.bundles).toHaveLength(1);
    // Its own end does.
    const own = deleted({ metadata: successor.metadata, sequenceId: '12' });
    maestroHandler.event({ ...own, status: { ...own.status, sequenceId: '12' } });
    expect(app.bundles).toEqual([]);
  });
});

describe('the end of a bundle that a cluster tells of', () => {
  test('hides nothing of another cluster', () => {
    const { app, store, maestroHandler } = setUp();
    maestroHandler.event(deleted({ consumer: 'c2', sequenceId: '999' }));
    maestroHandler.row(row({ deletedAt: undefined as never }));
    expect(app.bundles).toHaveLength(1);
    maestroHandler.event(deleted({ consumer: 'c2', sequenceId: '999' }));
    expect(store.index.byBundle('b1')).toBeDefined();
  });
});
