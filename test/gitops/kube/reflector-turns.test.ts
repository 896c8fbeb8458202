import { expect, it } from 'vitest';
import type { KubeApi, WatchEvent } from '../../../src/gitops/kube/kube-api.ts';
import { reflect } from '../../../src/gitops/kube/reflector.ts';
import { systemClock } from '../../../src/clock.ts';
import type { Clock } from '../../../src/clock.ts';
import { widgets } from './support/hub-client.ts';

const count = 500;

/** A watch that has hundreds of changes at hand, and none that has to be waited for. */
async function* burst(): AsyncIterable<WatchEvent> {
  for (let at = 0; at < count; at += 1)
    yield {
      type: 'ADDED',
      object: { metadata: { namespace: 'ns', name: `app-${at}`, resourceVersion: String(at + 2) } },
    };
}

it('lets others have the event loop between the events of a watch', async () => {
  const api: Pick<KubeApi, 'listPage' | 'watch'> = {
    listPage: async () => ({ items: [], resourceVersion: '1' }),
    watch: () => burst(),
  };
  let ms = 0;
  // By this clock, telling one event takes a millisecond.
  const clock: Clock = { ...systemClock, monotonicMs: () => (ms += 1) };
  const stop = new AbortController();
  const keys: string[] = [];
  let turnsOfOthers = 0;
  const other = setInterval(() => (turnsOfOthers += 1), 1);
  const reflector = reflect<string>(
    {
      path: widgets,
      project: () => 'seen',
      handler: (event) => {
        if (event.kind === 'upsert') keys.push(event.key);
        if (keys.length === count) stop.abort();
      },
    },
    { api: api as KubeApi, clock, random: () => 0.5 },
  );
  await reflector.run(stop.signal);
  clearInterval(other);
  expect(keys).toEqual(Array.from({ length: count }, (_, at) => `ns/app-${at}`));
  expect(turnsOfOthers).toBeGreaterThan(10);
});
