import { possibleIds } from '../bundle/bundle-name.ts';
import type { AppFacts } from '../index/facts.ts';
import { decidePropagation, mayDelete, spareWorkload, type Action, type DecisionInput } from '../policy/propagation.ts';
import { targetNamespaceAllowed } from '../run/settings.ts';
import type { Store } from '../store/store.ts';
import type { DeliverParts } from './parts.ts';
import { isBarred } from './state.ts';

/** The next step in the delivery of an application, by what is known now. */
export function decideStep(parts: DeliverParts, app: AppFacts): Action {
  if (app.hub !== undefined) return decidePropagation(app, decisionInputOf(parts, app));
  const { garbage, deps, store } = parts;
  const input = { hubId: deps.hubId, monotonicMs: deps.clock.monotonicMs(), leftTo: store.clusters.leftTo };
  const bundle = garbage.isCollecting(app) ? app.bundles.find((one) => mayDelete(one, input, undefined)) : undefined;
  return bundle === undefined ? { do: 'nothing' } : spareWorkload(bundle);
}

/** What a decision about the application rests on beside its own facts, as it is known now. */
export function decisionInputOf({ store, states }: DeliverParts, app: AppFacts): DecisionInput {
  const { clusters, decisions, deps, index } = store;
  const { settings, clock, hubId } = deps;
  const { cluster = '', spokeNamespace = '' } = app.hub ?? {};
  const monotonicMs = clock.monotonicMs();
  const bundleUnreadable = unreadableBundle(store, app);
  return {
    ...(bundleUnreadable === undefined ? {} : { bundleUnreadable }),
    hubId,
    cluster: clusters.get(cluster),
    leftTo: clusters.leftTo,
    clusterGoneMs: allGoneMs(store, app, monotonicMs),
    authorised: settings.authorisation === 'none' || decisions.allows(app.namespace, cluster),
    namespaceAllowed: targetNamespaceAllowed(settings, spokeNamespace),
    spokeHolder: index.holderOfSpokeName(app, (key) => isBarred(states.get(key))),
    deletion: settings.deletion.policy,
    classicMayStay: settings.allowClassicCoexistence,
    deletionFallbackMs: settings.deletion.fallbackMs,
    overwrites: states.get(app.key).overwrites,
    monotonicMs,
  };
}

/**
 * Why one of its bundles cannot be read; of one that nobody has read yet, only the id tells that it would be its own.
 */
function unreadableBundle(
  { setAside, bundleSettings }: Store,
  { namespace, name, hub, bundles }: AppFacts,
): string | undefined {
  if (setAside.count('bundle') === 0) return undefined;
  const { cluster = '' } = hub ?? {};
  const expected = cluster === '' ? [] : possibleIds({ namespace, name }, bundleSettings.sourceId, cluster);
  return [...bundles.map(({ stored }) => stored.id), ...expected]
    .map((id) => setAside.reason('bundle', id))
    .find((why) => why !== undefined);
}

/**
 * Since when none of the clusters that its bundles are for is on the hub; what is left on an earlier one counts too.
 */
function allGoneMs({ clusters }: Store, app: AppFacts, monotonicMs: number): number | undefined {
  let lastMs: number | undefined;
  for (const { stored } of app.bundles) {
    const goneMs = clusters.missingSinceMs(stored.consumer, monotonicMs);
    if (goneMs === undefined) return undefined;
    lastMs = Math.max(lastMs ?? goneMs, goneMs);
  }
  return lastMs;
}
