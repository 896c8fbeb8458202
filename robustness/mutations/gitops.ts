import type { Mutation } from './mutation.ts';

/** Faults that show in the two controllers. */
export const gitops: readonly Mutation[] = [
  {
    name: 'released-when-asked',
    whose: 'Go controllers',
    story: 'an Application leaves the hub as soon as Maestro has taken its deletion, while its cluster still runs it',
    family: 'gitops',
    aim: { with: ['remove', 'agent-stops'] },
    properties: ['gone-means-gone'],
    withinSeconds: 240,
    file: 'src/gitops/policy/propagation.ts',
    find: "  if (input.deletion === 'requested') return",
    replace: '  if (input.deletion.length > 0) return',
  },
  {
    name: 'publishes-at-each-look',
    whose: 'Go controllers',
    story: 'each look at an Application publishes it anew, also when nothing of it has changed',
    family: 'gitops',
    properties: ['one-version-per-change', 'comes-to-rest', 'all-arrives'],
    withinSeconds: 120,
    file: 'src/gitops/policy/propagation.ts',
    find: '(stored.contentHash !== hub.desiredHash && ',
    replace: "(hub.desiredHash !== '' && ",
  },
];
