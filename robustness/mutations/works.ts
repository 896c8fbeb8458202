import type { Mutation } from './mutation.ts';

/** Faults that show in single works which several clients write, wait for and delete. */
export const works: readonly Mutation[] = [
  {
    name: 'lost-answer-is-success',
    whose: 'thought of',
    story: 'a write whose answer was lost counts as done without a look at what is stored',
    family: 'works',
    aim: { with: ['apply'] },
    properties: ['success-is-stored', 'wait-is-proven'],
    withinSeconds: 120,
    file: 'src/operations/publish.ts',
    find: '  const stored = await reader.getBundle(request.target.id, budget);\n',
    replace:
      "  const stored = await reader.getBundle(request.target.id, budget);\n  if (remainingMs(budget) < Infinity) return 'done';\n",
  },
  {
    name: 'merge-drops-others',
    whose: 'thought of',
    story: 'a merge takes out what other managers own',
    family: 'works',
    properties: ['nothing-of-others'],
    withinSeconds: 120,
    file: 'src/core/ownership/merge-works.ts',
    find: '(!adds && owners.get(label) === manager)',
    replace: '(!adds && owners.get(label) !== `${manager}?`)',
  },
  {
    name: 'nobody-owns-anything',
    whose: 'Go maestro-cli',
    story: 'what another manager owns is replaced without being told to',
    family: 'works',
    properties: ['nothing-of-others'],
    withinSeconds: 120,
    file: 'src/core/ownership/merge-works.ts',
    find: 'if (losses.length > 0 && !force)',
    replace: 'if (losses.length < 0 && !force)',
  },
];
