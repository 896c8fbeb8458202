import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { MaestroError } from '../../../src/errors.ts';
import { LiveApplications } from '../../../src/gitops/survey/live-applications.ts';
import { hubApplicationOf, ListedHub } from './support/listed-hub.ts';

/** Time passes by itself, a thousand times as fast. */
const hurried = {
  wallMs: () => systemClock.wallMs(),
  monotonicMs: () => systemClock.monotonicMs() * 1000,
  sleep: (ms: number, signal: AbortSignal) => systemClock.sleep(ms / 1000, signal),
};

function follow(hub: ListedHub): LiveApplications {
  const stop = new AbortController();
  const live = new LiveApplications({ api: hub, clock: hurried, random: () => 0.5, changed: () => undefined });
  void live.run(stop.signal);
  onTestFinished(() => stop.abort());
  return live;
}

const keysOf = (live: LiveApplications): readonly string[] => live.rows().map(({ key }) => key);

it('knows the applications of the pull model by name, as they come, change and go', async () => {
  const hub = new ListedHub();
  for (const name of ['b', 'c', 'a']) hub.put(hubApplicationOf(name));
  const live = follow(hub);
  await expect.poll(() => keysOf(live)).toEqual(['argocd/a', 'argocd/b', 'argocd/c']);
  expect(hub.selectors).toEqual([
    'apps.open-cluster-management.io/pull-to-ocm-managed-cluster in (true,True,TRUE,t,T,1)',
  ]);
  const before = live.rows();
  expect(live.rows(), 'nothing has changed').toBe(before);
  hub.put(hubApplicationOf('b', { status: { health: { status: 'Degraded' } } }));
  await expect.poll(() => live.rows()[1]?.health).toBe('Degraded');
  expect(before[1]?.health, 'a list that was given out stays as it was').toBe('');
  hub.remove('argocd/a');
  hub.put(hubApplicationOf('d'));
  await expect.poll(() => keysOf(live)).toEqual(['argocd/b', 'argocd/c', 'argocd/d']);
  expect(live.sight).toMatchObject({ synced: true, known: 3, refused: 0 });
  expect(live.sight.problem).toBeUndefined();
});

it('says why the hub does not answer for as long as it does not, and goes on by itself', async () => {
  const hub = new ListedHub();
  hub.fault = new MaestroError('access-denied', 'applications is forbidden');
  const live = follow(hub);
  await expect.poll(() => live.sight.problem).toBe('applications is forbidden');
  expect(live.sight.synced).toBe(false);
  hub.fault = undefined;
  hub.put(hubApplicationOf('a'));
  await expect.poll(() => keysOf(live)).toEqual(['argocd/a']);
  expect(live.sight.problem).toBeUndefined();
});
