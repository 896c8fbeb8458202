import { describe, expect, it } from 'vitest';
import { positionOf } from '../../../src/gitops/handover/handover-status.ts';
import type { HandoverDirection, HandoverGoal } from '../../../src/gitops/handover/plan.ts';
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
