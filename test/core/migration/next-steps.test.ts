import { describe, expect, it, test } from 'vitest';
import { advance, type Goal } from '../../../src/core/migration/advance.ts';
import type { ClusterPlan } from '../../../src/core/migration/cluster-plan.ts';
import { orphanForm, proofForm } from '../../../src/core/migration/forms.ts';
import { eventAnnotation } from '../../../src/core/works/own-annotations.ts';
import { plan, rowsOf, said } from './standings.ts';
import { config } from './stored.ts';

const next = (words: string, goal: Goal, ownerProof = true): string =>
  said(advance(plan, rowsOf(words), { goal, ownerProof }));

const rollbackBegun = 'RollbackBegun: a rollback has begun here; carry it to its end, then plan again';

describe('run', () => {
  test.each<readonly [string, string]>([
    ['plain plain | - -', 'create x proof, create y proof'],
    ['plain plain | proof -', 'create y proof'],
    ['plain plain | proof? -', 'create y proof'],
    ['plain plain | proof? proof?', 'x@1 applied, y@1 applied'],
    ['plain plain | proof~ proof~', 'x@1 owner ConfigMap/default/a, y@1 owner ConfigMap/default/b'],
    ['plain plain | proof proof', 'done'],
    ['plain plain | proof+ proof', 'done'],
    ['plain plain | plain plain@2', 'own x@1 proof, own y@2 proof'],
    ['plain plain | plain? proof', 'own x@1 proof'],
    ['orphan@4 orphan@6 | proof proof', 'done'],
    ['- plain | proof proof', 'done'],
    ['- - | proof proof@2', 'settle x@1 plain, settle y@2 plain'],
    ['- - | plain plain', 'done'],
    ['- - | proof? plain', 'x@1 applied'],
    ['- - | proof? proof', 'settle y@1 plain'],
    ['- - | proof~ plain', 'x@1 owner ConfigMap/default/a'],
    ['- - | other plain?', 'y@1 applied'],
    ['- - | other? plain', 'done'],
    ['- - | other-proof@2? plain', 'settle x@2 plain'],
    ['- - | - -', 'Moved: np: it is gone before the new works have its objects. Plan again'],
    [
      'plain! plain | proof -',
      'Moved: np: it is gone before the new works have its objects; version 3 is stored, planned at version 3. Plan again 3',
    ],
    ['plain@4 plain | - -', 'Moved: np: somebody wrote it; version 4 is stored, planned at version 3. Plan again 4'],
    ['other@4 plain | - -', 'Moved: np: somebody wrote it; version 4 is stored, planned at version 3. Plan again 4'],
    ['plain plain | - other@2', 'Moved: y: somebody wrote it; version 2 is stored. Plan again 2'],
    ['orphan@4 orphan@6 | other@2 proof', 'Moved: x: somebody wrote it; version 2 is stored. Plan again 2'],
    ['plain plain | proof! proof', 'Moved: x: somebody deleted it; version 1 is stored. Plan again 1'],
    ['plain plain | orphan@2! proof', rollbackBegun],
    ['plain plain | proof orphan@2', rollbackBegun],
    ['proof@4 plain | proof proof', rollbackBegun],
  ])('%s: %s', (words, expected) => {
    expect(next(words, 'run')).toBe(expected);
  });

  test.each<readonly [string, string]>([
    ['plain plain | - -', 'create x plain, create y plain'],
    ['plain plain | plain plain', 'done'],
    ['plain plain | proof~ plain', 'done'],
    ['plain plain | plain? plain', 'x@1 applied'],
    ['- - | proof~ plain', 'settle x@1 plain'],
  ])('without proof of ownership, %s: %s', (words, expected) => {
    expect(next(words, 'run', false)).toBe(expected);
  });
});

describe('finish', () => {
  const noProof = (name: string): string =>
    `NotRun: ${name} has no proof of ownership: run comes first, with the proof`;
  test.each<readonly [string, string]>([
    ['plain plain | - -', 'NotRun: the new work x is not there: run comes first'],
    ['plain plain | proof -', 'NotRun: the new work y is not there: run comes first'],
    ['plain plain | plain plain', noProof('x')],
    ['plain plain | proof? proof', 'x@1 applied'],
    ['plain plain | proof proof~', 'y@1 owner ConfigMap/default/b'],
    ['plain plain | proof proof', 'let-go np@3 orphan, let-go ns@5 orphan'],
    ['orphan@4 plain | proof proof', 'let-go ns@5 orphan'],
    ['orphan@4? plain | proof proof', 'let-go ns@5 orphan'],
    ['orphan@4? orphan@6 | proof proof', 'np@4 applied'],
    ['orphan@4 orphan@6 | proof proof', 'delete np@4, delete ns@6'],
    ['orphan@4! orphan@6? | proof proof', 'ns@6 applied'],
    ['orphan@4! orphan@6 | proof proof', 'delete ns@6'],
    ['orphan@4! - | proof proof', 'np@4 gone'],
    ['- orphan@6 | proof proof', 'delete ns@6'],
    ['- plain | proof proof', 'let-go ns@5 orphan'],
    ['- - | proof proof', 'settle x@1 plain, settle y@1 plain'],
    [
      'plain plain@6 | proof proof',
      'Moved: ns: somebody wrote it; version 6 is stored, planned at version 5. Plan again 6',
    ],
    ['plain plain | proof! proof', 'Moved: x: somebody deleted it; version 1 is stored. Plan again 1'],
    ['plain plain | orphan@2! proof', rollbackBegun],
    ['proof@4 plain | proof proof', rollbackBegun],
    ['- - | - proof', 'Moved: np: it is gone before the new works have its objects. Plan again'],
  ])('%s: %s', (words, expected) => {
    expect(next(words, 'finish')).toBe(expected);
  });

  test.each<readonly [string, string]>([
    ['orphan@4 orphan@6 | other@2 proof', 'delete np@4, delete ns@6'],
    ['orphan@4 orphan@6 | other@2 other@2?', 'delete np@4, delete ns@6'],
    ['orphan@4 orphan@6? | other@2 proof', 'ns@6 applied'],
    ['orphan@4 orphan@6 | other@2 proof?', 'y@1 applied'],
    ['orphan@4 orphan@6 | other@2 plain', noProof('y')],
    ['orphan@4! - | other@2 proof', 'np@4 gone'],
    ['- - | other@2 proof~', 'y@1 owner ConfigMap/default/b'],
    ['orphan@4 plain | other@2 proof', 'Moved: x: somebody wrote it; version 2 is stored. Plan again 2'],
    ['orphan@4 orphan@6 | other@2 -', 'Moved: x: somebody wrote it; version 2 is stored. Plan again 2'],
  ])('of a new work that was written since, %s: %s', (words, expected) => {
    expect(next(words, 'finish')).toBe(expected);
  });

  test.each<readonly [string, string]>([
    ['plain plain | plain plain', 'let-go np@3 orphan, let-go ns@5 orphan'],
    ['orphan@4 orphan@6 | other@2 plain', 'delete np@4, delete ns@6'],
  ])('without proof of ownership, %s: %s', (words, expected) => {
    expect(next(words, 'finish', false)).toBe(expected);
  });
});

describe('rollback', () => {
  test.each<readonly [string, string]>([
    ['plain plain | - -', 'done'],
    ['plain? plain? | - -', 'done'],
    ['plain plain | proof? -', 'own np@3 proof, own ns@5 proof'],
    ['orphan@4 orphan@6 | proof proof', 'own np@4 proof, own ns@6 proof'],
    ['plain orphan@6 | - -', 'own ns@6 proof'],
    ['plain@4 plain | proof proof', 'own np@4 proof, own ns@5 proof'],
    ['- - | proof proof', 'create np proof, create ns proof'],
    ['- plain | proof proof', 'create np proof, own ns@5 proof'],
    ['orphan@4! plain | proof proof', 'own ns@5 proof'],
    ['orphan@4! proof@6 | proof proof', 'np@4 gone'],
    ['proof@5? proof@7 | proof proof', 'np@5 applied'],
    ['proof@5~ proof@7 | proof proof', 'np@5 owner ConfigMap/default/a'],
    ['proof@5 proof@7 | proof proof', 'let-go x@1 orphan, let-go y@1 orphan'],
    ['proof@5 proof@7 | orphan@2? proof', 'let-go y@1 orphan'],
    ['proof@5 proof@7 | orphan@2? orphan@2', 'x@2 applied'],
    ['proof@5 proof@7 | orphan@2 orphan@2', 'delete x@2, delete y@2'],
    ['proof@5 proof@7 | orphan@2! orphan@2!', 'x@2 gone, y@2 gone'],
    ['proof@5 proof@7 | - orphan@2!', 'y@2 gone'],
    ['proof@5 proof@7 | - -', 'settle np@5 plain, settle ns@7 plain'],
    ['proof@5? plain | - -', 'np@5 applied'],
    ['proof@5~ plain | - -', 'np@5 owner ConfigMap/default/a'],
    ['plain@6? plain | - -', 'np@6 applied'],
    ['plain@6 plain@8 | - -', 'done'],
    ['plain! plain | - -', 'np@3 gone'],
    ['- plain | - -', 'Moved: x: somebody deleted it, and the old works are not whole. Plan again'],
    ['- plain | proof -', 'Moved: y: somebody deleted it, and the old works are not whole. Plan again'],
    [
      '- plain | proof proof!',
      'Moved: y: somebody deleted it, and the old works are not whole; version 1 is stored. Plan again 1',
    ],
    ['- - | other@2 proof', 'Moved: x: somebody wrote it; version 2 is stored. Plan again 2'],
    ['orphan@4 orphan@6 | other@2 proof', 'Moved: x: somebody wrote it; version 2 is stored. Plan again 2'],
  ])('%s: %s', (words, expected) => {
    expect(next(words, 'rollback')).toBe(expected);
  });

  test.each<readonly [string, string]>([
    ['plain plain | plain plain', 'own np@3 plain, own ns@5 plain'],
    ['plain@4 plain@6 | plain plain', 'let-go x@1 orphan, let-go y@1 orphan'],
    ['plain@4? plain@6 | plain plain', 'np@4 applied'],
    ['proof@5~ plain | - -', 'settle np@5 plain'],
  ])('without proof of ownership, %s: %s', (words, expected) => {
    expect(next(words, 'rollback', false)).toBe(expected);
  });
});

describe('a step', () => {
  const run = (words: string, goal: Goal): unknown => advance(plan, rowsOf(words), { goal, ownerProof: true });
  const [np] = plan.old;
  const [x] = plan.new;

  it('holds the work of the plan, and the whole content that is written', () => {
    expect(run('plain plain | - proof', 'run')).toStrictEqual({
      kind: 'write',
      steps: [{ kind: 'create', to: x, work: proofForm(x!) }],
    });
    expect(run('plain orphan@6! | proof proof', 'finish')).toStrictEqual({
      kind: 'write',
      steps: [{ kind: 'update', to: { ...np, plannedVersion: 3 }, work: orphanForm(np!), version: 3, why: 'let-go' }],
    });
    expect(run('orphan@4 - | proof proof', 'finish')).toStrictEqual({
      kind: 'write',
      steps: [{ kind: 'delete', to: { ...np, plannedVersion: 3 }, version: 4 }],
    });
  });

  it('lets go of a work as it is stored, with its rules of proof and what is recorded on it', () => {
    const rows = new Map(rowsOf('proof@5 proof@7 | - proof'));
    const y = plan.new[1]!;
    const stored = rows.get(y.id)!;
    const annotations = { ...y.work.annotations, [eventAnnotation]: 'e1' };
    rows.set(y.id, { ...stored, metadata: { ...stored.metadata, annotations } });
    expect(advance(plan, rows, { goal: 'rollback', ownerProof: true })).toStrictEqual({
      kind: 'write',
      steps: [
        {
          kind: 'update',
          to: y,
          work: orphanForm({ ...y, work: { ...proofForm(y), annotations } }),
          version: 1,
          why: 'let-go',
        },
      ],
    });
  });

  it('takes the proof off what managers have written since, and leaves that as it is', () => {
    expect(run('- - | other-proof@2 plain', 'finish')).toStrictEqual({
      kind: 'write',
      steps: [
        {
          kind: 'update',
          to: x,
          work: { ...x!.work, labels: { written: 'since' } },
          version: 2,
          why: 'settle',
        },
      ],
    });
  });

  it('is not told of a work that keeps its objects and changes nothing: it is deleted as it is', () => {
    const kept = orphanForm(np!);
    const own: ClusterPlan = { ...plan, old: [{ ...np!, work: kept }, plan.old[1]!] };
    const rows = rowsOf('plain orphan@6 | proof proof', own);
    expect(said(advance(own, rows, { goal: 'finish', ownerProof: true }))).toBe('delete np@3, delete ns@6');
    const unheard = rowsOf('plain? orphan@6 | proof proof', own);
    expect(said(advance(own, unheard, { goal: 'finish', ownerProof: true }))).toBe('np@3 applied');
  });

  it('asks for no proof from a work that owns nothing', () => {
    const readOnly = { manifestConfigs: [config('a', { updateStrategy: { type: 'ReadOnly' } })] };
    const looking: ClusterPlan = { ...plan, new: [{ ...x!, work: { ...x!.work, ...readOnly } }, plan.new[1]!] };
    const options = { goal: 'finish', ownerProof: true } as const;
    expect(said(advance(looking, rowsOf('plain plain | plain proof', looking), options))).toBe(
      'let-go np@3 orphan, let-go ns@5 orphan',
    );
    expect(said(advance(looking, rowsOf('- - | plain plain', looking), options))).toBe('done');
  });

  it('is not there for a plan without works', () => {
    const none: ClusterPlan = { ...plan, old: [], new: [] };
    for (const goal of ['run', 'finish', 'rollback'] as const)
      expect(advance(none, new Map(), { goal, ownerProof: true })).toStrictEqual({ kind: 'done' });
  });
});

describe('what is waited for', () => {
  const judged = { storedVersion: 1, version: 1, stale: false, superseded: false, blockers: [] };

  it('is told with the state of the work, and no objects but those whose owner is not proved', () => {
    expect(advance(plan, rowsOf('plain plain | proof? proof'), { goal: 'run', ownerProof: true })).toStrictEqual({
      kind: 'wait',
      awaited: [
        {
          of: plan.new[0],
          why: 'applied',
          version: 1,
          state: { ...judged, observedVersion: 0, kind: 'unknown' },
          unproven: [],
        },
      ],
    });
  });
});

describe('what is refused', () => {
  it('names the version that is stored, where there is one', () => {
    const options = { goal: 'run', ownerProof: true } as const;
    expect(advance(plan, rowsOf('- plain | - -'), options)).toStrictEqual({
      kind: 'refused',
      reason: 'Moved',
      text: 'np: it is gone before the new works have its objects. Plan again',
    });
    expect(advance(plan, rowsOf('proof@4 plain | proof proof'), options)).toStrictEqual({
      kind: 'refused',
      reason: 'RollbackBegun',
      text: 'a rollback has begun here; carry it to its end, then plan again',
    });
  });
});
