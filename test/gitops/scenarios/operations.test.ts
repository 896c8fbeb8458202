import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { bundleId } from '../../../src/core/works/bundle-id.ts';
import type { ProcessParts } from '../../../src/gitops/run/process.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { systemClock, type Clock } from '../../../src/clock.ts';
import { Relay } from '../../operations/watch/relay.ts';
import { startCli, type Running } from '../../support/process.ts';
import { namingProblems, promtoolProblems, readExposition } from '../../support/promlint.ts';
import {
  eventually,
  findHelm,
  findPromtool,
  kinds,
  setDecision,
  startRig,
  type KubeObject,
  type Rig,
} from '../rig/index.ts';
import { keepRig } from '../rig/keep-rig.ts';
import { freePorts } from '../rig/wait.ts';
import { source } from './bundles.ts';
import { fastClock, LeapClock } from './fast-clock.ts';
import { chartRoles, neverAsked, notAllowed } from './rbac.ts';
import { metric } from './scrape.ts';
import { at, createApp, deleteApp, namespace, skipped, startController, type RunningController } from './support.ts';

const second = 1_000;
const ownNamespace = 'open-cluster-management';
const leaseMs = 6 * second;
const helm = findHelm();
const promtool = findPromtool();

describe.skipIf(skipped)('running the controllers', { timeout: 90_000 }, () => {
  let rig: Rig;

  const health = async (name: string, expected = 'Healthy', boundMs = 20 * second): Promise<void> => {
    await eventually(
      async () =>
        expect(at(await rig.hubApp(`${namespace}/${name}`), 'status', 'health', 'status'), name).toBe(expected),
      boundMs,
    );
  };
  const revision = async (name: string, expected: string, boundMs = 20 * second): Promise<void> => {
    await eventually(
      async () =>
        expect(
          at(await rig.hubApp(`${namespace}/${name}`), 'status', 'sync', 'comparedTo', 'source', 'targetRevision'),
          name,
        ).toBe(expected),
      boundMs,
    );
  };
  const edit = (name: string, targetRevision: string): Promise<unknown> =>
    rig.hub.admin.mergePatch(kinds.applications, { namespace, name }, { spec: { source: { targetRevision } } });
  const bundleOf = async (name: string): Promise<string> =>
    (await rig.maestroBundles()).find(({ metadata }) => metadata.name === `${namespace}-${name}`)?.id ?? '';
  const forgetApps = async (): Promise<void> => {
    for (const { metadata } of (await rig.hub.admin.list(kinds.applications)).items) {
      const ref = { namespace: metadata.namespace ?? '', name: metadata.name };
      await rig.hub.admin.mergePatch(kinds.applications, ref, { metadata: { finalizers: null } });
      await rig.hub.admin.delete(kinds.applications, ref);
    }
  };

  keepRig(
    async () => {
      rig = await startRig({ clusters: ['c1', 'c2'], applicationSets: false });
      await setDecision(rig.hub, namespace, 'all', ['c1', 'c2']);
    },
    async () => {
      await rig?.stop();
    },
  );

  describe('two replicas, as processes', () => {
    interface Replica {
      readonly name: string;
      readonly port: number;
      readonly run: Running;
    }
    const replicas: Replica[] = [];

    /** A kubeconfig of that user whose server is the relay. */
    const byWayOf = async (user: string, relay: Relay): Promise<string> => {
      const text = readFileSync(await rig.hub.kubeconfigFor(user), 'utf8');
      const file = join(rig.folder, `${user}-by-relay.kubeconfig`);
      writeFileSync(file, text.replaceAll(rig.hub.url, `https://127.0.0.1:${String(relay.port)}`), { mode: 0o600 });
      return file;
    };
    const replica = async (
      name: string,
      { flags = [], relay }: { readonly flags?: readonly string[]; readonly relay?: Relay } = {},
    ): Promise<Replica> => {
      const [port = 0] = await freePorts(1);
      const kubeconfig = relay === undefined ? await rig.hub.kubeconfigFor(name) : await byWayOf(name, relay);
      const run = await startCli(
        [
          'gitops',
          'controller',
          `--kubeconfig=${kubeconfig}`,
          `--lease-duration=${String(leaseMs)}ms`,
          '--renew-deadline=4s',
          '--retry-period=1s',
          '--grpc-plaintext',
          `--grpc-endpoint=${rig.standIn.grpcEndpoint}`,
          `--http-endpoint=${rig.standIn.httpEndpoint}`,
          '--deliver-project',
          `--health-address=127.0.0.1:${String(port)}`,
          `--metrics-address=127.0.0.1:${String(port)}`,
          ...flags,
        ],
        { env: { POD_NAME: name } },
      );
      const one = { name, port, run };
      replicas.push(one);
      return one;
    };
    const holder = async (): Promise<string | undefined> => {
      const identity = at(
        await rig.hub.admin.get(kinds.leases, { namespace: ownNamespace, name: 'multicluster-maestro-integrations' }),
        'spec',
        'holderIdentity',
      );
      return typeof identity === 'string' ? identity.split('_')[0] : undefined;
    };
    const leads = async ({ name, port, run }: Replica, boundMs: number): Promise<void> => {
      await eventually(async () => {
        expect(await holder(), run.stderr()).toBe(name);
        expect(await metric(port, 'leader')).toBe(1);
      }, boundMs);
    };
    const readyz = async ({ port }: Replica): Promise<number> =>
      (await fetch(`http://127.0.0.1:${String(port)}/readyz`)).status;
    const patchesBy = (user: string): readonly { readonly atMs: number }[] =>
      rig.hub.front.requests({ user, verb: 'patch' });
    /** No bundle got the same version twice. */
    const noneTwice = (): void => {
      const versions = rig.publishes().map(({ id, kind, version }) => `${id} ${kind} ${String(version)}`);
      expect(versions.filter((one, index) => versions.indexOf(one) !== index)).toEqual([]);
    };

    afterEach(async () => {
      for (const { run } of replicas.splice(0)) {
        run.kill('SIGKILL');
        await run.done;
      }
      await forgetApps();
    });

    test('one writes; killed, it is followed within the lease, and nothing is lost or done twice; terminated, at once', async () => {
      const a = await replica('replica-a');
      await leads(a, 30 * second);
      const b = await replica('replica-b');
      await eventually(async () => expect(await readyz(b)).toBe(200), 30 * second);
      expect(await metric(b.port, 'leader')).toBe(0);
      const names = Array.from({ length: 8 }, (_, index) => `i1-${String(index)}`);
      for (const name of names) await createApp(rig, name, { cluster: name.endsWith('1') ? 'c2' : 'c1' });
      for (const name of names) await health(name);
      expect(patchesBy('replica-a').length).toBeGreaterThanOrEqual(names.length);
      expect(patchesBy('replica-b')).toEqual([]);
      expect(
        rig.hub.front.verbsUsed('replica-b').filter((verb) => /applications|events|managedclusters/.test(verb)),
      ).toEqual([]);
      expect(rig.publishes()).toHaveLength(names.length);
      noneTwice();
      expect(await metric(a.port, 'publishes_total', { kind: 'create', result: 'sent' })).toBe(names.length);
      await eventually(async () =>
        expect(await metric(a.port, 'applications', { state: 'synced' })).toBe(names.length),
      );

      // Killed in the middle of edits, new applications and a deletion.
      const more = Array.from({ length: 4 }, (_, index) => `i1-more-${String(index)}`);
      for (const name of names.slice(2)) await edit(name, 'main');
      for (const name of more) await createApp(rig, name);
      await deleteApp(rig, 'i1-0');
      a.run.kill('SIGKILL');
      await a.run.done;
      const killedMs = performance.now();
      const lastOfA = patchesBy('replica-a').at(-1)?.atMs ?? 0;
      await leads(b, leaseMs + 10 * second);
      // The lease, the candidate's next try, and what a busy machine takes.
      expect(performance.now() - killedMs).toBeLessThan(leaseMs + 5 * second);
      for (const name of names.slice(2)) await revision(name, 'main');
      for (const name of more) await health(name);
      await eventually(async () => expect(await rig.hubApp(`${namespace}/i1-0`)).toBeUndefined(), 20 * second);
      expect(patchesBy('replica-a').at(-1)?.atMs).toBe(lastOfA);
      expect(patchesBy('replica-b')[0]?.atMs).toBeGreaterThan(lastOfA);
      noneTwice();
      const versions = new Map((await rig.maestroBundles()).map(({ metadata, version }) => [metadata.name, version]));
      expect(Object.fromEntries(versions)).toEqual(
        Object.fromEntries(
          [...names.slice(1), ...more].map((name) => [`${namespace}-${name}`, names.indexOf(name) >= 2 ? 2 : 1]),
        ),
      );

      // Terminated: the next one does not have to wait for the lease.
      const c = await replica('replica-c');
      await eventually(async () => expect(await readyz(c)).toBe(200), 30 * second);
      const published = rig.publishes().length;
      b.run.kill('SIGTERM');
      const terminatedMs = performance.now();
      await leads(c, leaseMs);
      expect(performance.now() - terminatedMs).toBeLessThan(leaseMs);
      const ended = await b.run.done;
      expect(ended, ended.stderr).toMatchObject({ exitCode: 143, signal: null });
      expect(ended.stderr).not.toMatch(/^ +at /m);
      await eventually(
        async () =>
          expect(await metric(c.port, 'applications', { state: 'synced' })).toBe(names.length - 1 + more.length),
        20 * second,
      );
      rig.spoke('c1').argo.setHealth(namespace, 'i1-2', 'Degraded');
      await health('i1-2', 'Degraded');
      expect(rig.publishes()).toHaveLength(published);
    });

    test('a leader that is cut off from the hub stops before another one leads, and stands by when it is back', async () => {
      const relay = await Relay.open(Number(new URL(rig.hub.url).port));
      onTestFinished(() => relay.close());
      const cutOff = await replica('replica-cut', { relay });
      await leads(cutOff, 30 * second);
      await createApp(rig, 'i1-cut');
      await health('i1-cut');
      const next = await replica('replica-next');
      await eventually(async () => expect(await readyz(next)).toBe(200), 30 * second);
      await relay.refuse();
      const endedMs = eventually(async () => {
        expect(await metric(cutOff.port, 'leader')).toBe(0);
        return performance.now();
      }, 30 * second);
      const followedMs = eventually(async () => {
        expect(await metric(next.port, 'leader')).toBe(1);
        return performance.now();
      }, 30 * second);
      const [ended, followed] = await Promise.all([endedMs, followedMs]);
      expect(ended).toBeLessThan(followed);
      await edit('i1-cut', 'main');
      await revision('i1-cut', 'main');
      await relay.heal();
      await eventually(async () => expect(await readyz(cutOff)).toBe(200), 20 * second);
      expect(await metric(cutOff.port, 'leader')).toBe(0);
      expect(await holder()).toBe('replica-next');
      noneTwice();
    });

    test.skipIf(helm === undefined)(
      'what the processes ask of the hub is what the chart allows them, and their metrics pass promlint',
      async () => {
        // As on a hub that had none before.
        const lease = { namespace: ownNamespace, name: 'multicluster-maestro-integrations' };
        await rig.hub.admin.delete(kinds.leases, lease);
        rig.hub.front.forget();
        const reported = (name: string, annotations: JsonObject): Promise<KubeObject> =>
          rig.hub.admin.create(kinds.setReports, {
            apiVersion: 'apps.open-cluster-management.io/v1alpha1',
            kind: 'MulticlusterApplicationSetReport',
            metadata: { name, namespace, annotations },
          });
        await reported('roles-of-classic', {});
        await reported('roles-gone', { 'maestro-cli.hyperfleet.io/appset-report': 'whole' });
        const one = await replica('replica-roles');
        await leads(one, 30 * second);
        await rig.hub.admin.create(kinds.appProjects, {
          apiVersion: 'argoproj.io/v1alpha1',
          kind: 'AppProject',
          metadata: { name: 'roles', namespace },
          spec: { sourceRepos: ['*'] },
        });
        await createApp(rig, 'roles', { spec: { project: 'roles' }, applicationSet: 'roles' });
        await createApp(rig, 'roles-classic', { applicationSet: 'roles-of-classic' });
        // Refused, with an Event.
        await createApp(rig, 'roles-refused', { namespace: 'argocd' });
        await health('roles');
        const ref = { namespace, name: 'roles' };
        await rig.hub.admin.mergePatch(kinds.applications, ref, {
          operation: { sync: { revision: 'HEAD' } },
          metadata: { annotations: { 'argocd.argoproj.io/refresh': 'normal' } },
        });
        await eventually(async () => {
          const app = await rig.hubApp(`${namespace}/roles`);
          expect([app?.['operation'], app?.metadata.annotations?.['argocd.argoproj.io/refresh']]).toEqual([
            undefined,
            undefined,
          ]);
        }, 15 * second);
        const sets = async (): Promise<readonly string[]> =>
          (await rig.hub.admin.list(kinds.setReports)).items
            .filter((report) => at(report, 'statuses', 'summary', 'clusters') === '1')
            .map(({ metadata }) => metadata.name);
        await eventually(async () => {
          expect((await sets()).toSorted()).toEqual(['roles', 'roles-of-classic']);
          expect(await rig.hub.admin.get(kinds.setReports, { namespace, name: 'roles-gone' })).toBeUndefined();
        }, 30 * second);
        await deleteApp(rig, 'roles');
        await eventually(async () => expect(await rig.hubApp(`${namespace}/roles`)).toBeUndefined(), 20 * second);
        await eventually(
          () => expect(rig.hub.front.verbsUsed(one.name)).toContain('create events.k8s.io/events'),
          15 * second,
        );
        const exposition = await (await fetch(`http://127.0.0.1:${String(one.port)}/metrics`)).text();
        expect(namingProblems(readExposition(exposition))).toEqual([]);
        if (promtool !== undefined) expect(promtoolProblems(promtool, exposition)).toBe('');
        one.run.kill('SIGTERM');
        expect((await one.run.done).exitCode).toBe(143);
        const requests = rig.hub.front.requests({ user: one.name });
        expect(rig.hub.front.verbsUsed(one.name)).toEqual(
          expect.arrayContaining([
            'patch argoproj.io/applications',
            'watch argoproj.io/appprojects',
            'update coordination.k8s.io/leases',
            'get apps/deployments',
          ]),
        );
        const features = ['propagation.deliverProject=true', 'migration.rbac.create=true'];
        expect(notAllowed(requests, chartRoles(helm ?? '', ownNamespace, features))).toEqual([]);
        expect(
          neverAsked(requests, chartRoles(helm ?? '', ownNamespace, ['propagation.deliverProject=true'])),
          'rights that nobody uses',
        ).toEqual([]);
        // Without the feature the right for it is not there, which shows that the comparison bites.
        expect(notAllowed(requests, chartRoles(helm ?? '', ownNamespace, []))).toEqual([
          'list argoproj.io/appprojects /',
          'list work.open-cluster-management.io/manifestworks /',
          'watch argoproj.io/appprojects /',
        ]);
      },
    );

    test('a process whose event loop stood still is not alive', async () => {
      const one = await replica('replica-stuck', { flags: ['--leader-elect=false'] });
      const livez = (boundMs = 10 * second): Promise<Response> =>
        fetch(`http://127.0.0.1:${String(one.port)}/livez`, { signal: AbortSignal.timeout(boundMs) });
      await eventually(async () => expect((await livez()).status).toBe(200), 30 * second);
      one.run.kill('SIGSTOP');
      await expect(livez(second)).rejects.toThrow();
      // The limit is ten seconds.
      await new Promise((resolve) => setTimeout(resolve, 10.5 * second));
      one.run.kill('SIGCONT');
      // Both at once: they tell of it for ten seconds or so.
      await eventually(async () => {
        const [answer, lag] = await Promise.all([livez(), metric(one.port, 'event_loop_lag_max_seconds')]);
        expect(answer.status).toBe(503);
        expect(await answer.text()).toMatch(/the event loop was held up for 1\ds/);
        expect(lag).toBeGreaterThan(10);
      });
    });
  });

  describe('in this process', () => {
    let controller: RunningController | undefined;
    let port = 0;

    const start = async (
      overrides: Partial<ControllerSettings> = {},
      clock: Clock = systemClock,
      parts: Partial<ProcessParts> = {},
    ): Promise<void> => {
      [port = 0] = await freePorts(1);
      const address = { host: '127.0.0.1', port };
      controller = startController(
        rig,
        { healthAddress: address, metricsAddress: address, ...overrides },
        parts,
        clock,
      );
    };
    const patches = (): number => rig.hub.front.requests({ user: 'gitops-controller', verb: 'patch' }).length;
    const blockedBy = async (reason: string): Promise<void> => {
      await eventually(async () => expect(await metric(port, 'guard_blocked', { reason })).toBe(1), 15 * second);
    };
    const allowed = async (): Promise<void> => {
      await eventually(async () => expect(await metric(port, 'guard_blocked')).toBe(0), 15 * second);
    };

    afterEach(async () => {
      rig.standIn.clearFaults();
      rig.hub.front.clearFaults();
      await controller?.stop();
      controller = undefined;
      await forgetApps();
    });

    test('with a lease that was not renewed in time nothing is published or written any more', async () => {
      let renewed = true;
      const createElection: ProcessParts['createElection'] = () => ({
        state: { leading: true, holder: 'us', terms: 1 },
        stillLeader: () => renewed,
        run: (signal, lead) => lead(signal),
      });
      await start(
        {
          election: {
            namespace: ownNamespace,
            name: 'late',
            identity: 'one',
            leaseMs,
            renewMs: 4 * second,
            retryMs: second,
          },
        },
        systemClock,
        { createElection },
      );
      for (const name of ['i1-late', 'i1-late-too']) {
        await createApp(rig, name);
        await health(name);
      }
      renewed = false;
      const [published, patched] = [rig.publishes().length, patches()];
      await edit('i1-late', 'main');
      rig.spoke('c1').argo.setHealth(namespace, 'i1-late-too', 'Degraded');
      await eventually(() => {
        for (const word of ['nothing is published', 'nothing is written'])
          expect(
            controller?.lines.some((line) => line.includes(word)),
            word,
          ).toBe(true);
      });
      expect([rig.publishes().length, patches()]).toEqual([published, patched]);
      renewed = true;
      await revision('i1-late', 'main');
      await health('i1-late-too', 'Degraded');
    });

    test('told to stop while a call hangs, it ends in time and gives the lease back', async () => {
      const name = 'hanging';
      await start({
        shutdownMs: 4 * second,
        callTimeoutMs: 60 * second,
        election: {
          namespace: ownNamespace,
          name,
          identity: 'one',
          leaseMs: 60 * second,
          renewMs: 40 * second,
          retryMs: second,
        },
      });
      const holder = async (): Promise<unknown> =>
        at(await rig.hub.admin.get(kinds.leases, { namespace: ownNamespace, name }), 'spec', 'holderIdentity');
      await eventually(
        async () => expect((await fetch(`http://127.0.0.1:${String(port)}/readyz`)).status).toBe(200),
        15 * second,
      );
      expect(await metric(port, 'leader')).toBe(1);
      rig.standIn.setFault({ kind: 'delay', channel: 'grpc', ms: 60 * second });
      await createApp(rig, 'i1-hanging');
      await eventually(async () => expect(await metric(port, 'publishes_in_flight')).toBe(1), 15 * second);
      expect(await holder()).toMatch(/^one_/);
      const startMs = performance.now();
      await controller?.stop();
      expect(performance.now() - startMs).toBeLessThan(6 * second);
      expect(controller?.lines.filter((line) => line.includes('did not end in time'))).toEqual([]);
      expect((await holder()) ?? '').toBe('');
    });

    test('a watch that hears nothing for minutes, while the hub answers, is not alive', async () => {
      const clock = new LeapClock();
      await start({ callTimeoutMs: 200 * second }, clock);
      const livez = async (): Promise<readonly [number, string]> => {
        const answer = await fetch(`http://127.0.0.1:${String(port)}/livez`);
        return [answer.status, await answer.text()];
      };
      await createApp(rig, 'i2-watch');
      await health('i2-watch');
      expect((await livez())[0]).toBe(200);
      rig.hub.front.freezeWatches(true);
      rig.hub.front.setFault({ kind: 'hang', verb: 'watch', count: 1000 });
      await clock.eventually(async () => {
        const [status, text] = await livez();
        expect(status).toBe(503);
        expect(text).toMatch(/a watch of the hub has heard nothing for 3\d\ds, though the hub answers/);
      }, 40 * second);
      // What was missed is read again once events come through.
      await edit('i2-watch', 'main');
      rig.hub.front.clearFaults();
      rig.hub.front.cutWatches();
      await clock.eventually(() => revision('i2-watch', 'main', 0), 30 * second);
    });

    test('a hub that sends no bookmarks, as for a kind of which it has seen no change, is no reason to restart', async () => {
      const clock = new LeapClock();
      await start({ callTimeoutMs: 200 * second }, clock);
      await createApp(rig, 'i2-quiet');
      await health('i2-quiet');
      rig.hub.front.freezeWatches(true);
      const asked = (): number =>
        rig.hub.front.requests().filter(({ verb, kind }) => verb === 'watch' && kind.resource === 'managedclusters')
          .length;
      const before = asked();
      // Each watch is opened anew after 90 s, so this is longer than a watch may be silent.
      await clock.eventually(() => expect(asked() - before).toBeGreaterThanOrEqual(4), 40 * second);
      expect((await fetch(`http://127.0.0.1:${String(port)}/livez`)).status).toBe(200);
      expect(controller?.lines.filter((line) => line.includes('a watch of the hub starts over'))).toEqual([]);
      rig.hub.front.freezeWatches(false);
      await edit('i2-quiet', 'main');
      await revision('i2-quiet', 'main', 30 * second);
    });

    test('the numbers tell of work that waits, of work that is done, and of the lag of reports', async () => {
      // What earlier tests left is garbage, and more than the brake lets pass.
      await start({
        maxConcurrency: 1,
        gc: { intervalMs: 500, brake: { kind: 'count', count: 1000 }, overrideBrake: false },
      });
      await eventually(async () => expect(await metric(port, 'publish_window')).toBeGreaterThan(0), 15 * second);
      const names = Array.from({ length: 30 }, (_, index) => `i2-${String(index)}`);
      rig.standIn.setFault({ kind: 'delay', channel: 'grpc', ms: second });
      for (const name of names) await createApp(rig, name, { cluster: 'c2' });
      await eventually(async () => {
        expect(await metric(port, 'publishes_in_flight')).toBeGreaterThan(0);
        expect(await metric(port, 'queue_depth', { lane: 'change' })).toBeGreaterThan(0);
        expect(await metric(port, 'queue_oldest_seconds', { lane: 'change' })).toBeGreaterThan(0);
        expect(await metric(port, 'applications', { state: 'pending' })).toBeGreaterThan(0);
      }, 15 * second);
      rig.standIn.clearFaults();
      await eventually(
        async () => expect(await metric(port, 'applications', { state: 'synced' })).toBe(names.length),
        40 * second,
      );
      for (const name of names) await health(name);
      for (const gauge of [
        'publishes_in_flight',
        'queue_depth',
        'queue_oldest_seconds',
        'status_backlog',
        'parked',
        'orphans',
        'gc_brake',
      ]) {
        await eventually(async () => expect(await metric(port, gauge), gauge).toBe(0));
      }
      expect(await metric(port, 'publishes_total', { kind: 'create', result: 'sent' })).toBe(names.length);
      const written = await metric(port, 'hub_writes_total', { what: 'status', result: 'done' });
      expect(written).toBeGreaterThanOrEqual(names.length);
      expect(await metric(port, 'status_lag_seconds_count')).toBe(written);
      expect(await metric(port, 'status_events_total')).toBeGreaterThan(names.length);
    });

    test.each([
      ['ClassicRunning', 'multicluster-integrations', 'multicluster-integrations'],
      ['GoControllersRunning', 'multicluster-maestro-integrations', 'maestro-argocd-propagation-controller'],
    ])(
      'J1: %s refuses publishing with its reason, from the start and later; stopped, it goes on',
      async (reason, deployment, container) => {
        const scale = (readyReplicas: number): void => {
          rig.hub.front.memory.put(kinds.deployments, {
            metadata: { namespace: ownNamespace, name: deployment },
            spec: { template: { spec: { containers: [{ name: container }] } } },
            status: readyReplicas === 0 ? {} : { readyReplicas },
          });
        };
        onTestFinished(
          () => void rig.hub.front.memory.delete(kinds.deployments, { namespace: ownNamespace, name: deployment }),
        );
        const name = `j1-${deployment}`;
        const [before, patched] = [rig.publishes().length, patches()];
        // What other tests left behind may be collected as soon as writing is allowed.
        const published = (): number => rig.publishes({ id: bundleId(source, 'c1', `${namespace}-${name}`) }).length;
        scale(1);
        await createApp(rig, name);
        // Deployments are looked at once a minute.
        await start({ callTimeoutMs: 200 * second }, fastClock(20));
        await blockedBy(reason);
        await eventually(async () => {
          const { items } = await rig.hub.admin.list(kinds.events);
          expect(
            items.some((event) => event['reason'] === reason && at(event, 'regarding', 'name') === deployment),
          ).toBe(true);
        });
        expect(
          controller?.lines.some(
            (line) =>
              line.includes('nothing is published or written') && line.includes(`${ownNamespace}/${deployment}`),
          ),
        ).toBe(true);
        // It reads on meanwhile.
        await eventually(
          async () => expect(await metric(port, 'applications', { state: 'pending' })).toBe(1),
          15 * second,
        );
        expect([rig.publishes().length, patches()]).toEqual([before, patched]);
        scale(0);
        await allowed();
        await health(name);
        expect(published()).toBe(1);
        scale(1);
        await blockedBy(reason);
        await edit(name, 'main');
        await eventually(
          async () => expect(await metric(port, 'applications', { state: 'pending' })).toBe(1),
          15 * second,
        );
        expect(published()).toBe(1);
        scale(0);
        await revision(name, 'main');
        expect(published()).toBe(2);
      },
    );

    test('J6: the switch stops publishes, deletions and writes to the hub while it is set, and everything is made up for', async () => {
      const config = (disabled: boolean): JsonObject => ({
        metadata: { namespace: ownNamespace, name: 'multicluster-integrations-config' },
        data: { 'config.yaml': `pullModel:\n  maestro:\n    disabled: ${String(disabled)}\n` },
      });
      onTestFinished(
        () =>
          void rig.hub.front.memory.delete(kinds.configMaps, {
            namespace: ownNamespace,
            name: 'multicluster-integrations-config',
          }),
      );
      rig.hub.front.memory.put(kinds.configMaps, config(false));
      await start({ gc: { intervalMs: 500, brake: { kind: 'count', count: 100 }, overrideBrake: false } });
      for (const name of ['j6-edit', 'j6-delete', 'j6-report', 'j6-vanish']) {
        await createApp(rig, name, name === 'j6-vanish' ? { finalizers: [] } : {});
        await health(name);
      }
      const gone = await bundleOf('j6-vanish');
      // What earlier tests left is garbage: it goes first.
      await eventually(async () => expect(await rig.maestroBundles()).toHaveLength(4), 20 * second);
      rig.hub.front.memory.put(kinds.configMaps, config(true));
      await blockedBy('Disabled');
      const [published, patched, received] = [
        rig.publishes().length,
        patches(),
        await metric(port, 'status_events_total'),
      ];
      await createApp(rig, 'j6-new');
      await edit('j6-edit', 'main');
      await deleteApp(rig, 'j6-delete');
      await deleteApp(rig, 'j6-vanish');
      rig.spoke('c1').argo.setHealth(namespace, 'j6-report', 'Degraded');
      // The reports are heard, and several sweeps for garbage go by.
      await eventually(async () => expect(await metric(port, 'status_events_total')).toBeGreaterThan(received));
      await eventually(async () => expect(await metric(port, 'applications', { state: 'deleting' })).toBe(1));
      await new Promise((resolve) => setTimeout(resolve, 2 * second));
      expect([rig.publishes().length, patches()]).toEqual([published, patched]);
      expect(at(await rig.hubApp(`${namespace}/j6-report`), 'status', 'health', 'status')).toBe('Healthy');
      rig.hub.front.memory.put(kinds.configMaps, config(false));
      await allowed();
      await health('j6-new');
      await health('j6-report', 'Degraded');
      await revision('j6-edit', 'main');
      await eventually(async () => expect(await rig.hubApp(`${namespace}/j6-delete`)).toBeUndefined(), 20 * second);
      await eventually(() => expect(rig.publishes({ id: gone, kind: 'delete' })).toHaveLength(1), 20 * second);
      await eventually(async () => expect(await bundleOf('j6-vanish')).toBe(''), 20 * second);
    });
  });
});
if (helm === undefined)
  console.log(
    'test/gitops/scenarios: the roles of the chart are not compared, because helm is not installed: run scripts/gitops-rig.sh',
  );
