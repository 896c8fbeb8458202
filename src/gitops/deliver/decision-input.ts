import { bundleId } from '../../core/works/bundle-id.ts';
import { bundleNameOf, hashedBundleName } from '../bundle/bundle-name.ts';
import type { AppRecord } from '../index/records.ts';
import type { DecisionInput } from '../policy/propagation.ts';
import { targetNamespaceAllowed } from '../run/settings.ts';
import type { ControllerState } from '../store/store.ts';

/** What else a decision about the application rests on, as it is known now. */
export function surroundingsOf(state: ControllerState, app: AppRecord): DecisionInput {
  const { clusters, decisions, deps, index } = state;
  const { settings, clock, hubId } = deps;
  const { cluster = '', spokeNamespace = '' } = app.hub ?? {};
  const monotonicMs = clock.monotonicMs();
  const bundleUnreadable = unreadableBundle(state, app);
  return {
    ...(bundleUnreadable === undefined ? {} : { bundleUnreadable }),
    hubId,
    cluster: clusters.get(cluster),
    clusterGoneMs: allGoneMs(state, app, monotonicMs),
    authorised: settings.authorisation === 'none' || decisions.allows(app.namespace, cluster),
    namespaceAllowed: targetNamespaceAllowed(settings, spokeNamespace),
    spokeHolder: index.holderOfSpokeName(app),
    deletion: settings.deletion.policy,
    deletionFallbackMs: settings.deletion.fallbackMs,
    monotonicMs,
  };
}

/**
 * Why one of its bundles cannot be read; of one that nobody has read yet, only the id tells that it would be its own.
 */
function unreadableBundle(
  { setAside, bundleSettings }: ControllerState,
  { namespace, name, hub, bundles }: AppRecord,
): string | undefined {
  if (setAside.count('bundle') === 0) return undefined;
  const names = [...new Set([bundleNameOf(namespace, name), hashedBundleName(namespace, name)])];
  const expected =
    hub === undefined || hub.cluster === ''
      ? []
      : names.map((workName) => bundleId(bundleSettings.sourceId, hub.cluster, workName));
  return [...bundles.map(({ stored }) => stored.id), ...expected]
    .map((id) => setAside.reason('bundle', id))
    .find((why) => why !== undefined);
}

/**
 * Since when none of the clusters that its bundles are for is on the hub; what is left on an earlier one counts too.
 */
function allGoneMs({ clusters }: ControllerState, app: AppRecord, monotonicMs: number): number | undefined {
  let lastMs: number | undefined;
  for (const { stored } of app.bundles) {
    const goneMs = clusters.missingSinceMs(stored.consumer, monotonicMs);
    if (goneMs === undefined) return undefined;
    lastMs = Math.max(lastMs ?? goneMs, goneMs);
  }
  return lastMs;
}
