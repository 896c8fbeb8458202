import { describe, expect, it } from 'vitest';
import type { WorkReader, WorkWriter } from '../../../src/clients/transport.ts';
import type { WorkOutcome } from '../../../src/core/outcome/outcome.ts';
import type { ResourceBundle } from '../../../src/core/works/resource-bundle.ts';
import { MaestroError } from '../../../src/errors.ts';
import type { OwnBundle } from '../../../src/gitops/fleet-state/own-bundles.ts';
import { runRounds, updateOf, type Decide, type Next } from '../../../src/gitops/fleet-state/rounds.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { publishSafely } from '../../../src/operations/publish.ts';
import { ManualClock } from '../../support/fake-clock.ts';

const source = 's';

function bundleOf(name: string): OwnBundle {
  return {
    id: name,
    name,
    consumer: 'c1',
    application: `argocd/${name}`,
    spokeNamespace: 'argocd',
    spokeName: name,
    version: 1,
    deleting: false,
    cascades: false,
    migration: '',
  };
}

const rowOf = (id: string): ResourceBundle => ({
  id,
  consumerName: 'c1',
  version: 1,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  metadata: { name: id },
  manifests: [],
  manifestConfigs: [],
  raw: {},
});

const update = (row: ResourceBundle): ReturnType<typeof updateOf> =>
  updateOf(row, { name: row.id, labels: {}, annotations: {}, manifests: [], manifestConfigs: [] }, source);
const publish = (row: ResourceBundle): Next => ({
  kind: 'publish',
  request: update(row),
  baseVersion: row.version,
  said: 'sent',
});

interface Run {
  readonly outcomes: ReadonlyMap<string, Pick<WorkOutcome, 'phase' | 'reason' | 'exitCode'>>;
}

/** All bundles are stored, and each publish ends as `answer` says. */
async function run(
  names: readonly string[],
  decide: Decide,
  answer: (request: Parameters<WorkWriter['publish']>[0], signal: AbortSignal) => Promise<void>,
  stop = new AbortController(),
): Promise<Run> {
  const reader = {
    async *getBundles(ids: readonly string[]) {
      await Promise.resolve();
      yield ids.map(rowOf);
    },
  } as unknown as WorkReader;
  const writer: WorkWriter = {
    publish: async (request, { signal }) => answer(request, signal),
    close: () => undefined,
  };
  const budget = createBudget(60_000, { clock: new ManualClock(), random: () => 0.5, signal: stop.signal });
  const outcomes = new Map<string, WorkOutcome>();
  const events = runRounds(
    names.map(bundleOf),
    { decide, source, maxConcurrency: 16 },
    { maestro: { reader, writer }, onNotice: () => undefined },
    budget,
  );
  for await (const event of events) if (event.kind === 'outcome') outcomes.set(event.bundle.id, event.outcome);
  return { outcomes };
}

const interrupted = new MaestroError('interrupted', 'interrupted by SIGINT');

describe('rounds over bundles', () => {
  it.each<readonly [string, (row: ResourceBundle) => Next]>([
    ['what is published', publish],
    [
      'what else is done',
      (row) => ({
        kind: 'act',
        act: async (publishing) => {
          const budget = createBudget(1_000, {
            clock: new ManualClock(),
            random: () => 0.5,
            signal: new AbortController().signal,
          });
          await publishSafely(update(row), row.version, publishing, budget);
          return 'done';
        },
      }),
    ],
  ])('have half as many updates under way as requests: %s', async (_, next) => {
    const sent = new Set<string>();
    let underWay = 0;
    let most = 0;
    await run(
      Array.from({ length: 40 }, (__, at) => `b${at}`),
      (row, { id }) =>
        row === undefined || sent.has(id) ? { kind: 'done', reason: 'Stored', text: 'stored' } : next(row),
      async ({ target }) => {
        underWay += 1;
        most = Math.max(most, underWay);
        await new Promise((resolve) => setImmediate(resolve));
        underWay -= 1;
        sent.add(target.id);
      },
    );
    expect([sent.size, most]).toEqual([40, 8]);
  });

  it('ended by a signal tell what nothing was sent to, what was taken, and whose answer did not come', async () => {
    const stop = new AbortController();
    const decide: Decide = (row, { id }) => {
      if (row === undefined) throw new Error(`${id} is stored`);
      return id === 'waits' ? { kind: 'wait', text: 'its agent is away' } : publish(row);
    };
    const { outcomes } = await run(
      ['waits', 'taken', 'unanswered', ...Array.from({ length: 20 }, (_, at) => `later${at}`)],
      decide,
      async ({ target }, signal) => {
        if (target.id === 'taken') return;
        const ended = new Promise<void>((_, reject) =>
          signal.addEventListener('abort', () =>
            reject(new MaestroError('interrupted', 'cut off', { delivery: 'unknown' })),
          ),
        );
        if (target.id === 'unanswered') setImmediate(() => stop.abort(interrupted));
        await ended;
      },
      stop,
    );
    const told = (name: string): unknown => {
      const { phase, reason, exitCode } = outcomes.get(name) ?? {};
      return [phase, reason, exitCode];
    };
    expect(told('waits')).toEqual(['InProgress', 'Interrupted', 130]);
    expect(told('taken')).toEqual(['InProgress', 'Interrupted', 130]);
    expect(told('unanswered')).toEqual(['Failed', 'OutcomeUnknown', 130]);
    expect(told('later19')).toEqual(['Failed', 'Interrupted', 130]);
    expect(outcomes.size).toBe(23);
  });
});
