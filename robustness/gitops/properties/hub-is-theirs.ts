import { byUid, found, type GitopsProperty } from './property.ts';

export const hubIsTheirs: GitopsProperty = {
  name: 'hub-is-theirs',
  says: 'of an Application on the hub nothing changes that nobody of the program has changed, but its status, and what is passed on once',
  check: (history) =>
    [...byUid(history).values()].flatMap((states) =>
      states.flatMap(({ rest, change, key }, index) => {
        const before = states[index - 1];
        const isTheirs = before === undefined || before.rest === rest || before.change !== change;
        return isTheirs ? [] : [found('its spec, a label or an annotation changed, and nobody had changed it', key)];
      }),
    ),
};
