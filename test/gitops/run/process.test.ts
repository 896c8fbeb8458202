import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { Election, ElectionOptions } from '../../../src/gitops/kube/lease-election.ts';
import type { ControllerDeps, HealthProbe } from '../../../src/gitops/run/controller-deps.ts';
import { runProcess } from '../../../src/gitops/run/process.ts';
import type { HealthServers } from '../../../src/gitops/run/health-server.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { Script } from '../../support/script.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { fakeKube, fakeMaestro, recordingEvents, recordingLog, settingsFor } from './support/fakes.ts';

const terminated = new MaestroError('terminated', 'terminated by SIGTERM');
const probe: HealthProbe = {
  hubSynced: () => true,
  maestroSynced: () => true,
  streamLive: () => true,
  hubHeardMs: () => 0,
  oldestReconcileMs: () => undefined,
};

/** An election that a test decides. */
function fakeElection() {
  let holder: string | undefined;
  let leading: AbortController | undefined;
  let grant: (() => void) | undefined;
  let options: ElectionOptions | undefined;
  const election: Election = {
    get state() {
      return { leading: leading !== undefined, holder, terms: 0 };
    },
    stillLeader: () => leading !== undefined,
    run: async (signal, lead) => {
      while (!signal.aborted) {
        await new Promise<void>((resolve) => {
          grant = resolve;
          signal.addEventListener('abort', () => resolve(), { once: true });
        });
        if (signal.aborted) return;
        leading = new AbortController();
        const term = leading;
        signal.addEventListener('abort', () => term.abort(signal.reason), { once: true });
        await lead(term.signal);
        leading = undefined;
      }
    },
  };
  return {
    create: (given: ElectionOptions) => {
      options = given;
      return election;
    },
    options: () => options,
    standBy: (other: string) => {
      holder = other;
    },
    elect: () => grant?.(),
    lose: () => leading?.abort(new MaestroError('unavailable', 'the lease was lost')),
  };
}

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (let turn = 0; turn < 2_000; turn += 1) {
    if (await holds()) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
  throw new Error('it did not come to pass');
}

function start(
  settings: ControllerSettings,
  change: {
    readonly hub?: () => JsonObject | undefined;
    readonly runController?: (deps: ControllerDeps, signal: AbortSignal) => Promise<void>;
  } = {},
) {
  const clock = new ManualClock();
  const kube = fakeKube(({ resource }) =>
    resource === 'namespaces' ? (change.hub ?? (() => ({ metadata: { uid: 'hub-uid' } })))() : undefined,
  );
  const maestro = fakeMaestro();
  const election = fakeElection();
  const log = recordingLog();
  const events = recordingEvents();
  const terms: ControllerDeps[] = [];
  const stop = new AbortController();
  let servers: Pick<HealthServers, 'healthPort' | 'metricsPort'> | undefined;
  const running = runProcess(
    settings,
    {
      parts: {
        connectKube: async () => kube,
        connectMaestro: async () => maestro,
        createElection: election.create,
        createEventRecorder: () => events,
        runController:
          change.runController ??
          (async (deps, signal) => {
            terms.push(deps);
            deps.health.attach(probe);
            await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
            deps.health.attach(undefined);
          }),
      },
      clock,
      random: () => 0.5,
      env: {},
      log,
      build: { version: '1.0.0', commit: 'c', date: 'd' },
      processMetrics: false,
      onListening: (opened) => {
        servers = opened;
      },
    },
    stop.signal,
  );
  running.catch(() => undefined);
  const ready = async (): Promise<number> => (await fetch(`http://127.0.0.1:${servers?.healthPort}/readyz`)).status;
  const metric = async (name: string): Promise<string | undefined> => {
    const text = await (await fetch(`http://127.0.0.1:${servers?.metricsPort}/metrics`)).text();
    return text
      .split('\n')
      .find((line) => line.startsWith(`maestro_gitops_${name}`))
      ?.split(' ')
      .at(-1);
  };
  return {
    clock,
    kube,
    maestro,
    election,
    log,
    events,
    terms,
    stop,
    running,
    ready,
    metric,
    listening: () => until(() => servers !== undefined),
  };
}

describe('a process', () => {
  it('stands by, leads, loses the lease, stands by again and leads again, and ends on SIGTERM', async () => {
    const run = start(settingsFor());
    await run.listening();
    expect(await run.ready()).toBe(503);
    run.election.standBy('other');
    expect(await run.ready()).toBe(200);
    expect(run.election.options()).toMatchObject({
      namespace: 'open-cluster-management',
      identity: 'maestro-cli_80000000',
      leaseMs: 15_000,
    });

    run.election.elect();
    await until(() => run.terms.length === 1);
    expect(run.terms[0]).toMatchObject({ hubId: 'hub-uid' });
    expect(run.terms[0]?.stillLeader()).toBe(true);
    expect(await run.ready()).toBe(200);
    expect(await run.metric('leader')).toBe('1');

    run.election.lose();
    await until(() => run.terms[0]?.stillLeader() === false);
    expect(await run.metric('leader')).toBe('0');
    run.election.elect();
    await until(() => run.terms.length === 2);
    expect(await run.metric('leader')).toBe('1');

    run.stop.abort(terminated);
    await run.running;
    expect(run.kube.closed()).toBe(true);
    expect(run.maestro.closed()).toBe(true);
    await expect(run.ready()).rejects.toThrow();
    expect(run.log.lines.at(-1)?.message).toBe('stopped');
  });

  it('leads at once without an election', async () => {
    const run = start(settingsFor('--leader-elect=false', '--hub-id=mine'));
    await until(() => run.terms.length === 1);
    expect(run.terms[0]).toMatchObject({ hubId: 'mine' });
    expect(run.kube.calls).not.toContain('namespaces /kube-system');
    expect(run.terms[0]?.stillLeader()).toBe(true);
    run.stop.abort(terminated);
    await run.running;
  });

  it('starts while the hub is away, and goes on when it comes', async () => {
    let there = false;
    const run = start(settingsFor('--leader-elect=false'), {
      hub: () => {
        if (!there) throw new MaestroError('unavailable', 'connection refused', { transient: true });
        return { metadata: { uid: 'late' } };
      },
    });
    await run.listening();
    await until(() => run.log.lines.some(({ message }) => message.includes('connection refused')));
    expect(await run.ready()).toBe(503);
    there = true;
    await until(async () => {
      await run.clock.advance(1_000);
      return run.terms.length === 1;
    });
    expect(run.terms[0]).toMatchObject({ hubId: 'late' });
    expect(await run.ready()).toBe(200);
    run.stop.abort(terminated);
    await run.running;
  });

  it('starts the engine again after any fault, a refused token too, and ends with a bug', async () => {
    const faults = new Script<Error>('the engine');
    faults.push(
      new MaestroError('unavailable', 'gone for now', { transient: true }),
      new MaestroError('access-denied', 'token not authenticated', { reason: 'Unauthenticated' }),
      new Error('a bug'),
    );
    const run = start(settingsFor('--leader-elect=false', '--hub-id=h'), {
      runController: async () => {
        throw faults.shift() ?? new Error('no more');
      },
    });
    let ended: unknown;
    run.running.catch((error: unknown) => {
      ended = error;
    });
    await until(async () => {
      await run.clock.advance(1_000);
      return ended !== undefined;
    });
    expect(ended).toMatchObject({ code: 'internal', message: 'a bug' });
    for (const told of ['gone for now', 'token not authenticated'])
      expect(run.log.lines.some(({ message }) => message.includes(told))).toBe(true);
    expect(run.kube.closed()).toBe(true);
  });

  it('gives up what does not end within 20 s of the signal', async () => {
    const run = start(settingsFor('--leader-elect=false', '--hub-id=h'), {
      runController: () => new Promise<void>(() => undefined),
    });
    await run.listening();
    run.stop.abort(terminated);
    await until(() => run.log.lines.some(({ message }) => message === 'stopping'));
    await run.clock.advance(19_000);
    expect(run.maestro.closed()).toBe(false);
    await run.clock.advance(1_000);
    await run.running;
    expect(
      run.log.lines.some(({ level, message }) => level === 'error' && message.includes('did not end in time')),
    ).toBe(true);
    expect(run.maestro.closed()).toBe(true);
  });

  it('ends with the mistake when a kubeconfig cannot be used', async () => {
    const mistake = new MaestroError('usage', 'the kubeconfig a.yaml has no context hub');
    const settings = settingsFor();
    const maestro = fakeMaestro();
    await expect(
      runProcess(
        settings,
        {
          parts: {
            connectKube: () => Promise.reject(mistake),
            connectMaestro: async () => maestro,
            createElection: fakeElection().create,
            createEventRecorder: recordingEvents,
            runController: async () => undefined,
          },
          clock: new ManualClock(),
          random: () => 0,
          env: {},
          log: recordingLog(),
          build: { version: '1', commit: '', date: '' },
          processMetrics: false,
        },
        new AbortController().signal,
      ),
    ).rejects.toBe(mistake);
  });

  it('tells of what blocks it, as the leader', async () => {
    const run = start(settingsFor('--leader-elect=false', '--hub-id=h'));
    await until(() => run.terms.length === 1);
    expect(run.events.notes).toEqual([]);
    await until(() => run.terms[0]?.guard.current().blocked === false);
    expect(await run.metric('guard_blocked{')).toBeUndefined();
    run.stop.abort(terminated);
    await run.running;
  });
});
