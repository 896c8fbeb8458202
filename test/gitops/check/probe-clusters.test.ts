import { afterEach, expect, it } from 'vitest';
import { connectInProcess } from '../../../src/clients/in-process.ts';
import { systemClock } from '../../../src/clock.ts';
import { MaestroError } from '../../../src/errors.ts';
import { probeClusters } from '../../../src/gitops/check/probe-clusters.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { createStandIn, type InProcessStandIn } from '../../../src/standin/index.ts';

let maestro: InProcessStandIn;
afterEach(() => maestro.close());

const asked = { source: 'app-work-client', hubId: 'hub-1', tail: 'abc123' };
const clusters = [
  { name: 'c1', applications: [{ spokeNamespace: 'default', spokeName: 'shop' }] },
  { name: 'away', applications: [] },
];

async function world(): Promise<ReturnType<typeof connectInProcess>> {
  maestro = await createStandIn({
    consumers: ['c1', 'away'],
    agent: { delayMs: 2, availableDelayMs: 2, deleteDelayMs: 2 },
    agents: { away: { online: false } },
  });
  return connectInProcess(maestro, { clock: systemClock, random: Math.random });
}

it('tells who answers, and leaves a probe only where the agent is away, which it tells', async () => {
  const { reader, writer } = await world();
  const budget = createBudget(1_500, { clock: systemClock, random: Math.random, signal: new AbortController().signal });
  const notices: string[] = [];
  const answers = await probeClusters(
    clusters,
    asked,
    { reader, writer, onNotice: (text) => notices.push(text) },
    budget,
  );
  expect(answers.get('c1')).toEqual({ answered: true });
  expect(answers.get('away')).toMatchObject({ answered: false });
  const left = [];
  const look = { signal: new AbortController().signal, deadlineMs: systemClock.monotonicMs() + 10_000 };
  for await (const rows of reader.listBundles({}, look)) left.push(...rows);
  expect(left.map(({ consumerName, deletedAt }) => [consumerName, deletedAt === undefined])).toEqual([['away', false]]);
  expect(notices.join('\n')).toContain('cluster away is deleted and goes when its agent has seen that');
});

it('takes its probes away when it is told to stop', async () => {
  const { reader, writer } = await world();
  const stop = new AbortController();
  const budget = createBudget(60_000, { clock: systemClock, random: Math.random, signal: stop.signal });
  const probing = probeClusters(clusters, asked, { reader, writer, onNotice: () => undefined }, budget);
  setTimeout(() => stop.abort(new MaestroError('interrupted', 'the test says so')), 200);
  await expect(probing).rejects.toMatchObject({ code: 'interrupted' });
  expect(maestro.publishes().map(({ type }) => /(\w+)_request$/.exec(type)?.[1])).toEqual([
    'create',
    'create',
    'delete',
    'delete',
  ]);
});
