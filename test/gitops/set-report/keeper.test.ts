import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { clusterConditionsOf, healthy, keeping, ReportHub, StepClock } from './support.ts';

const second = 1_000;
const minute = 60 * second;
const mark = { metadata: { annotations: { 'maestro-cli.hyperfleet.io/appset-report': 'whole' } } };

describe('the report of a set', () => {
  it('comes with the first application that is on its cluster, and follows what the hub shows of all', async () => {
    const { see, deliver, rounds, report, clusters, hub } = keeping();
    see('a', { set: 's', cluster: 'c1' });
    await rounds(minute);
    expect(report('argocd/s')).toBeUndefined();
    deliver('a', { set: 's', cluster: 'c1' });
    await rounds(minute);
    expect(clusterConditionsOf(report('argocd/s'))).toEqual([
      { cluster: 'c1', healthStatus: 'Unknown', syncStatus: 'Unknown', app: 'argocd/a/c1/argocd-a' },
    ]);
    deliver('b', { set: 's', cluster: 'c0', status: healthy() });
    see('a', { set: 's', cluster: 'c1', status: healthy('r2', 'Progressing') });
    await rounds(minute);
    expect(clusters('argocd/s')).toEqual(['c0', 'c1']);
    expect(report('argocd/s')).toMatchObject({
      metadata: { labels: { 'apps.open-cluster-management.io/hosting-applicationset': 'argocd.s' } },
      statuses: {
        summary: { clusters: '2', synced: '2', notSynced: '0', healthy: '1', notHealthy: '1', inProgress: '1' },
      },
    });
    expect(hub.writes()).toEqual(['create argocd/s', 'update argocd/s']);
  });

  it('is written once in half a minute at the most, however much changes, with the last of it', async () => {
    const { deliver, see, round, clock, hub, report } = keeping();
    const sets = ['s0', 's1', 's2'];
    const clusters = Array.from({ length: 10 }, (_, at) => `c${String(at)}`);
    for (const set of sets)
      for (const cluster of clusters) deliver(`${set}-${cluster}`, { set, cluster, status: healthy() });
    await round();
    const atMs = new Map<string, number[]>(sets.map((set) => [set, []]));
    hub.before = (call) => {
      const set = /^update argocd\/(.*)$/.exec(call)?.[1];
      if (set !== undefined) atMs.get(set)?.push(clock.monotonicMs());
    };
    // A thousand events a second.
    let count = 0;
    for (let ms = 0; ms < 65 * second; ms += 5 * second) {
      for (let event = 0; event < 5_000; event += 1, count += 1) {
        const [set = '', cluster = ''] = [sets[count % sets.length], clusters[count % clusters.length]];
        see(`${set}-${cluster}`, { set, cluster, status: healthy(`r${String(count)}`) });
      }
      clock.pass(5 * second);
      await round();
    }
    for (const times of atMs.values()) {
      expect(times.length).toBeGreaterThanOrEqual(2);
      expect(times.length).toBeLessThanOrEqual(3);
      for (const [index, atTime] of times.entries())
        expect(atTime - (times[index - 1] ?? Number.NEGATIVE_INFINITY)).toBeGreaterThanOrEqual(30 * second);
    }
    clock.pass(minute);
    await round();
    expect(JSON.stringify(report('argocd/s0'))).toContain(`"r${String(count - 1 - ((count - 1) % 3))}"`);
  });

  it('is not written again by a process that starts, nor when nothing that it tells has changed', async () => {
    const first = keeping();
    const status = { ...healthy(), resources: [{ version: 'v1', kind: 'Service', name: 'x' }] };
    const fill = ({ deliver }: Pick<typeof first, 'deliver'>): void => {
      for (const at of [1, 2, 3])
        deliver(`a${String(at)}`, { set: `s${String(at % 2)}`, cluster: `c${String(at)}`, status });
    };
    fill(first);
    await first.rounds(minute);
    expect(first.hub.writes()).toHaveLength(2);
    const second = keeping(first.hub, first.clock);
    fill(second);
    await second.rounds(10 * minute);
    second.see('a1', { set: 's1', cluster: 'c1', status: { ...status, reconciledAt: '2026-01-01T00:00:00Z' } });
    await second.rounds(10 * minute);
    expect(first.hub.writes()).toHaveLength(2);
  });

  it('lists the resources of the first cluster that has any, which the hub is asked for when they may be others', async () => {
    const { deliver, see, rounds, report, hub } = keeping();
    const resources = (name: string) => ({ ...healthy(), resources: [{ version: 'v1', kind: 'Service', name }] });
    deliver('a', { set: 's', cluster: 'c1', status: healthy() });
    deliver('b', { set: 's', cluster: 'c2', status: resources('one') });
    deliver('c', { set: 's', cluster: 'c3', status: resources('never') });
    await rounds(minute);
    const listed = () => report('argocd/s')?.['statuses'];
    expect(listed()).toMatchObject({ resources: [{ apiVersion: 'v1', kind: 'Service', name: 'one' }] });
    see('b', { set: 's', cluster: 'c2', status: resources('two') });
    await rounds(minute);
    expect(listed()).toMatchObject({ resources: [{ name: 'two' }] });
    see('a', { set: 's', cluster: 'c1', status: healthy('r2') });
    await rounds(minute);
    expect(hub.calls.filter((call) => call.startsWith('read '))).toEqual(['read argocd/b', 'read argocd/b']);
    see('a', { set: 's', cluster: 'c1', status: resources('three') });
    await rounds(minute);
    expect(listed()).toMatchObject({ resources: [{ name: 'three' }] });
  });
});

describe('reports that others wrote', () => {
  it('are taken over with the first application, and left alone until then', async () => {
    const hub = new ReportHub();
    const { deliver, see, rounds, report, clusters, log } = keeping(hub);
    hub.put('argocd/s', { statuses: { clusterConditions: [{ cluster: 'stale', app: 'argocd/a/stale/a-12345' }] } });
    see('a', { set: 's', cluster: 'c1' });
    await rounds(minute);
    expect([hub.writes(), clusters('argocd/s')]).toEqual([[], ['stale']]);
    deliver('a', { set: 's', cluster: 'c1' });
    await rounds(minute);
    expect([hub.writes(), clusters('argocd/s')]).toEqual([['update argocd/s'], ['c1']]);
    expect(report('argocd/s')).toMatchObject({ metadata: { uid: 'uid-1' } });
    expect(log.lines.find(({ message }) => message.includes('is ours now'))).toMatchObject({
      level: 'info',
      fields: { set: 'argocd/s', clusters: 1 },
    });
  });

  it('keep what they say of clusters that are left to others, which counts', async () => {
    const hub = new ReportHub();
    const { deliver, rounds, report, clusters, hubHandler } = keeping(hub);
    const theirs = { cluster: 'theirs', healthStatus: 'Healthy', syncStatus: 'Synced', app: 'argocd/b/theirs/b-12345' };
    hub.put('argocd/s', { statuses: { clusterConditions: [theirs, { cluster: 'stale', app: 'x' }] } });
    hubHandler.clusterSeen({ name: 'theirs', local: false, available: true, leftTo: 'classic' });
    deliver('a', { set: 's', cluster: 'c1' });
    deliver('b', { set: 's', cluster: 'theirs', status: healthy('ours says so') });
    await rounds(minute);
    expect(clusters('argocd/s')).toEqual(['c1', 'theirs']);
    expect(clusterConditionsOf(report('argocd/s'))[1]).toEqual(theirs);
    expect(report('argocd/s')).toMatchObject({ statuses: { summary: { clusters: '2', healthy: '1' } } });
    // Switched on again, it is told of as we know it.
    hubHandler.clusterSeen({ name: 'theirs', local: false, available: true });
    await rounds(minute);
    expect(clusterConditionsOf(report('argocd/s'))[1]).toMatchObject({ syncRevision: 'ours says so' });
  });

  it('are written over again when somebody changed or deleted ours, which is looked for now and then', async () => {
    const { deliver, rounds, report, clusters, hub } = keeping();
    deliver('a', { set: 's', cluster: 'c1' });
    deliver('b', { set: 't', cluster: 'c1' });
    await rounds(minute);
    hub.put('argocd/s', { ...mark, statuses: { clusterConditions: [{ cluster: 'edited' }] } });
    hub.reports.delete('argocd/t');
    await rounds(46 * minute);
    expect([clusters('argocd/s'), clusters('argocd/t')]).toEqual([['c1'], ['c1']]);
    expect(report('argocd/s')).toMatchObject({ statuses: { summary: { clusters: '1' } } });
  });
});

describe('the report of a set that has nothing on any cluster any more', () => {
  it('is deleted when it is ours, also by a process that starts, and no other', async () => {
    const hub = new ReportHub();
    const { deliver, remove, rounds, log } = keeping(hub);
    hub.put('argocd/gone-before', mark);
    hub.put('argocd/of-others', { statuses: { clusterConditions: [{ cluster: 'c1' }] } });
    deliver('a', { set: 's', cluster: 'c1' });
    await rounds(minute);
    expect([...hub.reports.keys()].sort()).toEqual(['argocd/of-others', 'argocd/s']);
    remove('a');
    await rounds(minute);
    expect([...hub.reports.keys()]).toEqual(['argocd/of-others']);
    expect(log.lines.filter(({ message }) => message.includes('is deleted')).map(({ fields }) => fields)).toEqual([
      { set: 'argocd/gone-before' },
      { set: 'argocd/s' },
    ]);
  });

  it('stays while a cluster that is left to others is in it', async () => {
    const hub = new ReportHub();
    const { rounds, clusters, hubHandler } = keeping(hub);
    hubHandler.clusterSeen({ name: 'theirs', local: false, available: true, leftTo: 'classic' });
    const entries = [
      { cluster: 'c1', app: 'x' },
      { cluster: 'theirs', app: 'argocd/b/theirs/b-12345' },
    ];
    hub.put('argocd/s', { ...mark, statuses: { clusterConditions: entries } });
    await rounds(minute);
    expect([clusters('argocd/s'), hub.writes()]).toEqual([['theirs'], ['update argocd/s']]);
  });

  it('says so while the set still has applications', async () => {
    const { deliver, rounds, report, store } = keeping();
    deliver('a', { set: 's', cluster: 'c1', status: healthy() });
    await rounds(minute);
    store.index.removeBundle('b-a');
    await rounds(minute);
    expect(report('argocd/s')).toMatchObject({ statuses: { clusterConditions: [], summary: { clusters: '0' } } });
  });

  it('is another one by now, and stays', async () => {
    const hub = new ReportHub();
    const { rounds, written } = keeping(hub);
    hub.put('argocd/s', mark);
    hub.before = (call) => {
      if (call.startsWith('delete')) hub.put('argocd/s', { statuses: {} });
    };
    await rounds(minute);
    expect([[...hub.reports.keys()], written]).toEqual([['argocd/s'], ['conflict']]);
  });
});

describe('what goes wrong', () => {
  it('a hub without the kind is asked now and then, and told of once', async () => {
    const hub = new ReportHub();
    hub.serves = false;
    const { deliver, rounds, clusters, log } = keeping(hub);
    deliver('a', { set: 's', cluster: 'c1' });
    await rounds(10 * minute);
    expect(hub.calls.length).toBeLessThanOrEqual(4);
    const said = () => log.lines.map(({ level, message }) => `${level} ${message}`);
    expect(said()).toEqual(['info the hub has no reports of ApplicationSets, so none are kept']);
    hub.serves = true;
    await rounds(4 * minute);
    expect(clusters('argocd/s')).toEqual(['c1']);
    // The kind goes again.
    hub.serves = false;
    deliver('b', { set: 's', cluster: 'c2' });
    await rounds(10 * minute);
    hub.serves = true;
    await rounds(4 * minute);
    expect(clusters('argocd/s')).toEqual(['c1', 'c2']);
  });

  it('a hub without the kind is a warning where reports are to be kept always', async () => {
    const hub = new ReportHub();
    hub.serves = false;
    const { rounds, log } = keeping(hub, new StepClock(), { setReports: 'always' });
    await rounds(10 * minute);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn']);
  });

  it('rights that are missing are told of once, and other sets go on when one cannot be written', async () => {
    const hub = new ReportHub();
    const forbidden = new MaestroError('access-denied', 'forbidden (403)', { reason: 'Unauthorized' });
    const { deliver, rounds, clusters, log, keeper, written } = keeping(hub);
    hub.before = (call) => {
      if (call.endsWith('argocd/bad')) throw forbidden;
    };
    deliver('a', { set: 'bad', cluster: 'c1' });
    deliver('b', { set: 'good', cluster: 'c1' });
    await rounds(10 * minute);
    expect(clusters('argocd/good')).toEqual(['c1']);
    expect(log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toEqual([
      { set: 'argocd/bad', code: 'access-denied' },
    ]);
    // Less and less often.
    expect(hub.calls.filter((call) => call === 'get argocd/bad').length).toBeLessThan(12);
    expect(keeper.counts()).toEqual({ whole: 1, cut: 0, failing: 1 });
    hub.before = () => undefined;
    await rounds(6 * minute);
    expect(clusters('argocd/bad')).toEqual(['c1']);
    expect(keeper.counts()).toEqual({ whole: 2, cut: 0, failing: 0 });
    expect(written).toEqual(['created', 'created']);
  });

  it('a report that somebody wrote meanwhile is read, and decided on anew', async () => {
    const { deliver, see, rounds, clusters, hub, written } = keeping();
    deliver('a', { set: 's', cluster: 'c1' });
    await rounds(minute);
    hub.before = (call) => {
      if (!call.startsWith('update')) return;
      hub.before = () => undefined;
      hub.put('argocd/s', { statuses: { clusterConditions: [{ cluster: 'edited' }] } });
    };
    see('a', { set: 's', cluster: 'c1', status: healthy() });
    await rounds(minute);
    expect([clusters('argocd/s'), written]).toEqual([['c1'], ['created', 'conflict', 'updated']]);
  });

  it('nothing is written while nothing may be, and all of it afterwards', async () => {
    const { deliver, rounds, clusters, guard, hub } = keeping();
    guard.blocked = true;
    deliver('a', { set: 's', cluster: 'c1' });
    await rounds(10 * minute);
    expect(hub.calls).toEqual([]);
    guard.blocked = false;
    await rounds(minute);
    expect(clusters('argocd/s')).toEqual(['c1']);
  });

  it('nothing is written, and nothing deleted, without the lease', async () => {
    const hub = new ReportHub();
    const { deliver, rounds, may } = keeping(hub);
    hub.put('argocd/gone', mark);
    may.lead = false;
    deliver('a', { set: 's', cluster: 'c1' });
    await rounds(10 * minute);
    expect([hub.writes(), [...hub.reports.keys()]]).toEqual([[], ['argocd/gone']]);
    may.lead = true;
    await rounds(10 * minute);
    expect([...hub.reports.keys()]).toEqual(['argocd/s']);
  });

  it('writes of statuses go first', async () => {
    const { deliver, round, budget, hub, clock, clusters } = keeping(new ReportHub(), new StepClock(), {
      hubWritesPerSecond: 1,
    });
    deliver('a', { set: 's', cluster: 'c1' });
    budget.tryTake();
    const order: string[] = [];
    hub.before = (call) => void order.push(call);
    // One that came before and one that comes while the report steps back.
    const { signal } = new AbortController();
    const statuses = [1, 2].map((at) => budget.take(signal).then(() => order.push(`status ${String(at)}`)));
    clock.pass(5 * second);
    await Promise.all([round(), ...statuses]);
    expect(order.slice(-1)).toEqual(['create argocd/s']);
    expect(clusters('argocd/s')).toEqual(['c1']);
  });

  it('a report that the hub could not store is cut, which is told once', async () => {
    const { deliver, rounds, report, log, bytes, keeper } = keeping();
    for (let at = 0; at < 4_000; at += 1) {
      const name = `application-with-a-long-name-${String(at).padStart(4, '0')}`;
      const conditions = [{ type: 'SyncError', message: `${name} `.repeat(40) }];
      deliver(name, { set: 's', cluster: `cluster-${name}`, status: { ...healthy(), conditions } });
    }
    await rounds(2 * minute);
    expect(report('argocd/s')).toMatchObject({
      metadata: { annotations: { 'maestro-cli.hyperfleet.io/appset-report': 'messages-shortened' } },
    });
    expect(clusterConditionsOf(report('argocd/s'))).toHaveLength(4_000);
    expect(bytes.every((size) => size < 1_572_864)).toBe(true);
    expect(log.lines.filter(({ level }) => level === 'warn').map(({ fields }) => fields)).toMatchObject([
      { set: 'argocd/s', cut: 'messages-shortened' },
    ]);
    expect(keeper.counts()).toEqual({ whole: 0, cut: 1, failing: 0 });
  });
});
