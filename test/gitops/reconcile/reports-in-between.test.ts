import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { objectAt, objectsAt, textAt } from '../../../src/core/json-fields.ts';
import type { ControllerSettings } from '../../../src/gitops/run/settings.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { MemoryHub } from './memory-hub.ts';
import { bundleRow, hubApp, key, reportOf, setUp } from './set-up.ts';

/** When something happens: before the queue looks, or while it waits for a turn, reads Maestro, or writes. */
type Moment = 'now' | 'turn' | 'read' | 'patch';

/** An application whose reports come whenever a test wants, on a hub and beside a Maestro that answer at once. */
function begin(over: Partial<ControllerSettings> = {}) {
  const clock = new ManualClock();
  const hub = new MemoryHub({ ...hubApp({ version: '11' }), status: {} });
  const made = setUp(over, { kube: hub.kube, clock });
  made.see(hub.object);
  const { budget } = made.controllers.status.parts;
  const take = budget.take.bind(budget);
  let turns = 0;
  let atTurn = (): void => undefined;
  budget.take = async (signal) => {
    turns += 1;
    const act = atTurn;
    atTurn = () => undefined;
    act();
    await take(signal);
  };
  const stop = new AbortController();
  const timer = made.statusQueue.runTimer(stop.signal);
  /** Looks until nothing waits to be looked at now. */
  const work = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      if (made.statusQueue.depth('change') + made.statusQueue.depth('resync') === 0) return;
      const taken = (await made.statusQueue.take()) ?? '';
      await made.bringHome(taken);
      made.statusQueue.done(taken);
    }
    throw new Error('it never comes to rest');
  };
  return {
    ...made,
    hub,
    work,
    turns: () => turns,
    shown: () => objectAt(objectAt(hub.object, 'status'), 'health'),
    /** Once, when that comes next. */
    at: (moment: Moment, act: () => void): void => {
      if (moment === 'now') return act();
      if (moment === 'turn') atTurn = act;
      else if (moment === 'patch')
        hub.before = (verb) => {
          if (verb !== 'patch') return;
          hub.before = () => undefined;
          act();
        };
      else
        made.maestro.whileReading = () => {
          made.maestro.whileReading = () => Promise.resolve();
          return Promise.resolve(act());
        };
    },
    nothingMore: (): void => {
      atTurn = () => undefined;
      hub.before = () => undefined;
      made.maestro.whileReading = () => Promise.resolve();
    },
    /** Time in which what waits for later comes, and is looked at. */
    pass: async (ms: number): Promise<void> => {
      for (let passed = 0; passed < ms; passed += 10_000) {
        await clock.advance(10_000);
        await work();
      }
    },
    /** Reports of others, so that none is kept any more but those that are kept already. */
    fill: (): void => {
      for (let count = 0; count < 2_000; count += 1)
        made.store.reports.set(`others/${String(count)}`, { status: reportOf('Healthy', '1') as never, heardMs: 0 });
    },
    end: async (): Promise<void> => {
      stop.abort();
      await timer;
    },
  };
}

describe('a report that comes while another is brought home', () => {
  test('is written whole when its cluster has gone to another state and back meanwhile', async () => {
    const { hub, deliver, work, report, at, end } = begin();
    deliver();
    report(reportOf('Degraded', '1', '1'));
    await work();
    report(reportOf('Healthy', '2', '2'));
    at('patch', () => {
      report(reportOf('Degraded', '3', '3'));
      report(reportOf('Healthy', '4', '4'));
    });
    await work();
    expect(hub.object['status']).toEqual({ health: { status: 'Healthy', lastTransitionTime: '4' } });
    report(reportOf('Healthy', '5', '5'));
    await work();
    expect(hub.patches).toBe(3);
    await end();
  });

  test('is followed by the report that came meanwhile, which need not be asked for', async () => {
    const { hub, deliver, work, report, at, pass, maestro, store, lags, end } = begin();
    deliver();
    report(reportOf('Healthy', '1'));
    await work();
    await pass(10_000);
    const before = [maestro.read, lags.length];
    report(reportOf('Degraded', '2'));
    at('patch', () => report(reportOf('Missing', '3')));
    await work();
    expect(hub.object['status']).toEqual({ health: { status: 'Missing' } });
    expect([maestro.read, lags.length - 2]).toEqual(before);
    expect(store.reports.size).toBe(0);
    await end();
  });

  test('is the one that is written when it comes while the other waits for its turn', async () => {
    const { deliver, report, work, at, shown, turns, hub, end } = begin();
    deliver();
    report(reportOf('Degraded', '1'));
    at('turn', () => report(reportOf('Missing', '2')));
    await work();
    expect(shown()).toEqual({ status: 'Missing' });
    expect([turns(), hub.patches]).toEqual([1, 1]);
    await end();
  });

  test('is written also when one comes in each wait and an operation has not begun', async () => {
    const { deliver, report, work, see, at, shown, hub, end } = begin();
    deliver();
    report(reportOf('Healthy', '1'));
    await work();
    hub.write(({ status = {} }) => ({ ...hubApp({ version: hub.version, operation: { sync: {} } }), status }));
    see(hub.object);
    report(reportOf('Degraded', '2'));
    at('turn', () => report(reportOf('Missing', '3')));
    await work();
    expect(shown()).toEqual({ status: 'Missing' });
    await end();
  });

  test('brings no write when all that it moves later is a time, once a state came back to the letter', async () => {
    const { deliver, report, work, hub, end } = begin();
    deliver();
    report(reportOf('Healthy', '1', '1'));
    await work();
    report(reportOf('Degraded', '2', '2'));
    report(reportOf('Healthy', '3', '1'));
    await work();
    report(reportOf('Healthy', '4', '4'));
    await work();
    expect(hub.patches).toBe(1);
    await end();
  });

  test('brings a state back to the letter while another waits for its turn, and later times alone are no reason to write', async () => {
    const { deliver, report, work, at, hub, end } = begin();
    deliver();
    report(reportOf('Healthy', '1', '1'));
    await work();
    report(reportOf('Degraded', '2', '2'));
    at('turn', () => report(reportOf('Healthy', '3', '1')));
    await work();
    report(reportOf('Healthy', '4', '4'));
    await work();
    expect(hub.patches).toBe(1);
    await end();
  });

  test('takes back what is being written, and need not be asked for', async () => {
    const { deliver, report, work, at, maestro, shown, end } = begin();
    deliver();
    report(reportOf('Healthy', '1'));
    await work();
    report(reportOf('Degraded', '2'));
    maestro.bundle = bundleRow({ status: reportOf('Degraded', '2') });
    at('patch', () => report(reportOf('Healthy', '3')));
    await work();
    expect(shown()).toEqual({ status: 'Healthy' });
    expect(maestro.read).toBe(0);
    await end();
  });

  test('is asked for until Maestro shows it when it could not be kept', async () => {
    const { deliver, report, work, pass, fill, maestro, shown, turns, end } = begin();
    deliver();
    report(reportOf('Healthy', '1'));
    await work();
    fill();
    maestro.bundle = bundleRow({ status: reportOf('Healthy', '1') });
    report(reportOf('Degraded', '2'));
    await work();
    await pass(60_000);
    expect(turns()).toBe(1);
    maestro.bundle = bundleRow({ status: reportOf('Degraded', '2') });
    await pass(600_000);
    expect(shown()).toEqual({ status: 'Degraded' });
    await end();
  });

  test('is the first of its bundle, and no condition of before it is written over it', async () => {
    const { deliver, report, work, at, block, unblock, hub, end } = begin();
    block('NotAuthorised', 'no PlacementDecision selects cluster c1');
    at('turn', () => {
      deliver();
      unblock();
      report(reportOf('Degraded', '1'));
    });
    await work();
    expect(hub.object['status']).toEqual({ health: { status: 'Degraded' } });
    expect(hub.patches).toBe(1);
    await end();
  });

  test.each(['turn', 'patch'] as const)('is of a bundle that was made anew meanwhile: %s', async (moment) => {
    const { deliver, report, work, at, store, shown, end } = begin();
    deliver();
    report(reportOf('Healthy', '1'));
    await work();
    report(reportOf('Degraded', '2'));
    at(moment, () => {
      store.index.removeBundle('b1');
      deliver({ id: 'b2' });
      report(reportOf('Missing', '3'), { id: 'b2' });
    });
    await work();
    expect(shown()).toEqual({ status: 'Missing' });
    await end();
  });

  test('takes the place of no other when it is of a bundle that is being deleted', async () => {
    const { deliver, report, work, shown, maestro, controllers, end } = begin();
    deliver({ deleting: true });
    deliver({ id: 'b2' });
    report(reportOf('Healthy', '7'), { id: 'b2' });
    report(reportOf('Missing', '8'), { id: 'b1' });
    await work();
    expect(shown()).toEqual({ status: 'Healthy' });
    expect(maestro.read).toBe(0);
    expect(controllers.status.parts.states.get(key).held).toBe(0);
    await end();
  });

  test('is measured once, by the write that brings it to the hub', async () => {
    const { deliver, report, work, at, pass, block, lags, hub, end } = begin();
    deliver();
    await pass(10_000);
    report(reportOf('Healthy', '1'));
    await work();
    block('NotAuthorised', 'no PlacementDecision selects cluster c1');
    at('patch', () => report(reportOf('Degraded', '2')));
    await work();
    expect(objectsAt(objectAt(hub.object, 'status'), 'conditions')).toHaveLength(1);
    expect(lags).toHaveLength(2);
    await end();
  });

  test('is kept by nobody where statuses are brought home by another process', async () => {
    const { deliver, report, store, end } = begin({ controllers: { propagation: true, aggregation: false } });
    deliver();
    report(reportOf('Degraded', '1'));
    expect(store.reports.size).toBe(0);
    await end();
  });
});

test('whatever a cluster reports and whenever, the hub ends with the last of it to the letter', async () => {
  const step = fc.record({
    state: fc.constantFrom('Healthy', 'Degraded', 'Missing'),
    moment: fc.constantFrom<Moment>('now', 'turn', 'read', 'patch'),
    works: fc.boolean(),
    /** The state is the one before, as if it had never been another. */
    backToTheLetter: fc.boolean(),
  });
  const program = fc.record({ steps: fc.array(step, { maxLength: 12 }), isFull: fc.boolean() });
  await fc.assert(
    fc.asyncProperty(program, async ({ steps, isFull }) => {
      const { deliver, report, maestro, store, work, at, nothingMore, pass, shown, fill, end } = begin();
      deliver();
      const since = new Map([['Healthy', '1']]);
      let last: JsonObject = { status: 'Healthy', lastTransitionTime: '1' };
      const first = reportOf('Healthy', '1', '1');
      maestro.bundle = bundleRow({ status: first });
      report(first);
      await work();
      if (isFull) fill();
      for (const [index, { state, moment, works, backToTheLetter }] of steps.entries()) {
        at(moment, () => {
          const sequence = String(index + 2);
          if (state !== last['status']) {
            const time = (backToTheLetter ? since.get(state) : undefined) ?? sequence;
            since.set(state, time);
            last = { status: state, lastTransitionTime: time };
          }
          report(reportOf(state, sequence, textAt(last, 'lastTransitionTime')));
        });
        if (works) await work();
        await pass(10_000);
        nothingMore();
      }
      maestro.bundle = bundleRow({
        status: reportOf(textAt(last, 'status'), '99', textAt(last, 'lastTransitionTime')),
      });
      await work();
      await pass(900_000);
      expect(shown()).toEqual(last);
      expect(store.reports.has(key)).toBe(false);
      await end();
    }),
    { numRuns: 200 },
  );
});
