import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { ObjectRef, ResourcePath } from '../../../src/gitops/kube/kube-api.ts';
import { deploymentFact, pullModelSwitches, type DeploymentFact } from '../../../src/gitops/model/pull-models.ts';
import { decideGuard, type GuardLook } from '../../../src/gitops/run/guard-decision.ts';
import type { GuardState } from '../../../src/gitops/run/guard-state.ts';
import { createGuard, deploymentsEveryMs, lookExpiresMs, switchEveryMs } from '../../../src/gitops/run/guard.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { fakeKube, recordingLog } from './support/fakes.ts';

const ocm = 'open-cluster-management';
const deployment = (
  name: string,
  readyReplicas: number,
  containers: readonly string[] = ['main'],
  namespace = ocm,
): JsonObject => ({
  metadata: { namespace, name, uid: `uid-${name}` },
  spec: { template: { spec: { containers: containers.map((container) => ({ name: container })) } } },
  status: readyReplicas === 0 ? {} : { readyReplicas },
});
const fact = (...args: Parameters<typeof deployment>): DeploymentFact => deploymentFact(deployment(...args));
const goContainer = 'maestro-argocd-propagation-controller';
const on = { classicDisabled: false, maestroDisabled: false };

describe('the decision', () => {
  const reasonOf = (state: GuardState): string | undefined => (state.blocked ? state.reason : undefined);
  it.each<{ about: string; look: GuardLook; reason: string | undefined; allowed?: string }>([
    { about: 'nothing there', look: { deployments: [], switches: on }, reason: undefined },
    {
      about: 'classic runs',
      look: { deployments: [fact('multicluster-integrations', 1)], switches: on },
      reason: 'ClassicRunning',
    },
    {
      about: 'classic scaled to 0',
      look: { deployments: [fact('multicluster-integrations', 0)], switches: on },
      reason: undefined,
    },
    {
      about: 'classic runs with its switch off',
      look: { deployments: [fact('multicluster-integrations', 1)], switches: { ...on, classicDisabled: true } },
      reason: undefined,
    },
    {
      about: 'Go controllers run',
      look: { deployments: [fact('multicluster-maestro-integrations', 1, [goContainer])], switches: on },
      reason: 'GoControllersRunning',
    },
    {
      about: 'Go aggregation alone runs',
      look: {
        deployments: [fact('multicluster-maestro-integrations', 1, ['a', 'maestro-argocd-aggregation-controller'])],
        switches: on,
      },
      reason: 'GoControllersRunning',
    },
    {
      about: 'Go controllers stay although classic is off',
      look: {
        deployments: [fact('multicluster-maestro-integrations', 2, [goContainer])],
        switches: { ...on, classicDisabled: true },
      },
      reason: 'GoControllersRunning',
    },
    {
      about: 'Go controllers at 0',
      look: { deployments: [fact('multicluster-maestro-integrations', 0, [goContainer])], switches: on },
      reason: undefined,
    },
    {
      about: 'our own Deployment',
      look: { deployments: [fact('multicluster-maestro-integrations', 2, ['controller'])], switches: on },
      reason: undefined,
    },
    {
      about: 'the switch is set',
      look: { deployments: [], switches: { ...on, maestroDisabled: true } },
      reason: 'Disabled',
      allowed: 'Disabled',
    },
    {
      about: 'the switch cannot be read',
      look: { deployments: [], switches: 'unreadable' },
      reason: 'BadConfig',
      allowed: 'BadConfig',
    },
    { about: 'no right to deployments', look: { deployments: 'forbidden', switches: on }, reason: 'MayNotLook' },
    { about: 'no right to the ConfigMap', look: { deployments: [], switches: 'forbidden' }, reason: 'MayNotLook' },
    {
      about: 'no rights, but the switch is set',
      look: { deployments: 'forbidden', switches: { ...on, maestroDisabled: true } },
      reason: 'Disabled',
      allowed: 'Disabled',
    },
  ])('$about', ({ look, reason, allowed }) => {
    expect(reasonOf(decideGuard(look, { allowCoexistence: false }))).toBe(reason);
    expect(reasonOf(decideGuard(look, { allowCoexistence: true }))).toBe(allowed);
  });
});

describe('the ConfigMap', () => {
  const map = (config: string): JsonObject => ({ data: { 'config.yaml': config } });
  it.each<{ given: JsonObject | undefined; read: ReturnType<typeof pullModelSwitches> }>([
    { given: undefined, read: on },
    { given: {}, read: on },
    { given: { data: { other: 'x' } }, read: on },
    { given: map(''), read: on },
    { given: map('# nothing'), read: on },
    {
      given: map('pullModel:\n  basic:\n    disabled: true\n'),
      read: { classicDisabled: true, maestroDisabled: false },
    },
    {
      given: map('pullModel:\n  maestro:\n    disabled: "True"\n'),
      read: { classicDisabled: false, maestroDisabled: true },
    },
    { given: map('{"pullModel": {"maestro": {"disabled": false}}}'), read: on },
    { given: map('pullModel: [1]'), read: on },
    { given: map('pullModel: {'), read: 'unreadable' },
    { given: map('just text'), read: 'unreadable' },
  ])('$given', ({ given, read }) => {
    expect(pullModelSwitches(given)).toEqual(read);
  });

  it('and Deployments that are malformed are read as empty', () => {
    expect(deploymentFact({ spec: { template: [] }, status: { readyReplicas: '1' } })).toMatchObject({
      readyReplicas: 0,
      containers: [],
    });
  });
});

describe('the guard', () => {
  function start(
    options: {
      readonly allow?: boolean;
      readonly own?: string;
      readonly before?: readonly [string, JsonObject | Error];
    } = {},
  ) {
    const objects = new Map<string, JsonObject | Error>(options.before === undefined ? [] : [options.before]);
    const clock = new ManualClock();
    const log = recordingLog();
    const kube = fakeKube(({ resource }: ResourcePath, { namespace, name }: ObjectRef) => {
      const found = objects.get(`${resource} ${namespace}/${name}`) ?? objects.get(resource);
      if (found instanceof Error) throw found;
      return found;
    });
    const guard = createGuard(
      {
        classicNamespace: ocm,
        ownNamespace: options.own ?? ocm,
        allowClassicCoexistence: options.allow ?? false,
        callTimeoutMs: 30_000,
      },
      { kube, clock, log },
    );
    const states: GuardState[] = [];
    guard.onChange((state) => void states.push(state));
    const stop = new AbortController();
    const running = guard.run(stop.signal);
    const settled = async (ms = 0): Promise<void> => {
      await clock.advance(ms);
      for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
    };
    return {
      objects,
      clock,
      log,
      kube,
      guard,
      states,
      settled,
      stop: async () => {
        stop.abort(new MaestroError('terminated', 'stop'));
        await running;
      },
    };
  }
  const reason = (state: GuardState): string => (state.blocked ? state.reason : 'allowed');

  it('refuses while the classic pod runs, says why, and allows once it is gone', async () => {
    const { objects, guard, settled, states, log, stop } = start();
    expect(reason(guard.current())).toBe('Unchecked');
    objects.set(`deployments ${ocm}/multicluster-integrations`, deployment('multicluster-integrations', 1));
    await settled();
    expect(guard.current()).toMatchObject({
      reason: 'ClassicRunning',
      about: { kind: 'Deployment', name: 'multicluster-integrations', uid: 'uid-multicluster-integrations' },
    });
    objects.clear();
    await settled(deploymentsEveryMs + switchEveryMs);
    expect(guard.current()).toEqual({ blocked: false });
    expect(states.map(reason)).toEqual(['ClassicRunning', 'allowed']);
    expect(log.lines.map(({ level }) => level)).toEqual(['warn', 'info']);
    await stop();
  });

  it('sees the switch within five seconds, both ways', async () => {
    const { objects, guard, settled, stop } = start();
    await settled();
    expect(guard.current()).toEqual({ blocked: false });
    objects.set(`configmaps ${ocm}/multicluster-integrations-config`, {
      data: { 'config.yaml': 'pullModel: {maestro: {disabled: true}}' },
    });
    await settled(switchEveryMs);
    expect(reason(guard.current())).toBe('Disabled');
    objects.clear();
    await settled(switchEveryMs);
    expect(guard.current()).toEqual({ blocked: false });
    await stop();
  });

  it('looks in both namespaces, at the switch often and at Deployments rarely', async () => {
    const { kube, settled, stop } = start({ own: 'argo' });
    await settled();
    expect(kube.calls).toEqual([
      `configmaps ${ocm}/multicluster-integrations-config`,
      `deployments ${ocm}/multicluster-integrations`,
      `deployments ${ocm}/multicluster-maestro-integrations`,
      'deployments argo/multicluster-maestro-integrations',
    ]);
    for (let times = 0; times < 11; times += 1) await settled(switchEveryMs);
    expect(kube.calls.filter((call) => call.startsWith('deployments'))).toHaveLength(3);
    expect(kube.calls.filter((call) => call.startsWith('configmaps'))).toHaveLength(12);
    await stop();
  });

  it.each([
    { allow: false, state: 'MayNotLook' },
    { allow: true, state: 'allowed' },
  ])('without the right to look, allowed $allow: $state', async ({ allow, state }) => {
    const { objects, guard, settled, stop } = start({ allow });
    objects.set('deployments', new MaestroError('access-denied', 'forbidden (403)', { reason: 'Unauthorized' }));
    await settled();
    expect(reason(guard.current())).toBe(state);
    await stop();
  });

  it('keeps its answer while the hub is away, and refuses when it has been away too long', async () => {
    const { objects, guard, settled, stop, states } = start();
    await settled();
    objects.set('configmaps', new MaestroError('unavailable', 'connection refused', { transient: true }));
    await settled(lookExpiresMs - 2 * switchEveryMs);
    expect(reason(guard.current())).toBe('allowed');
    for (let times = 0; times < 3; times += 1) await settled(switchEveryMs);
    expect(reason(guard.current())).toBe('LookFailed');
    objects.clear();
    await settled(switchEveryMs);
    expect(states.map(reason)).toEqual(['allowed', 'LookFailed', 'allowed']);
    await stop();
  });

  it('stays unchecked when the first looks fail, and says so once', async () => {
    const { objects, guard, settled, stop, log } = start({
      before: ['configmaps', new MaestroError('access-denied', 'no token (401)', { reason: 'Unauthenticated' })],
    });
    await settled();
    await settled(switchEveryMs);
    expect(reason(guard.current())).toBe('Unchecked');
    expect(log.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
    objects.clear();
    await settled(switchEveryMs);
    expect(guard.current()).toEqual({ blocked: false });
    await stop();
  });
});
