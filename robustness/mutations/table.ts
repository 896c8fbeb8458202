/** A fault that is brought back on purpose: a text in a source file, and what stands there instead. */
export interface Mutation {
  readonly name: string;
  /** What goes wrong with it, in one sentence. */
  readonly story: string;
  /** The properties of which at least one has to find it. */
  readonly properties: readonly string[];
  readonly file: string;
  readonly find: string;
  readonly replace: string;
}

/**
 * Faults that tools of this kind had, ours among them, or nearly had. Each text stands exactly once in its file: a
 * mutation that no longer fits fails, so that the table cannot rot.
 */
export const mutations: readonly Mutation[] = [
  {
    name: 'lost-answer-is-success',
    story: 'a write whose answer was lost counts as done without a look at what is stored',
    properties: ['success-is-stored', 'wait-is-proven'],
    file: 'src/operations/publish.ts',
    find: '  const stored = await reader.getBundle(request.target.id, budget);\n',
    replace:
      "  const stored = await reader.getBundle(request.target.id, budget);\n  if (remainingMs(budget) < Infinity) return 'done';\n",
  },
  {
    name: 'merge-drops-others',
    story: 'a merge takes out what other managers own',
    properties: ['nothing-of-others'],
    file: 'src/core/ownership/merge-works.ts',
    find: '(!adds && owners.get(label) === manager)',
    replace: '(!adds && owners.get(label) !== `${manager}?`)',
  },
  {
    name: 'nobody-owns-anything',
    story: 'what another manager owns is replaced without being told to',
    properties: ['nothing-of-others'],
    file: 'src/core/ownership/merge-works.ts',
    find: 'if (losses.length > 0 && !force)',
    replace: 'if (losses.length < 0 && !force)',
  },
];
