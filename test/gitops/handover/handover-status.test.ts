import { describe, expect, it } from 'vitest';
import { handoverStatus, positionOf } from '../../../src/gitops/handover/handover-status.ts';
import type { HandoverDirection, HandoverGoal } from '../../../src/gitops/handover/plan.ts';
import { createBudget } from '../../../src/operations/budget.ts';
import { ManualClock } from '../../support/fake-clock.ts';
import { Model } from './model.ts';

/** The different positions that are passed on the way to a goal, looked at after every write and every report. */
function positions(model: Model, goal: HandoverGoal): readonly string[] {
  const passed: string[] = [];
  const look = (): void => {
    const { position } = positionOf(model.decide(goal).sight.seen, model.plan.direction);
    if (passed.at(-1) !== position) passed.push(position);
  };
  look();
  for (let round = 0; round < 40; round += 1) {
    if (model.plan.direction === 'to-classic' && goal === 'run') model.classicWrites();
    const decision = model.decide(goal);
    if (decision.advance.kind === 'done') return passed;
    model.carryOut(decision);
    look();
    model.settle();
    look();
  }
  return [...passed, 'endless'];
}

describe.each<HandoverDirection>(['to-maestro', 'to-classic'])('where an application is on its way %s', (direction) => {
  it('is told by both of its works', () => {
    const model = new Model({ direction });
    // The classic controller makes its work without being asked: it may be applied before the bundle is stamped.
    const onItsWay = direction === 'to-maestro' ? ['running'] : [];
    expect(positions(model, 'run')).toEqual(['planned', ...onItsWay, 'both-own']);
    expect(positions(model, 'finish')).toEqual(
      direction === 'to-maestro'
        ? ['both-own', 'letting-go', 'deleting', 'settling', 'finished']
        : ['both-own', 'letting-go', 'deleting', 'finished'],
    );
    const back = positions(model, 'rollback');
    expect(back[0]).toBe('finished');
    expect(new Set(back.slice(1, -1))).toEqual(new Set(['rolling-back']));
    expect(back.at(-1)).toBe('planned');
  });
});

describe('where the clusters of a plan are', () => {
  it('is told in their order, eight of them read at a time', async () => {
    const { plan } = new Model({ direction: 'to-maestro' });
    const names = Array.from({ length: 20 }, (_one, at) => `c${String(at).padStart(2, '0')}`);
    const clusters = names.map((name) => ({ name, applications: [] }));
    let underway = 0;
    const most: number[] = [];
    const kube = {
      get: async (_path: unknown, { name }: { readonly name: string }) => {
        most.push((underway += 1));
        // The first of each eight answers last.
        for (let turn = 0; turn < (name === 'c00' ? 20 : 5); turn += 1) await Promise.resolve();
        underway -= 1;
        return Promise.resolve({ metadata: { name, annotations: {} } });
      },
      listPage: () => Promise.resolve({ items: [], resourceVersion: '1' }),
    };
    const empty = { async *[Symbol.asyncIterator]() {} };
    const reader = { getBundles: () => empty, listBundles: () => empty };
    const deps = { kube, maestro: { reader } } as unknown as Parameters<typeof handoverStatus>[1];
    const signal = new AbortController().signal;
    const budget = createBudget(60_000, { clock: new ManualClock(), random: () => 0, signal });
    const told: string[] = [];
    for await (const { cluster } of handoverStatus({ ...plan, clusters }, deps, budget)) told.push(cluster);
    expect(told).toEqual(names);
    expect(Math.max(...most)).toBe(8);
  });
});
