import { once, setMaxListeners } from 'node:events';
import type { ConnectionSettings } from '../../clients/connection.ts';
import { preloadWriter } from '../../clients/preload-writer.ts';
import type { BuildInfo } from '../../build-info.ts';
import type { Maestro } from '../../context.ts';
import { MaestroError } from '../../errors.ts';
import { slept, type Clock } from '../../clock.ts';
import { backoffMs } from '../../core/back-off.ts';
import { CancelSource } from '../kube/cancel-source.ts';
import type { KubeDeps } from '../kube/connect-kube.ts';
import type { KubeSettings } from '../kube/kubeconfig.ts';
import type { EventRecorder, EventRecorderOptions } from '../kube/event-recorder.ts';
import type { CallerDeps, KubeApi, KubeCallFact } from '../kube/kube-api.ts';
import type { Election, ElectionOptions } from '../kube/lease-election.ts';
import type { ControllerDeps, HealthProbe } from './controller-deps.ts';
import { createGuard } from './guard.ts';
import type { Guard, GuardState } from './guard-state.ts';
import { missingParts, stuckParts, type HealthFacts, type Role } from './health.ts';
import { startHealthServers, type HealthServers } from './health-server.ts';
import { findHubId } from './hub-id.ts';
import type { Log } from './log.ts';
import { createLoopLag } from './loop-lag.ts';
import { createMetrics, type MetricsServer } from './metrics.ts';
import type { ControllerSettings } from './settings.ts';

/** The parts that a process is made of; tests put others in their place. */
export interface ProcessParts {
  readonly connectKube: (settings: KubeSettings, deps: KubeDeps) => Promise<KubeApi>;
  readonly connectMaestro: (settings: ConnectionSettings) => Promise<Maestro>;
  readonly createElection: (options: ElectionOptions, deps: CallerDeps) => Election;
  readonly createEventRecorder: (options: EventRecorderOptions, deps: CallerDeps) => EventRecorder;
  readonly runController: (deps: ControllerDeps, signal: AbortSignal) => Promise<void>;
}

export interface ProcessDeps {
  readonly parts: ProcessParts;
  readonly clock: Clock;
  readonly random: () => number;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Log;
  readonly build: BuildInfo;
  /** CPU and memory of the process among the metrics; they cost observers that are never taken down. */
  readonly processMetrics: boolean;
  /** Told when the ports are open. */
  readonly onListening?: (servers: Pick<HealthServers, 'healthPort' | 'metricsPort'>) => void;
}

/** An engine that ran for so long before it stopped starts again at once. */
const longRunMs = 300_000;
const reportingController = 'maestro-cli.hyperfleet.io/gitops';

/**
 * The whole life of a controller process. Probes and metrics are served from
 * the first moment; the hub and Maestro may be away, then and later. Resolves
 * when the signal has aborted and what was under way is flushed, 20 s after it
 * at the latest.
 *
 * @throws MaestroError usage for settings that cannot work; whatever the engine throws, as a bug
 */
export async function runProcess(settings: ControllerSettings, deps: ProcessDeps, signal: AbortSignal): Promise<void> {
  // Every call of the process hangs on one signal.
  setMaxListeners(0, signal);
  const { clock, log, parts, random, env } = deps;
  const identity = `${settings.election?.identity ?? env['POD_NAME'] ?? 'maestro-cli'}_${Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0')}`;
  const loopLag = createLoopLag({ clock });
  const served = createMetrics({ loopLag: () => loopLag.read(), withProcess: deps.processMetrics, build: deps.build });
  const closing: (() => Promise<void>)[] = [];
  let started = false;
  const state: ProcessState = { probe: undefined, leading: false, election: undefined, hubAnsweredMs: undefined };
  try {
    const kube = await parts.connectKube(
      { ...settings.hub, userAgent: `maestro-cli/${deps.build.version}` },
      { clock, env, observe: (fact) => observeHub(fact, state, served, clock) },
    );
    closing.push(() => kube.close());
    const maestro = await parts.connectMaestro(settings.maestro);
    // Else the first Publish would load it, when a thousand others wait behind it.
    preloadWriter();
    closing.push(() => maestro.close());
    const facts = (): HealthFacts => ({
      role: roleOf(state, settings),
      monotonicMs: clock.monotonicMs(),
      lag: loopLag.read(),
      hubAnsweredMs: state.hubAnsweredMs,
      probe: state.probe,
      needsStream: settings.controllers.aggregation,
    });
    const servers = await startHealthServers(settings, {
      stuck: () => stuckParts(facts()),
      missing: () => missingParts(facts()),
      metrics: served,
    });
    closing.push(() => servers.close());
    deps.onListening?.(servers);
    const onProblem = (error: MaestroError): void => log.warn(error.message, { code: error.code });
    const caller: CallerDeps = { api: kube, clock, random, onProblem };
    const events = parts.createEventRecorder({ reportingController, reportingInstance: identity }, caller);
    closing.push(() => closeWithin(2_000, clock, (limit) => events.close(limit)));
    const guard = createGuard(settings, { kube, clock, log });
    served.metrics.guardBlocked('Unchecked');
    guard.onChange((now) => served.metrics.guardBlocked(now.blocked ? now.reason : undefined));
    const background = new AbortController();
    const sideline = Promise.all([guard.run(background.signal), loopLag.run(background.signal)]);
    closing.push(async () => {
      background.abort(new MaestroError('interrupted', 'the process is stopping'));
      await sideline;
    });
    const lead = leader(settings, { ...deps, kube, maestro, guard, events, served, state });
    started = true;
    log.info('started', {
      version: deps.build.version,
      identity,
      hub: kube.server,
      source: settings.sourceId,
      election: settings.election !== undefined,
    });
    if (settings.election !== undefined)
      state.election = parts.createElection({ ...settings.election, identity }, caller);
    const running = compete(state.election, lead, signal);
    await Promise.race([withinShutdown(running, settings, deps, signal), sideline.then(() => running)]);
  } finally {
    // Last opened, first closed: the hub's connections go when nobody writes any more.
    for (const close of closing.reverse())
      await close().catch((error: unknown) => log.warn(MaestroError.from(error).message));
    if (started) log.info('stopped');
  }
}

interface ProcessState {
  probe: HealthProbe | undefined;
  leading: boolean;
  election: Election | undefined;
  hubAnsweredMs: number | undefined;
}

function observeHub(fact: KubeCallFact, state: ProcessState, served: MetricsServer, clock: Clock): void {
  served.hubCall(fact);
  if (fact.verb !== 'watch' && fact.status > 0 && fact.status < 500) state.hubAnsweredMs = clock.monotonicMs();
}

function roleOf({ leading, election }: ProcessState, { election: elects }: ControllerSettings): Role {
  if (leading || elects === undefined) return 'leading';
  return election?.state.holder === undefined ? 'starting' : 'standby';
}

/** Tells what blocks on the object that does; the leader's part, or each replica would. */
function tellBlocked(guard: Guard, events: EventRecorder): () => void {
  const tell = (state: GuardState): void => {
    if (!state.blocked || state.about === undefined) return;
    events.record({
      regarding: state.about,
      type: 'Warning',
      reason: state.reason,
      action: 'Publish',
      note: state.message,
    });
  };
  tell(guard.current());
  return guard.onChange(tell);
}

async function closeWithin(ms: number, clock: Clock, close: (limit: AbortSignal) => Promise<void>): Promise<void> {
  const tooLate = (): MaestroError => new MaestroError('timeout', `closing took more than ${ms} ms`);
  const limit = new CancelSource(clock, new AbortController().signal, ms, tooLate);
  try {
    await close(limit.signal);
  } finally {
    limit.end();
  }
}

type Lead = (signal: AbortSignal, stillLeader: () => boolean) => Promise<void>;

/** One term: finds out whose bundles are ours, then runs the engine; any fault but a bug starts it again. */
function leader(
  settings: ControllerSettings,
  deps: ProcessDeps &
    Pick<ControllerDeps, 'kube' | 'maestro' | 'guard' | 'events'> & {
      readonly served: MetricsServer;
      readonly state: ProcessState;
    },
): Lead {
  const { clock, random, log, kube, maestro, guard, events, served, state, parts } = deps;
  const { metrics } = served;
  let hubId = settings.hubId;
  const health: ControllerDeps['health'] = {
    attach: (probe) => {
      state.probe = probe;
    },
  };
  return async (signal, stillLeader) => {
    setMaxListeners(0, signal);
    state.leading = true;
    metrics.leading(true);
    log.info('leading');
    const silence = tellBlocked(guard, events);
    try {
      for (let attempt = 0; !signal.aborted; attempt += 1) {
        const beganMs = clock.monotonicMs();
        try {
          hubId ??= await findHubId({ ...deps, settings }, signal);
          await parts.runController(
            { kube, maestro, settings, hubId, metrics, log, clock, random, guard, events, stillLeader, health },
            signal,
          );
          return;
        } catch (caught) {
          if (signal.aborted) return;
          const error = MaestroError.from(caught);
          // A token or a certificate that is refused now may be renewed in its file, or on the server; a bug stays one.
          if (error.code === 'internal') throw error;
          log.error(`the controllers stopped and start again: ${error.message}`, { code: error.code });
          // What ran for long does not pay for what failed hours ago.
          if (clock.monotonicMs() - beganMs >= longRunMs) attempt = 0;
          await slept(clock, backoffMs(attempt, random, 1_000, 60_000), signal);
        }
      }
    } finally {
      silence();
      state.leading = false;
      state.probe = undefined;
      metrics.readSnapshotFrom(undefined);
      metrics.streamLive(false);
      metrics.leading(false);
      log.info('no longer leading');
    }
  };
}

async function compete(election: Election | undefined, lead: Lead, signal: AbortSignal): Promise<void> {
  if (election === undefined) return lead(signal, () => true);
  await election.run(signal, (term) => lead(term, () => election.stillLeader()));
}

/** Waits for the work; once the signal has aborted, no longer than a pod is given. */
async function withinShutdown(
  running: Promise<void>,
  { shutdownMs }: ControllerSettings,
  { clock, log }: ProcessDeps,
  signal: AbortSignal,
): Promise<void> {
  const done = new AbortController();
  const limit = async (): Promise<void> => {
    if (!signal.aborted) await once(signal, 'abort');
    if (done.signal.aborted) return;
    log.info('stopping', { within: `${shutdownMs / 1000}s` });
    if (await slept(clock, shutdownMs, done.signal))
      log.error('what was under way did not end in time and is given up', { within: `${shutdownMs / 1000}s` });
  };
  try {
    await Promise.race([
      running.catch((error: unknown) => {
        // Work that ends because it was told to has ended well.
        if (!signal.aborted) throw error;
      }),
      limit(),
    ]);
  } finally {
    done.abort(new MaestroError('interrupted', 'it has ended'));
  }
}
