import { slept } from '../../clock.ts';
import { backoffMs } from '../../core/back-off.ts';
import { callLimits } from '../access/call-limits.ts';
import type { ControllerDeps } from '../run/controller-deps.ts';
import type { Store } from '../store/store.ts';

/** Consumers that applications wait for are asked for this often, so many at once. */
const consumerPollMs = 3_000;
const consumersPerRead = 100;
/** While Maestro does not answer that. */
const consumerLongestPollMs = 60_000;

/**
 * Looks for consumers that applications wait for: one page of them at each
 * beat, one after the other, so that Maestro has one question at a time however
 * many they are. Resolves when the signal aborts.
 *
 * @param missing names of those that are waited for; what is found is taken out
 */
export async function pollConsumers(
  deps: ControllerDeps,
  store: Store,
  missing: Set<string>,
  signal: AbortSignal,
): Promise<void> {
  for (let failures = 0; ;) {
    const waitMs =
      failures === 0 ? consumerPollMs : backoffMs(failures - 1, deps.random, consumerPollMs, consumerLongestPollMs);
    if (!(await slept(deps.clock, waitMs, signal))) return;
    for (const name of missing) if ([...store.index.ofCluster(name)].length === 0) missing.delete(name);
    const names = [...missing].slice(0, consumersPerRead);
    if (names.length === 0) continue;
    try {
      const query = { where: { names }, pageSize: names.length + 1 };
      for await (const page of deps.maestro.reader.listConsumers(query, callLimits(deps, signal))) {
        for (const { name } of page)
          if (missing.delete(name)) store.listener.freed(store.index.ofCluster(name), 'ConsumerMissing');
      }
      failures = 0;
    } catch {
      failures += 1;
      continue;
    }
    // Those that are missing still come behind the others.
    for (const name of names) if (missing.delete(name)) missing.add(name);
  }
}
