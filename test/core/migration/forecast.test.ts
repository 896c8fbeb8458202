import { expect, it, test } from 'vitest';
import type { Goal } from '../../../src/core/migration/advance.ts';
import { forecast } from '../../../src/core/migration/forecast.ts';
import { plan, rowsOf, said, stepText } from './standings.ts';

const letGoOld = ['let-go np@3 orphan', 'let-go ns@5 orphan', 'delete np@4', 'delete ns@6'];
const letGoNew = ['let-go x@1 orphan', 'let-go y@1 orphan', 'delete x@2', 'delete y@2'];
const takeBack = ['own np@3 proof', 'own ns@5 proof', ...letGoNew, 'settle np@4 plain', 'settle ns@6 plain'];
const makeAnew = ['create np proof', 'create ns proof', ...letGoNew, 'settle np@1 plain', 'settle ns@1 plain'];
const proved = ['settle x@1 plain', 'settle y@1 plain'];

test.each<readonly [Goal, string, readonly string[], string]>([
  ['run', 'plain plain | - -', ['create x proof', 'create y proof'], 'done'],
  ['run', 'plain? plain? | proof? -', ['create y proof'], 'done'],
  ['run', 'plain plain | proof~ proof', [], 'done'],
  ['finish', 'plain plain | proof? proof~', [...letGoOld, ...proved], 'done'],
  ['finish', 'orphan@4! orphan@6 | proof proof', ['delete ns@6', ...proved], 'done'],
  ['finish', 'orphan@4! orphan@6! | proof? proof', proved, 'done'],
  ['finish', 'plain plain | proof -', [], 'NotRun: the new work y is not there: run comes first'],
  ['rollback', 'plain plain | proof proof', takeBack, 'done'],
  ['rollback', '- - | plain plain', makeAnew, 'done'],
])('%s from %s takes %j', (goal, words, steps, end) => {
  const rows = rowsOf(words);
  const found = forecast(plan, rows, { goal, ownerProof: true });
  expect(found.steps.map((step) => stepText(step))).toEqual(steps);
  expect(said(found.end)).toBe(end);
  expect(rows, 'nothing is written').toStrictEqual(rowsOf(words));
});

it('takes no proof where none is asked for', () => {
  const options = { goal: 'run', ownerProof: false } as const;
  const { steps, end } = forecast(plan, rowsOf('plain plain | - -'), options);
  expect(steps).toStrictEqual(plan.new.map((to) => ({ kind: 'create', to, work: to.work })));
  expect(end).toStrictEqual({ kind: 'done' });
});
