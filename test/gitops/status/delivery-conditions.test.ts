import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import type { DeliveryCondition } from '../../../src/gitops/status/decide.ts';
import { deliveryConditionsIn } from '../../../src/gitops/status/delivery-condition.ts';
import {
  deliveryConditions,
  tellsOfClassicWorks,
  tellsOfSilence,
} from '../../../src/gitops/status/delivery-conditions.ts';
import type { DeliveryFacts } from '../../../src/gitops/status/delivery-conditions.ts';
import { report } from './samples.ts';

const since = '2026-01-01T01:00:00Z';
const now = '2026-01-01T02:00:00Z';
const failed = { ...report().applied, status: 'False' as const, message: 'namespaces "x" not found', since };

function conditions(over: Partial<DeliveryFacts> = {}): readonly DeliveryCondition[] {
  return deliveryConditions({
    cluster: 'c1',
    spokeNamespace: 'argocd',
    report: report(),
    publishedVersion: 3,
    pendingSince: '',
    now,
    previous: [],
    ...over,
  });
}

const old = report({ observedVersion: 2 });
const dueNow = '2026-01-01T01:59:00Z';
const { since: _since, ...appliedSomeTime } = report().applied;
const withoutTime = report({ status: {}, applied: appliedSomeTime });
const withoutStatus = report({ status: {}, applied: { ...report().applied, since } });

describe('deliveryConditions', () => {
  it('does not call a cluster silent about an application that waits for a status, which has a condition of its own', () => {
    expect(conditions({ silentSince: since, report: withoutStatus })).toEqual(conditions({ report: withoutStatus }));
    expect(conditions({ report: withoutStatus })).toHaveLength(1);
    expect(
      conditions({ silentSince: since, report: undefined, pendingSince: since }).map(({ message }) => message),
    ).toEqual([`the latest version of the application has been on its way to cluster c1 since ${since}`]);
  });

  it('says nothing when nothing is wrong', () => {
    expect(conditions()).toEqual([]);
    expect(conditions({ report: undefined, publishedVersion: 0 })).toEqual([]);
  });

  it.each<[string, Partial<DeliveryFacts>, DeliveryCondition['type'], string, string]>([
    [
      'parked',
      {
        blocked: { reason: 'ClusterMissing', message: 'the hub has no ManagedCluster c1', since },
        report: undefined,
        publishedVersion: 0,
      },
      'MaestroDeliveryError',
      `not delivered to cluster c1 since ${since}: the hub has no ManagedCluster c1 (ClusterMissing)`,
      since,
    ],
    [
      'parked without a cluster',
      { cluster: '', blocked: { reason: 'Invalid', message: 'no\n cluster', since: '' } },
      'MaestroDeliveryError',
      'not delivered: no cluster (Invalid)',
      now,
    ],
    [
      'not applied',
      { report: report({ applied: failed }) },
      'MaestroDeliveryError',
      `cluster c1 cannot apply the application since ${since}: namespaces "x" not found`,
      since,
    ],
    [
      'companions not applied',
      { report: report({ othersFailed: 'AppProject p: forbidden' }) },
      'MaestroDeliveryWarning',
      'cluster c1 cannot apply what goes along with the application: AppProject p: forbidden',
      now,
    ],
    [
      'pending with a status',
      { report: old, pendingSince: since },
      'MaestroDeliveryWarning',
      `the latest version of the application has been on its way to cluster c1 since ${since}; the status is still that of the version before`,
      since,
    ],
    [
      'pending on the cluster that it moves to',
      { report: undefined, pendingSince: since, movedFrom: 'c2' },
      'MaestroDeliveryWarning',
      `the latest version of the application has been on its way to cluster c1 since ${since}; the status is still that of cluster c2, which keeps it until then`,
      since,
    ],
    [
      'pending for the first time',
      { report: undefined, pendingSince: since },
      'MaestroDeliveryWarning',
      `the latest version of the application has been on its way to cluster c1 since ${since}`,
      since,
    ],
    [
      'feedback over the cap',
      { report: report({ feedbackSynced: 'False', feedbackMessage: 'too large' }) },
      'MaestroDeliveryWarning',
      "cluster c1 does not report the application's status, what is shown is the last one that came: too large",
      now,
    ],
    [
      'feedback unreadable',
      { report: report({ unreadable: 'not JSON' }) },
      'MaestroDeliveryWarning',
      "cluster c1 does not report the application's status, what is shown is the last one that came: not JSON",
      now,
    ],
    [
      'no status',
      { report: withoutStatus },
      'MaestroDeliveryWarning',
      `applied on cluster c1 since ${since}, but nothing there has given it a status: check that an Argo CD runs on the cluster and watches namespace argocd`,
      since,
    ],
    [
      'cluster unavailable',
      { clusterUnavailableSince: since, silentSince: now },
      'MaestroDeliveryWarning',
      `cluster c1 has been unavailable since ${since}; the status is the last one that it reported`,
      since,
    ],
    [
      'cluster unavailable, nobody knows since when',
      { clusterUnavailableSince: '' },
      'MaestroDeliveryWarning',
      'cluster c1 has been unavailable; the status is the last one that it reported',
      now,
    ],
    [
      'cluster unavailable that never gave a status',
      { clusterUnavailableSince: since, report: undefined },
      'MaestroDeliveryWarning',
      `cluster c1 has been unavailable since ${since}`,
      since,
    ],
    [
      'cluster silent and available',
      { silentSince: since, clusterAvailable: true },
      'MaestroDeliveryWarning',
      `cluster c1 is available and has reported nothing since ${since}: nothing changed there, or its Maestro agent or its Argo CD does not run; the status is the last one that it reported`,
      since,
    ],
    [
      'cluster that never reported',
      { silentSince: since, clusterAvailable: true, report: undefined },
      'MaestroDeliveryWarning',
      'cluster c1 has reported nothing of the application so far',
      since,
    ],
    [
      'deletion not sent',
      { unsent: { what: 'deletion', since, why: 'Maestro cannot be reached' } },
      'MaestroDeliveryWarning',
      `the deletion of the application could not be sent to cluster c1 since ${since}: Maestro cannot be reached`,
      since,
    ],
    [
      'operation that waits',
      { operationWaits: { since, why: 'the one before has not ended' } },
      'MaestroDeliveryWarning',
      `the operation on the hub has been waiting since ${since}: the one before has not ended`,
      since,
    ],
    [
      'changed by another client again and again',
      { overwrittenSince: since },
      'MaestroDeliveryWarning',
      `another client of Maestro has been changing the work of the application on cluster c1 since ${since}; each time it is published again, later and later`,
      since,
    ],
    [
      'hub that may reconcile it too',
      { hubMayReconcile: true },
      'MaestroDeliveryWarning',
      'annotation argocd.argoproj.io/skip-reconcile is not "true": an Argo CD of the hub that reconciles this namespace deploys the application to the hub too',
      now,
    ],
    [
      'cluster silent',
      { silentSince: '2026-01-01T01:00:00.123Z' },
      'MaestroDeliveryWarning',
      `cluster c1 has reported nothing since ${since}; the status is the last one that it reported`,
      since,
    ],
    [
      'not sent, with a status',
      { unsent: { what: 'content', since, why: 'Maestro cannot be reached' } },
      'MaestroDeliveryWarning',
      `the latest version of the application could not be sent to cluster c1 since ${since}: Maestro cannot be reached; the status is still that of the version before`,
      since,
    ],
    [
      'never sent',
      { report: undefined, publishedVersion: 0, unsent: { what: 'content', since, why: 'Maestro refuses access' } },
      'MaestroDeliveryWarning',
      `the latest version of the application could not be sent to cluster c1 since ${since}: Maestro refuses access`,
      since,
    ],
    [
      'delivered by a work of the classic model too',
      { classicWorks: ['c1/app-1a2b3'] },
      'MaestroDeliveryWarning',
      'the classic ManifestWork c1/app-1a2b3 still owns the application too: edits flap, and a deletion would leave it running; "maestro-cli gitops migrate" ends it',
      now,
    ],
    [
      'deletion held up',
      {
        deleting: true,
        classicWorks: ['c1/app-1a2b3'],
        blocked: { reason: 'ClassicWorkLeft', message: 'it stays', since },
      },
      'MaestroDeliveryError',
      `not deleted from cluster c1 since ${since}: it stays (ClassicWorkLeft)`,
      since,
    ],
    [
      'deletion pending',
      { deletionPendingSince: since },
      'MaestroDeliveryWarning',
      `the deletion has been waiting for cluster c1 since ${since}`,
      since,
    ],
    [
      'a report that cannot be read',
      { unreadableReport: 'cut\n short' },
      'MaestroDeliveryWarning',
      'cluster c1 reports what cannot be read, what is shown is the last one that came: cut short',
      now,
    ],
    [
      'feedback that its agent does not explain',
      { report: report({ feedbackSynced: 'False' }) },
      'MaestroDeliveryWarning',
      "cluster c1 does not report the application's status, what is shown is the last one that came: its agent does not say why",
      now,
    ],
    [
      'a deletion that was not sent, of one that was never published',
      { publishedVersion: 0, unsent: { what: 'deletion', since, why: 'Maestro cannot be reached' } },
      'MaestroDeliveryWarning',
      `the deletion of the application could not be sent to cluster c1 since ${since}: Maestro cannot be reached`,
      since,
    ],
    [
      'pending for just as long as its grace, with a report of the version before and no status in it',
      { report: report({ observedVersion: 2, status: undefined as unknown as JsonObject }), pendingSince: dueNow },
      'MaestroDeliveryWarning',
      `the latest version of the application has been on its way to cluster c1 since ${dueNow}`,
      dueNow,
    ],
    [
      'not sent for just as long as the grace',
      { unsent: { what: 'content', since: dueNow, why: 'Maestro cannot be reached' } },
      'MaestroDeliveryWarning',
      `the latest version of the application could not be sent to cluster c1 since ${dueNow}: Maestro cannot be reached; the status is still that of the version before`,
      dueNow,
    ],
    [
      'no status, for just as long as it may lack one',
      { report: report({ status: {}, applied: { ...report().applied, since: '2026-01-01T01:55:00Z' } }) },
      'MaestroDeliveryWarning',
      'applied on cluster c1 since 2026-01-01T01:55:00Z, but nothing there has given it a status: check that an Argo CD runs on the cluster and watches namespace argocd',
      '2026-01-01T01:55:00Z',
    ],
    [
      'several works of the classic model',
      { classicWorks: ['c1/a', 'c1/b'] },
      'MaestroDeliveryWarning',
      'the classic ManifestWork c1/a, c1/b still owns the application too: edits flap, and a deletion would leave it running; "maestro-cli gitops migrate" ends it',
      now,
    ],
    [
      'cluster unavailable that gave an empty status',
      { clusterUnavailableSince: since, report: report({ status: {}, applied: { ...report().applied, since: now } }) },
      'MaestroDeliveryWarning',
      `cluster c1 has been unavailable since ${since}`,
      since,
    ],
  ])('%s', (_what, over, type, message, lastTransitionTime) => {
    expect(conditions(over)).toEqual([{ type, message, lastTransitionTime }]);
  });

  it.each<[string, Partial<DeliveryFacts>]>([
    ['a version that waits for less than its grace', { report: old, pendingSince: '2026-01-01T01:59:01Z' }],
    ['a version that has arrived', { pendingSince: since }],
    [
      'an application that has just been applied',
      { report: report({ status: {}, applied: { ...report().applied, since: '2026-01-01T01:56:00Z' } }) },
    ],
    [
      'what could not be sent for less than the grace',
      { unsent: { what: 'content', since: '2026-01-01T01:59:01Z', why: 'Maestro cannot be reached' } },
    ],
    ['no deletion', { deletionPendingSince: '' }],
    ['a version while nothing is published', { publishedVersion: 0, report: undefined, pendingSince: since }],
    ['a silence on a hub of its own', { hubMayReconcile: false }],
    ['an application that has no status, of which nobody knows when it was applied', { report: withoutTime }],
    ['an application that has no status at the version before', { report: { ...withoutStatus, observedVersion: 2 } }],
    ['a silence of a cluster whose version waits', { silentSince: since, report: undefined, pendingSince: now }],
    ['what is left by classic works, where there is none', { classicWorks: [] }],
    ['what goes with a deletion by itself', { deleting: true, classicWorks: ['c1/a'] }],
  ])('does not speak of %s', (_what, over) => {
    expect(conditions(over)).toEqual([]);
  });

  it('names what failed rather than that it waits', () => {
    expect(
      conditions({ report: report({ observedVersion: 2, applied: failed }), pendingSince: since }).map(
        ({ type }) => type,
      ),
    ).toEqual(['MaestroDeliveryError']);
  });

  it('goes on to show what could not be sent, though a restart counts from anew', () => {
    const unsent = { what: 'content', why: 'Maestro cannot be reached' } as const;
    const previous = conditions({ unsent: { ...unsent, since } });
    expect(conditions({ unsent: { ...unsent, since: now }, previous })).toEqual(previous);
    expect(conditions({ unsent: { ...unsent, since: now } })).toEqual([]);
  });

  it('keeps the time of the one that says the same, of several of one type', () => {
    const facts: Partial<DeliveryFacts> = { deletionPendingSince: since, hubMayReconcile: true };
    const previous = conditions(facts);
    expect(conditions({ ...facts, now: '2026-01-02T00:00:00Z', previous })).toEqual(previous);
    expect(conditions({ ...facts, now: '2026-01-02T00:00:00Z', previous: previous.toReversed() })).toEqual(previous);
    const other = [{ type: 'MaestroDeliveryError', message: previous[0]?.message, lastTransitionTime: now }];
    expect(conditions({ ...facts, previous: other as DeliveryCondition[] })[0]?.lastTransitionTime).toBe(since);
  });

  it('keeps neither the words nor the time of another condition of the same type', () => {
    const previous = conditions({ hubMayReconcile: true, now: since });
    const facts: Partial<DeliveryFacts> = { deletionPendingSince: dueNow };
    expect(conditions({ ...facts, previous })).toEqual(conditions(facts));
  });

  it('tells of a status that the cluster does not report once, and not also that there is none', () => {
    const unreported = report({ ...withoutStatus, feedbackSynced: 'False', feedbackMessage: 'too large' });
    expect(conditions({ report: unreported }).map(({ message }) => message)).toEqual([
      "cluster c1 does not report the application's status, what is shown is the last one that came: too large",
    ]);
    const unreadable = report({ ...withoutStatus, unreadable: 'not JSON' });
    expect(conditions({ report: unreadable }).map(({ message }) => message)).toEqual([
      "cluster c1 does not report the application's status, what is shown is the last one that came: not JSON",
    ]);
  });

  it('tells of an application without a status also where the report has none at all', () => {
    const { status: _status, ...none } = withoutStatus;
    expect(conditions({ report: none })).toEqual(conditions({ report: withoutStatus }));
  });

  it('ends what it says of a version that waits once none does, though the report is of the one before', () => {
    const previous = conditions({ report: old, pendingSince: since });
    expect(conditions({ report: old, pendingSince: '', previous })).toEqual([]);
  });

  it('says of each finding what it is, with the worst first', () => {
    const types = conditions({
      blocked: { reason: 'Invalid', message: 'm', since },
      report: report({ applied: failed, othersFailed: 'p' }),
      hubMayReconcile: true,
    }).map(({ type }) => type);
    expect(types).toEqual([
      'MaestroDeliveryError',
      'MaestroDeliveryError',
      'MaestroDeliveryWarning',
      'MaestroDeliveryWarning',
    ]);
  });

  it('gives some time where no clock does', () => {
    expect(conditions({ hubMayReconcile: true, now: '' })[0]?.lastTransitionTime).toBe('1970-01-01T00:00:00Z');
  });

  it('is told apart from other conditions by what it says of silence and of works of the classic model', () => {
    const tells = (facts: Partial<DeliveryFacts>): readonly boolean[] =>
      conditions(facts).flatMap((one) => [tellsOfSilence(one), tellsOfClassicWorks(one)]);
    expect(tells({ silentSince: since })).toEqual([true, false]);
    expect(tells({ silentSince: since, report: undefined })).toEqual([true, false]);
    expect(tells({ classicWorks: ['c1/a'] })).toEqual([false, true]);
    expect(tells({ hubMayReconcile: true })).toEqual([false, false]);
  });

  it('cuts long messages of agents', () => {
    const [condition] = conditions({ report: report({ applied: { ...failed, message: 'x '.repeat(5000) } }) });
    expect(condition?.message.length).toBeLessThan(1100);
  });

  it('keeps the words and the time that the hub shows while the same goes on', () => {
    const facts: Partial<DeliveryFacts> = { report: report({ applied: failed }), deletionPendingSince: since };
    const previous = conditions(facts);
    const moved = {
      ...facts,
      report: report({ applied: { ...failed, since: now } }),
      deletionPendingSince: now,
      now: '2026-01-02T00:00:00Z',
      previous,
    };
    expect(conditions(moved)).toEqual(previous);
  });

  it('goes on to show a version that waits, though a restart counts from anew', () => {
    const previous = conditions({ report: old, pendingSince: since });
    expect(conditions({ report: old, pendingSince: now, previous })).toEqual(previous);
  });

  it('takes a new time of the cluster’s own', () => {
    const previous = conditions({ clusterUnavailableSince: since });
    expect(conditions({ clusterUnavailableSince: now, previous })[0]?.message).toContain(now);
  });

  it('replaces a time that the API server would refuse', () => {
    const [plain] = conditions({ deletionPendingSince: since });
    const previous = [{ ...plain, lastTransitionTime: 'yesterday' } as DeliveryCondition];
    expect(conditions({ deletionPendingSince: since, previous })[0]?.lastTransitionTime).toBe(since);
  });

  it('is the same again on what it gave, however much later', () => {
    const time = fc
      .integer({ min: 0, max: 3600 })
      .map((seconds) => new Date(Date.parse(since) + seconds * 1000).toISOString());
    const facts = fc.record(
      {
        clusterUnavailableSince: fc.oneof(time, fc.constant('')),
        silentSince: time,
        deletionPendingSince: time,
        // What becomes due meanwhile is news.
        pendingSince: time.filter((text) => Date.parse(now) - Date.parse(text) >= 60_000),
        blocked: fc.record({ reason: fc.constant('Invalid'), message: fc.string(), since: time }),
        report: fc.constantFrom(
          report(),
          old,
          report({ applied: failed }),
          withoutStatus,
          report({ feedbackSynced: 'False' }),
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(facts, time, (given, lateBy) => {
        const first = conditions(given);
        const later = new Date(Date.parse(now) + Date.parse(lateBy) - Date.parse(since)).toISOString();
        expect(conditions({ ...given, now: later, previous: first })).toEqual(first);
        for (const { lastTransitionTime } of first)
          expect(lastTransitionTime).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
      }),
    );
  });
});

describe('deliveryConditionsIn', () => {
  it('reads ours out of a status, and none out of an odd one', () => {
    const ours = { type: 'MaestroDeliveryError', message: 'x', lastTransitionTime: since };
    expect(deliveryConditionsIn({ conditions: [{ type: 'SyncError', message: 'y' }, ours, 'odd'] })).toEqual([ours]);
    expect(deliveryConditionsIn({ conditions: 'odd' })).toEqual([]);
  });
});
