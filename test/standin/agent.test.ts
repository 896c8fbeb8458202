import { readFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import { Fleet } from '../../src/standin/agent/fleet.ts';
import { matchesManifest } from '../../src/standin/agent/rules.ts';
import { valuesAt } from '../../src/standin/agent/json-path.ts';
import { decodeEvent, decodeWrite } from '../../src/standin/grpc/decode-event.ts';
import { encodeStatus } from '../../src/standin/grpc/encode-event.ts';
import type { WireEvent } from '../../src/standin/grpc/wire.ts';
import { defaultBehaviour } from '../../src/standin/options.ts';
import type { AgentBehaviour } from '../../src/standin/options.ts';
import { bundleOf, parsePayload, parseStatus } from '../../src/standin/service/bundle.ts';
import type { StatusEvent } from '../../src/standin/service/bundle.ts';
import { ConsumerService } from '../../src/standin/service/consumer-service.ts';
import { ResourceService } from '../../src/standin/service/resource-service.ts';
import { Store } from '../../src/standin/store/store.ts';
import { Scheduler, Timestamps } from '../../src/standin/time.ts';
import { wireEvent, workEvent } from './client.ts';
import type { RecordedEvent } from './client.ts';
import { FakeClock } from './fake-clock.ts';

const ending: AbortController[] = [];
afterEach(() => {
  for (const controller of ending.splice(0)) controller.abort();
});

/** A server without ports: the service, one agent for c1 and cluster1, a clock that stands still. */
function world(agent: Partial<AgentBehaviour> = {}) {
  const clock = new FakeClock();
  const controller = new AbortController();
  ending.push(controller);
  const store = new Store();
  const timestamps = new Timestamps(clock);
  const resources = new ResourceService(store, timestamps);
  const consumers = new ConsumerService(store, timestamps);
  for (const name of ['c1', 'cluster1']) consumers.create(name, {});
  const reports: { id: string; event: StatusEvent; wire: WireEvent }[] = [];
  resources.listen({
    reported: (work, event) => reports.push({ id: work.id, event, wire: encodeStatus(work, event) }),
  });
  const scheduler = new Scheduler(clock, controller.signal);
  const behaviour = { ...defaultBehaviour, ...agent };
  const fleet = new Fleet({ behaviour, overrides: {}, store, resources, scheduler, clock });
  const publish = (event: WireEvent): void => {
    const write = decodeWrite(decodeEvent(event));
    if (event.type?.endsWith('create_request') === true) resources.create(write);
    else if (event.type?.endsWith('update_request') === true) resources.update(write);
    else resources.markAsDeleting(write.id);
  };
  const create = (id: string, manifests: readonly object[], extra: object = {}): void =>
    publish(workEvent('create', { id, consumer: 'c1', manifests, extra }));
  const update = (id: string, manifests: readonly object[], extra: object = {}): void =>
    publish(workEvent('update', { id, consumer: 'c1', manifests, extra }));
  /** `Applied/True/1 Available/True/1`, the work conditions of the stored status. */
  const shown = (id: string): string => {
    const work = store.work(id);
    return work === undefined ? 'gone' : shownEvent(parseStatus(work));
  };
  return { clock, store, resources, fleet, agent: fleet.agent('c1'), reports, publish, create, update, shown };
}

function shownEvent(event: StatusEvent | undefined): string {
  const conditions = (event?.conditions ?? []) as readonly {
    type: string;
    status: string;
    observedGeneration?: number;
  }[];
  return conditions
    .map(({ type, status, observedGeneration: generation }) => `${type}/${status}/${String(generation ?? '-')}`)
    .join(' ');
}

const namespace = (name: string): object => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
const configMap = (name: string, ns: string, annotations: object = {}, data: object = {}): object => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace: ns, annotations },
  data,
});

interface Recording {
  readonly steps: readonly {
    readonly step: string;
    readonly request: { readonly event?: RecordedEvent };
    readonly response_stream?: readonly { readonly event: RecordedEvent }[];
  }[];
}

function recording(name: string): { event(step: string): WireEvent; statuses(step: string): Comparable[] } {
  const file = new URL(`../fixtures/recordings/${name}.json`, import.meta.url);
  const { steps } = JSON.parse(readFileSync(file, 'utf8')) as Recording;
  const find = (step: string): Recording['steps'][number] => {
    const found = steps.find((candidate) => candidate.step === step);
    if (found === undefined) throw new Error(`no step ${step}`);
    return found;
  };
  return {
    event: (step) => wireEvent(find(step).request.event ?? {}),
    statuses: (step) =>
      (find(step).response_stream ?? [])
        .filter(({ event }) => event.data !== undefined)
        .map(({ event }) => comparable(event.attributes ?? {}, event.data)),
  };
}

interface Comparable {
  readonly version: unknown;
  readonly attributes: readonly string[];
  readonly data: unknown;
}

function comparable(attributes: Readonly<Record<string, object>>, data: unknown): Comparable {
  return { version: attributes['ce-resourceversion'], attributes: Object.keys(attributes).sort(), data };
}

/** Replaces each time by its rank among all times, so that two runs can be compared. */
function ranked(events: readonly Comparable[]): unknown {
  const text = JSON.stringify(events);
  const times = [...new Set(text.match(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ/g) ?? [])].sort();
  return JSON.parse(times.reduce((masked, time, rank) => masked.replaceAll(time, `t${String(rank)}`), text));
}

describe('recorded reports', () => {
  const said = ({ wire }: { wire: WireEvent }): Comparable =>
    comparable(wire.attributes ?? {}, JSON.parse(String(wire.binary_data)));

  it('come in the same order with the same content: lifecycle', async () => {
    const recorded = recording('lifecycle');
    const { clock, publish, reports } = world({
      delayMs: 20,
      availableDelayMs: 15,
      deleteDelayMs: 8000,
      statusSyncMs: 3000,
    });
    publish(recorded.event('create'));
    await clock.advance(9000);
    publish(recorded.event('update-same-payload-v1'));
    await clock.advance(20);
    publish(recorded.event('update-v0-means-latest'));
    await clock.advance(10_480);
    publish(recorded.event('delete'));
    await clock.advance(9000);
    const expected = ['status-events-after-create', 'status-events-after-updates', 'status-events-after-delete'];
    expect(ranked(reports.map(said))).toEqual(ranked(expected.flatMap((step) => recorded.statuses(step))));
  });

  it('come in the same order with the same content: outcomes', async () => {
    const recorded = recording('outcomes');
    const { clock, publish, reports } = world({ statusSyncMs: 9000 });
    publish(recorded.event('create-with-unknown-kind-and-missing-namespace'));
    await clock.advance(8000);
    publish(recorded.event('update-to-valid'));
    await clock.advance(9000);
    publish(recorded.event('create-with-deployment-job-and-feedback'));
    await clock.advance(10_000);
    const expected = ['status-events', 'status-events-feedback'];
    expect(ranked(reports.map(said))).toEqual(ranked(expected.flatMap((step) => recorded.statuses(step))));
  });

  it('carry sequence ids that only grow', async () => {
    const { clock, create, reports } = world();
    for (let at = 0; at < 50; at += 1) create(`w${String(at)}`, [namespace(`n${String(at)}`)]);
    await clock.advance(1000);
    const ids = reports.map(({ event }) => BigInt(event.sequenceId));
    expect(ids).toHaveLength(100);
    expect(ids.every((id, at) => at === 0 || id > (ids[at - 1] ?? 0n))).toBe(true);
  });
});

describe('an agent', () => {
  it('goes straight to the latest version when it comes online, and deletes what was deleted meanwhile', async () => {
    const { agent, clock, create, publish, update, shown, reports } = world();
    create('w1', [namespace('a')]);
    await clock.advance(1000);
    agent.change({ online: false });
    for (let at = 0; at < 3; at += 1) update('w1', [namespace('a'), namespace(`a${String(at)}`)]);
    create('w2', [namespace('b')]);
    publish(workEvent('delete', { id: 'w2', consumer: 'c1' }));
    await clock.advance(5000);
    expect(shown('w1')).toBe('Applied/True/1 Available/True/1');
    expect(shown('w2')).toBe('');
    reports.length = 0;
    agent.change({ online: true });
    await clock.advance(5000);
    expect(shown('w1')).toBe('Applied/True/4 Available/True/4');
    expect(shown('w2')).toBe('gone');
    expect(new Set(reports.filter(({ id }) => id === 'w1').map(({ event }) => event.resourceVersion))).toEqual(
      new Set([4]),
    );
  });

  it('never applies an update that was overtaken by a delete', async () => {
    const { agent, clock, create, publish, update, shown } = world({ deleteDelayMs: 400 });
    create('w1', [namespace('a')]);
    await clock.advance(1000);
    agent.change({ online: false });
    update('w1', [namespace('a'), namespace('late')]);
    publish(workEvent('delete', { id: 'w1', consumer: 'c1' }));
    agent.change({ online: true });
    await clock.advance(100);
    expect(agent.cluster.hasNamespace('late')).toBe(false);
    // The version it reports on is not the stored one, so its reports are dropped until Deleted.
    expect(shown('w1')).toBe('Applied/True/1 Available/True/1');
    await clock.advance(1000);
    expect(shown('w1')).toBe('gone');
    expect(agent.cluster.objects()).toEqual([]);
  });

  it('applies a manifest once another work has made its namespace', async () => {
    const { clock, create, shown } = world();
    create('w1', [configMap('x', 'later')]);
    await clock.advance(3000);
    expect(shown('w1')).toBe('Applied/False/1 Available/False/1');
    create('w2', [namespace('later')]);
    await clock.advance(3000);
    expect(shown('w1')).toBe('Applied/True/1 Available/True/1');
  });

  it('knows a kind once its definition is applied', async () => {
    const { clock, create, shown, store } = world();
    const definition = {
      apiVersion: 'apiextensions.k8s.io/v1',
      kind: 'CustomResourceDefinition',
      metadata: { name: 'widgets.example.com' },
      spec: { group: 'example.com', scope: 'Namespaced', names: { kind: 'Widget', plural: 'widgets' } },
    };
    create('w1', [
      definition,
      { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'w', namespace: 'default' } },
    ]);
    await clock.advance(1000);
    expect(shown('w1')).toBe('Applied/True/1 Available/True/1');
    expect(parseStatus(store.work('w1') ?? {})?.resourceStatus[1]).toMatchObject({
      resourceMeta: { resource: 'widgets' },
    });
  });

  it('does what annotations and patterns say', async () => {
    const prefix = 'dev.maestro-cli.hyperfleet.io/';
    const { agent, clock, create, shown, store } = world();
    const rules = (name: string) => [
      {
        resourceIdentifier: { resource: 'configmaps', name, namespace: 'default' },
        feedbackRules: [{ type: 'JSONPaths', jsonPaths: [{ name: 'n', path: '.data.n' }] }],
      },
    ];
    create('fail', [configMap('a', 'default', { [`${prefix}fail`]: 'no room' })]);
    create('slow', [configMap('b', 'default', { [`${prefix}delay`]: '2s' })]);
    create('never', [configMap('c', 'default', { [`${prefix}unavailable`]: 'true' })]);
    create('told', [configMap('d', 'default', { [`${prefix}feedback`]: '{"n":7}' }, { n: 'x' })], {
      manifestConfigs: rules('d'),
    });
    create('own', [configMap('e', 'default', {}, { n: 'x' })], { manifestConfigs: rules('e') });
    await clock.advance(1500);
    const first = (id: string) => parseStatus(store.work(id) ?? {})?.resourceStatus[0];
    expect(first('fail')).toMatchObject({
      conditions: [{ type: 'Applied', message: 'Failed to apply manifest: no room' }, {}],
    });
    expect(shown('slow')).toBe('Applied/True/1 Available/False/1');
    expect(shown('never')).toBe('Applied/True/1 Available/False/1');
    expect(first('told')).toMatchObject({
      statusFeedback: { values: [{ name: 'n', fieldValue: { type: 'Integer', integer: 7 } }] },
    });
    expect(first('own')).toMatchObject({
      statusFeedback: { values: [{ name: 'n', fieldValue: { type: 'String', string: 'x' } }] },
    });
    agent.change({ unavailableManifests: ['ConfigMap/default/e'], feedback: { 'ConfigMap/*': { n: true } } });
    await clock.advance(3000);
    expect(shown('slow')).toBe('Applied/True/1 Available/True/1');
    expect(shown('own')).toBe('Applied/True/1 Available/False/1');
    agent.change({ unavailableManifests: [] });
    await clock.advance(3000);
    expect(first('own')).toMatchObject({
      statusFeedback: { values: [{ fieldValue: { type: 'Boolean', boolean: true } }] },
    });
  });

  it('keeps a shared object through a change of owner, with its uid', async () => {
    const { agent, clock, create, publish, update, shown } = world();
    const shared = configMap('x', 'default');
    const uid = (): string | undefined => agent.cluster.objects()[0]?.uid;
    const owners = (): readonly string[] | undefined => agent.cluster.objects()[0]?.owners;
    create('old', [shared]);
    await clock.advance(1000);
    const original = uid();
    create('new', [shared]);
    await clock.advance(1000);
    expect(owners()).toEqual(['old', 'new']);
    update('old', [shared], { deleteOption: { propagationPolicy: 'Orphan' } });
    await clock.advance(1000);
    expect(owners()).toEqual(['new']);
    publish(workEvent('delete', { id: 'old', consumer: 'c1' }));
    await clock.advance(1000);
    expect(shown('old')).toBe('gone');
    expect(uid()).toBe(original);
    expect(agent.cluster.losses()).toEqual([]);
    publish(workEvent('delete', { id: 'new', consumer: 'c1' }));
    await clock.advance(1000);
    expect(agent.cluster.objects()).toEqual([]);
    expect(agent.cluster.losses()).toMatchObject([{ uid: original, lastOwner: 'new', removed: true }]);
  });

  it('tells of an object that its last owner left alone, once', async () => {
    const { agent, clock, create, publish, update } = world();
    create('w', [configMap('x', 'default')]);
    await clock.advance(1000);
    update('w', [configMap('x', 'default')], { deleteOption: { propagationPolicy: 'Orphan' } });
    await clock.advance(1000);
    publish(workEvent('delete', { id: 'w', consumer: 'c1' }));
    await clock.advance(1000);
    expect(agent.cluster.objects()).toMatchObject([{ owners: [] }]);
    expect(agent.cluster.losses()).toMatchObject([{ lastOwner: 'w', removed: false }]);
  });

  it('removes what an update leaves out, and says nothing about a work without manifests', async () => {
    const { agent, clock, create, update, shown } = world();
    create('w1', [namespace('a'), namespace('b')]);
    create('empty', []);
    await clock.advance(1000);
    update('w1', [namespace('b')]);
    await clock.advance(1000);
    expect(agent.cluster.objects().map(({ manifest }) => manifest)).toEqual([namespace('b')]);
    expect(shown('empty')).toBe('');
  });
});

describe('reports', () => {
  const first = [namespace('n')];
  const second = [namespace('n'), configMap('m', 'n')];

  it('come under the number of a new version with the conditions of the old one, until the agent has looked at it', async () => {
    const { clock, create, update, shown, store, agent } = world({ delayMs: 500 });
    create('w', first);
    await clock.advance(5000);
    agent.change({ reports: 'old-conditions' });
    update('w', second);
    await clock.advance(100);
    const work = store.work('w');
    expect(work === undefined ? undefined : parseStatus(work)?.resourceVersion).toBe(2);
    expect(shown('w')).toBe('Applied/True/1 Available/True/1');
    await clock.advance(5000);
    expect(shown('w')).toBe('Applied/True/2 Available/True/2');
  });

  it('come twice, the second under a later sequence id', async () => {
    const { clock, create, reports } = world({ reports: 'repeated' });
    create('w', first);
    await clock.advance(5000);
    const contents = reports.map(({ event }) => event.statusHash);
    expect(contents.length).toBeGreaterThan(1);
    expect(contents.filter((_, index) => index % 2 === 0)).toEqual(contents.filter((_, index) => index % 2 === 1));
    expect(new Set(reports.map(({ event }) => event.sequenceId)).size).toBe(reports.length);
  });

  it('that come after a later one are dropped, as Maestro does', async () => {
    const { clock, create, reports, shown } = world({ reports: 'out-of-order' });
    create('w', first);
    await clock.advance(5000);
    expect(shown('w')).toBe('Applied/True/1 Available/True/1');
    const order = reports.map(({ event }) => BigInt(event.sequenceId));
    expect(order).toEqual(order.toSorted((left, right) => (left < right ? -1 : 1)));
  });

  it('leave out a version that another one follows soon', async () => {
    const { clock, create, update, reports, shown, agent } = world({ delayMs: 500 });
    create('w', first);
    await clock.advance(5000);
    agent.change({ reports: 'jumping' });
    update('w', second);
    await clock.advance(400);
    update('w', first);
    await clock.advance(400);
    expect(reports.at(-1)?.event.resourceVersion).toBe(1);
    await clock.advance(5000);
    expect([...new Set(reports.map(({ event }) => event.resourceVersion))]).toEqual([1, 3]);
    expect(shown('w')).toBe('Applied/True/3 Available/True/3');
  });
});

describe('patterns and paths', () => {
  const deployment = { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace: 'np' } };
  it.each([
    ['Deployment/web', true],
    ['Deployment.apps/np/web', true],
    ['Deployment.batch/np/web', false],
    ['Deployment/other/web', false],
    ['*/w*', true],
    ['*', true],
    ['Deploy/web', false],
  ])('%s', (pattern, expected) => {
    expect(matchesManifest(pattern, deployment)).toBe(expected);
  });

  it.each([
    ['.a.b', [1]],
    ["['a']['b']", [1]],
    ['.list[*].n', [1, 2]],
    ['.list[1].n', [2]],
    ['.list[?(@.t=="y")].n', [2]],
    ['.nope.b', []],
  ])('%s', (path, expected) => {
    const root = {
      a: { b: 1 },
      list: [
        { t: 'x', n: 1 },
        { t: 'y', n: 2 },
      ],
    };
    expect(valuesAt(root, path)).toEqual(expected);
  });

  it('gives resource identifiers all four parts, as the server does', () => {
    const payload = { data: { manifests: [], manifestConfigs: [{ resourceIdentifier: { name: 'x' } }] } };
    const { manifestConfigs } = bundleOf(parsePayload({ payload: JSON.stringify(payload) }));
    expect(manifestConfigs).toEqual([{ resourceIdentifier: { group: '', resource: '', name: 'x', namespace: '' } }]);
  });
});
