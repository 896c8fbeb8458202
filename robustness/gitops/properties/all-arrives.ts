import { found, type GitopsProperty } from './property.ts';

export const allArrives: GitopsProperty = {
  name: 'all-arrives',
  says: 'when nothing is wrong any more, hub, Maestro and clusters become the same within a minute: each Application is on its cluster as it is on the hub, its status on the hub as it is on the cluster, no operation or refresh is left, and nothing is anywhere of an Application that is gone',
  check: ({ differences }) => differences.map((difference) => found(difference)),
};
