import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/core/json.ts';
import { objectAt, objectsAt, textAt } from '../../../src/core/json-fields.ts';
import { freeStatusWrites } from '../../../src/gitops/policy/status-pace.ts';
import { MemoryHub } from './memory-hub.ts';
import { bundleRow, hubApp, key, reportOf, setUp } from './set-up.ts';

/** An application whose cluster reported nothing yet: our conditions stand beside a status that is not ours. */
function begin(status: JsonObject = { operationState: { phase: 'Running' } }) {
  const hub = new MemoryHub({ ...hubApp({ version: '11' }), status });
  const made = setUp({}, { kube: hub.kube });
  made.see(hub.object);
  const conditions = (): readonly string[] =>
    objectsAt(objectAt(hub.object, 'status'), 'conditions').map((condition) => textAt(condition, 'type'));
  /** Writes until nothing waits to be written now. */
  const work = async (): Promise<void> => {
    for (let round = 0; round < 20; round += 1) {
      if (made.statusQueue.depth('change') + made.statusQueue.depth('resync') === 0) return;
      const taken = await made.statusQueue.take();
      await made.bringHome(taken ?? '');
      made.statusQueue.done(taken ?? '');
    }
  };
  return { ...made, hub, conditions, work };
}

/** Once, when such a request comes next. */
function meanwhile(hub: MemoryHub, verb: 'get' | 'patch', act: () => void): void {
  hub.before = (came) => {
    if (came !== verb) return;
    hub.before = () => undefined;
    act();
  };
}

const succeeded = (object: JsonObject): JsonObject => ({
  ...object,
  status: { ...objectAt(object, 'status'), operationState: { phase: 'Succeeded' } },
});

describe('a status that another writer changes while ours is written', () => {
  test('is not put back to what it was: our condition goes beside what the other one wrote', async () => {
    const { hub, work, conditions, block } = begin();
    meanwhile(hub, 'patch', () => hub.write(succeeded));
    block('NotAuthorised', 'no PlacementDecision selects cluster c1');
    await work();
    expect(hub.object['status']).toMatchObject({ operationState: { phase: 'Succeeded' } });
    expect(conditions()).toEqual(['MaestroDeliveryError']);
    expect(hub.conflicts).toBe(1);
  });

  test('is written over with what the cluster reports only after it was seen', async () => {
    const { hub, deliver, work, statusQueue, see, report } = begin();
    deliver();
    see(hub.object);
    meanwhile(hub, 'patch', () => hub.write(succeeded));
    report(reportOf('Healthy', '1'));
    await work();
    expect(hub.object['status']).toEqual({ health: { status: 'Healthy' } });
    expect(hub.writtenOver.every((version) => hub.handedOut.has(version))).toBe(true);
    expect(hub.conflicts).toBe(1);
    expect(statusQueue.later).toBe(0);
  });

  test('costs one request when nobody else writes', async () => {
    const { hub, deliver, work, report } = begin();
    deliver();
    for (const [at, health] of ['Healthy', 'Degraded', 'Healthy'].entries()) {
      report(reportOf(health, String(at + 1)));
      await work();
    }
    expect([hub.patches, hub.conflicts]).toEqual([3, 0]);
  });

  test('is written anew when its cluster takes back what is being written', async () => {
    const { hub, deliver, work, report, maestro } = begin();
    deliver();
    report(reportOf('Healthy', '1'));
    await work();
    report(reportOf('Degraded', '2'));
    maestro.bundle = bundleRow({ status: reportOf('Healthy', '3') });
    meanwhile(hub, 'patch', () => report(reportOf('Healthy', '3')));
    await work();
    expect(hub.object['status']).toEqual({ health: { status: 'Healthy' } });
  });

  test('is not taken from the cluster that the application has left, though its report waited to be written', async () => {
    const { hub, deliver, work, report, see } = begin();
    deliver();
    report(reportOf('Healthy', '1'));
    await work();
    report(reportOf('Degraded', '2'));
    hub.write(() => hubApp({ cluster: 'c2', version: hub.version }));
    hub.write((object) => ({ ...object, status: { health: { status: 'Healthy' } } }));
    see(hub.object);
    deliver({ id: 'b2', consumer: 'c2' });
    await work();
    expect(hub.object['status']).toMatchObject({ health: { status: 'Healthy' } });
  });

  test('is tried a few times and then now and then while somebody writes it all the time', async () => {
    const { hub, work, statusQueue, block } = begin();
    let others = 0;
    hub.before = (verb) => {
      if (verb === 'patch')
        hub.write((object) => ({ ...object, status: { ...objectAt(object, 'status'), count: (others += 1) } }));
    };
    block('NotAuthorised', 'no PlacementDecision selects cluster c1');
    await work();
    expect(hub.patches).toBe(freeStatusWrites);
    expect(statusQueue.later).toBe(1);
  });
});

type Doing = 'other status' | 'other spec' | 'report' | 'park' | 'unpark' | 'watch' | 'our step';

test('whatever others write and whenever, ours is never written over what was not seen, and what they wrote of a status that we do not replace stays', async () => {
  const doing = fc.constantFrom<Doing>('other status', 'other spec', 'park', 'unpark', 'watch', 'our step');
  const interrupting = fc.constantFrom('none', 'get', 'patch');
  await fc.assert(
    fc.asyncProperty(fc.array(fc.tuple(doing, interrupting), { maxLength: 30 }), async (script) => {
      const { hub, work, statusQueue, see, delivered, block, unblock } = begin({});
      let count = 0;
      const other = (): void =>
        hub.write((object) => ({ ...object, status: { ...objectAt(object, 'status'), count: (count += 1) } }));
      for (const [what, at] of script) {
        if (at !== 'none') meanwhile(hub, at, other);
        if (what === 'other status') other();
        if (what === 'other spec')
          hub.write((object) => ({ ...object, spec: { ...objectAt(object, 'spec'), revision: hub.version } }));
        if (what === 'park') block('NotAuthorised', 'no PlacementDecision selects cluster c1');
        if (what === 'unpark') unblock();
        if (what === 'watch') see(hub.object);
        if (what === 'our step') await work();
        // What another one wrote last is there, whatever we wrote since.
        expect(objectAt(hub.object, 'status')['count'] ?? 0).toBe(count);
      }
      hub.before = () => undefined;
      see(hub.object);
      statusQueue.put(key, 'change');
      await work();
      expect(hub.writtenOver.filter((version) => !hub.handedOut.has(version))).toEqual([]);
      expect(objectAt(hub.object, 'status')['count'] ?? 0).toBe(count);
      const shown = objectsAt(objectAt(hub.object, 'status'), 'conditions').length;
      expect(shown).toBe(delivered().blocked === undefined ? 0 : 1);
    }),
    { numRuns: 300 },
  );
});

test('a report whose application went before it was written takes no place of others', async () => {
  const { deliver, report, store, hubHandler, work } = begin();
  deliver();
  report(reportOf('Healthy', '1'));
  expect(store.reports.size).toBe(1);
  hubHandler.applicationSeen(key, undefined);
  await work();
  expect(store.reports.size).toBe(0);
});

describe('a report that comes before the row of its bundle', () => {
  test.each([false, true])('is asked for, for the row that comes may be of before (all read once: %s)', (synced) => {
    const { store, report, reads } = setUp();
    store.synced = synced;
    report(reportOf('Healthy', '1'), { id: 'unknown' });
    expect(reads).toEqual(['unknown']);
  });
});
