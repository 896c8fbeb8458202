import { describe, expect, it } from 'vitest';
import { positionOf, type Goal } from '../../../src/core/migration/advance.ts';
import { hasProof } from '../../../src/core/migration/forms.ts';
import type { ClusterPlan } from '../../../src/core/migration/cluster-plan.ts';
import { Model } from './model.ts';
import { config, configMap, planned, request, stored, work } from './stored.ts';

const olds = [
  stored(work('hyperfleet-c1-np', [configMap('a'), configMap('b')]), 'np'),
  stored(work('hyperfleet-c1-ns', [configMap('c')]), 'ns'),
];

interface Setting {
  readonly model: Model;
  readonly plan: ClusterPlan;
  /** Carries out a goal while the agent does all that it is asked; `done`, or why not. */
  readonly reach: (goal: Goal, ownerProof: boolean) => string;
  /** One look, and what is sent. */
  readonly once: (goal: Goal, ownerProof: boolean) => string;
}

function setting(): Setting {
  const model = new Model();
  for (const { id, work: content, version } of olds) {
    model.store(id, content, version);
    model.apply(id);
    model.report(id);
  }
  const plan = planned(olds, request('C'));
  const ids = [...plan.old, ...plan.new].map(({ id }) => id);
  const once = (goal: Goal, ownerProof: boolean): string => {
    const next = model.advance(plan, { goal, ownerProof }, 99);
    if (next.kind === 'wait') return `wait: ${next.awaited.map(({ of, why }) => `${of.work.name} ${why}`).join(', ')}`;
    return next.kind === 'refused' ? next.reason : next.kind;
  };
  return {
    model,
    plan,
    once,
    reach: (goal, ownerProof) => {
      for (let round = 0; round < 20; round += 1) {
        const next = once(goal, ownerProof);
        if (next !== 'write' && !next.startsWith('wait')) return next;
        for (const id of ids) {
          model.apply(id);
          model.report(id);
          model.end(id);
        }
      }
      return 'endless';
    },
  };
}

describe('rolling back without proof of ownership', () => {
  it('lets nothing go before the old works, made anew at the version of the plan, are applied', () => {
    const { model, plan, reach, once } = setting();
    expect([reach('run', false), reach('finish', false)]).toEqual(['done', 'done']);
    expect(once('rollback', false)).toBe('write');
    expect(plan.old.map(({ id }) => model.rows.get(id)?.version)).toEqual([1, 1]);
    // They may be those of before, so that a finish might be under way which has read them.
    expect(once('rollback', false)).toBe('write');
    expect(once('rollback', false)).toBe('wait: hyperfleet-c1-np applied, hyperfleet-c1-ns applied');
    expect(model.rows.get(plan.new[0]!.id)?.work.deleteOption).toBeUndefined();
    expect(reach('rollback', false)).toBe('done');
    expect(model.lost).toEqual([]);
    expect([...model.cluster.values()].map(({ owners }) => owners.size)).toEqual([1, 1, 1]);
  });
});

describe('a new work that its managers have written to after the old ones were gone', () => {
  it('is finished, and finish and run have nothing more to do', () => {
    const { model, plan, reach, once } = setting();
    expect([reach('run', true), reach('finish', true)]).toEqual(['done', 'done']);
    const row = model.rows.get(plan.new[0]!.id)!;
    row.work = { ...row.work, manifests: [configMap('a', { k: 'v' })] };
    row.version += 1;
    expect(positionOf(plan, model.read())).toBe('finished');
    expect([once('finish', true), once('run', true)]).toEqual(['done', 'done']);
    expect(once('rollback', true), 'what was written would be lost').toBe('Moved');
  });

  it('does not stop a finish that has told all old works to let go', () => {
    const { model, plan, reach, once } = setting();
    expect(reach('run', true)).toBe('done');
    expect(once('finish', true)).toBe('write');
    const row = model.rows.get(plan.new[0]!.id)!;
    row.work = { ...row.work, labels: { written: 'since' } };
    row.version += 1;
    expect(positionOf(plan, model.read())).toBe('letting-go');
    expect(once('finish', true)).toMatch(/^wait: hyperfleet-c1-np applied/);
    expect([once('run', true), once('rollback', true)]).toEqual(['Moved', 'Moved']);
    expect(reach('finish', true)).toBe('done');
    expect(positionOf(plan, model.read())).toBe('finished');
    expect(model.lost).toEqual([]);
    expect([...model.cluster.values()].map(({ owners }) => owners.size)).toEqual([1, 1, 1]);
    expect(model.rows.get(plan.new[0]!.id)?.work).toMatchObject({ labels: { written: 'since' }, manifestConfigs: [] });
  });

  it('stops a finish that has told only some of the old works to let go', () => {
    const { model, plan, reach } = setting();
    expect(reach('run', true)).toBe('done');
    expect(model.advance(plan, { goal: 'finish', ownerProof: true }, 1).kind).toBe('write');
    const row = model.rows.get(plan.new[0]!.id)!;
    row.work = { ...row.work, labels: { written: 'since' } };
    row.version += 1;
    expect(positionOf(plan, model.read())).toBe('moved');
    expect(reach('finish', true)).toBe('Moved');
    expect(model.lost).toEqual([]);
  });

  it('loses the proofs that an interrupted finish has left, and nothing else', () => {
    const { model, plan, reach, once } = setting();
    expect(reach('run', true)).toBe('done');
    // To the moment in which the old works are gone, and the proofs are still there.
    for (const id of plan.old.map((one) => one.id)) model.rows.delete(id);
    const row = model.rows.get(plan.new[0]!.id)!;
    const own = config('a', { updateStrategy: { type: 'ServerSideApply' } });
    row.work = {
      ...row.work,
      manifests: [configMap('a', { k: 'v' })],
      manifestConfigs: [...row.work.manifestConfigs, own],
    };
    expect(hasProof(row.work)).toBe(true);
    row.version += 1;
    expect(positionOf(plan, model.read())).toBe('settling');
    expect(once('finish', true)).toBe('write');
    expect(model.rows.get(plan.new[0]!.id)?.work).toMatchObject({
      manifests: [configMap('a', { k: 'v' })],
      manifestConfigs: [own],
    });
    expect(once('finish', true)).toBe('done');
  });
});

describe('a rollback after run', () => {
  it('writes the old works before the new ones let go, so that a finish that has read them earlier is refused', () => {
    for (const ownerProof of [true, false]) {
      const { model, plan, reach, once } = setting();
      expect(reach('run', ownerProof)).toBe('done');
      expect(positionOf(plan, model.read())).toBe('both-own');
      expect(once('rollback', ownerProof)).toBe('write');
      expect(plan.old.map(({ id }) => model.rows.get(id)?.version)).toEqual([2, 2]);
      expect(plan.new.map(({ id }) => model.rows.get(id)?.version)).toEqual([1]);
      expect(positionOf(plan, model.read())).toBe('rolling-back');
      expect(once('finish', ownerProof)).toBe(ownerProof ? 'RollbackBegun' : 'Moved');
      expect(reach('rollback', ownerProof)).toBe('done');
      expect(positionOf(plan, model.read())).toBe('rolled-back');
    }
  });

  it('writes nothing where there is no new work, so that the plan can still be carried out', () => {
    const { model, plan, reach } = setting();
    expect(reach('rollback', true)).toBe('done');
    expect(positionOf(plan, model.read())).toBe('planned');
    expect(reach('run', true)).toBe('done');
  });
});

describe('old works that others have deleted', () => {
  it('do not end a run before the new works are proved to own', () => {
    const { model, plan, once } = setting();
    expect(once('run', true)).toBe('write');
    for (const { id } of plan.old) model.rows.delete(id);
    model.apply(plan.new[0]!.id);
    expect([once('run', true), once('finish', true)]).toEqual([
      'wait: hyperfleet-c1 applied',
      'wait: hyperfleet-c1 applied',
    ]);
    model.report(plan.new[0]!.id);
    expect(once('finish', true), 'what proved it is taken off').toBe('write');
  });
});

describe('a new work that somebody deletes', () => {
  it('is told as deleted, and not as a rollback that has begun', () => {
    const { model, plan, reach, once } = setting();
    expect(reach('run', true)).toBe('done');
    model.deleteBeside(plan.new[0]!.id);
    expect([once('run', true), once('finish', true)]).toEqual(['Moved', 'Moved']);
    model.end(plan.new[0]!.id);
    expect(once('finish', true)).toBe('NotRun');
    expect([reach('run', true), reach('finish', true)]).toEqual(['done', 'done']);
    expect(model.lost).toEqual([]);
  });
});
