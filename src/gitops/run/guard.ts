import type { JsonObject } from '../../core/json.ts';
import { MaestroError } from '../../errors.ts';
import {
  classicConfigMap,
  classicDeployment,
  deploymentFact,
  maestroDeployment,
  pullModelSwitches,
} from '../model/pull-models.ts';
import { slept } from '../../clock.ts';
import { callLimits } from '../access/call-limits.ts';
import { configMaps, deployments } from '../kube/hub-kinds.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { isForbidden } from '../kube/translate-status.ts';
import type { ControllerDeps } from './controller-deps.ts';
import { decideGuard, type GuardLook } from './guard-decision.ts';
import type { Guard, GuardState } from './guard-state.ts';
import type { ControllerSettings } from './settings.ts';

type GuardDeps = Pick<ControllerDeps, 'clock' | 'log'> & { readonly kube: Pick<KubeApi, 'get'> };

export interface RunningGuard extends Guard {
  /** Looks, and looks again, until the signal aborts. */
  run(signal: AbortSignal): Promise<void>;
  /** One look, for tests and for the start. */
  look(signal: AbortSignal): Promise<void>;
}

/** The switch is what an operator reaches for in a hurry, and one small GET is cheap. */
export const switchEveryMs = 5_000;
/** Somebody scaling the classic model up again takes longer than this to do harm. */
export const deploymentsEveryMs = 60_000;
/** A look this old says nothing any more. */
export const lookExpiresMs = 300_000;

type GuardSettings = Pick<
  ControllerSettings,
  'classicNamespace' | 'ownNamespace' | 'allowClassicCoexistence' | 'callTimeoutMs'
>;

/**
 * Watches whether another model works on the same applications, and the switch
 * that stops us. Blocked until the first look has succeeded; a hub that is away
 * for a moment changes nothing, one that is away for five minutes blocks.
 */
export function createGuard(settings: GuardSettings, { kube, clock, log }: GuardDeps): RunningGuard {
  const listeners = new Set<(state: GuardState) => void>();
  let state: GuardState = {
    blocked: true,
    reason: 'Unchecked',
    message: 'It has not been looked yet whether the classic pull model runs',
  };
  let lastSwitches: GuardLook['switches'] | undefined;
  let lastDeployments: GuardLook['deployments'] | undefined;
  let deploymentsAtMs = -Infinity;
  let succeededAtMs = clock.monotonicMs();
  let failing = false;

  async function look(signal: AbortSignal): Promise<void> {
    const monotonicMs = clock.monotonicMs();
    try {
      lastSwitches = await readSwitches(signal);
      if (lastDeployments === undefined || monotonicMs - deploymentsAtMs >= deploymentsEveryMs) {
        lastDeployments = await readDeployments(signal);
        deploymentsAtMs = monotonicMs;
      }
      succeededAtMs = clock.monotonicMs();
      failing = false;
      change(
        decideGuard(
          { switches: lastSwitches, deployments: lastDeployments },
          { allowCoexistence: settings.allowClassicCoexistence },
        ),
      );
    } catch (caught) {
      if (signal.aborted) return;
      const error = MaestroError.from(caught);
      // Once for each outage; it is looked again every few seconds.
      if (!failing)
        log.warn(`it could not be looked whether the classic pull model runs: ${error.message}`, { code: error.code });
      failing = true;
      if (clock.monotonicMs() - succeededAtMs < lookExpiresMs || state.blocked) return;
      change({
        blocked: true,
        reason: 'LookFailed',
        message: `It could not be looked for 5 min whether the classic pull model runs: ${error.message}`,
      });
    }
  }

  async function readSwitches(signal: AbortSignal): Promise<GuardLook['switches']> {
    const found = await unlessForbidden(() =>
      kube.get(
        configMaps,
        { namespace: settings.classicNamespace, name: classicConfigMap },
        callLimits({ clock, settings }, signal),
      ),
    );
    return found === 'forbidden' ? found : pullModelSwitches(found);
  }

  async function readDeployments(signal: AbortSignal): Promise<GuardLook['deployments']> {
    const namespaces = [...new Set([settings.classicNamespace, settings.ownNamespace])];
    const refs = [
      { namespace: settings.classicNamespace, name: classicDeployment },
      ...namespaces.map((namespace) => ({ namespace, name: maestroDeployment })),
    ];
    const facts = [];
    for (const ref of refs) {
      const found = await unlessForbidden(() => kube.get(deployments, ref, callLimits({ clock, settings }, signal)));
      if (found === 'forbidden') return found;
      if (found !== undefined) facts.push(deploymentFact(found));
    }
    return facts;
  }

  function change(next: GuardState): void {
    const before = state;
    state = next;
    if (same(before, next)) return;
    if (next.blocked) log.warn(`nothing is published or written: ${next.message}`, { reason: next.reason });
    else log.info('publishing is allowed', { coexistence: settings.allowClassicCoexistence });
    for (const listener of listeners) listener(next);
  }

  return {
    current: () => state,
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    look,
    run: async (signal) => {
      while (!signal.aborted) {
        await look(signal);
        await slept(clock, switchEveryMs, signal);
      }
    },
  };
}

function same(a: GuardState, b: GuardState): boolean {
  return a.blocked === b.blocked && (!a.blocked || !b.blocked || (a.reason === b.reason && a.message === b.message));
}

/** 403 is an answer here; everything else that fails is not. */
async function unlessForbidden(
  read: () => Promise<JsonObject | undefined>,
): Promise<JsonObject | undefined | 'forbidden'> {
  try {
    return await read();
  } catch (error) {
    if (isForbidden(error)) return 'forbidden';
    throw error;
  }
}
