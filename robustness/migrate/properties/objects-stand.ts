import { consumers } from '../program.ts';
import { takenByStranger } from '../history.ts';
import type { Property } from './property.ts';

export const objectsStand: Property = {
  name: 'objects-stand',
  says: 'at every moment each object that stood stands, with the same uid and with an owner, unless somebody who is no part of the migration took it out of a work, or deleted a work that held it',
  check(history) {
    const { losses, program, objects, begunMs } = history;
    const lost = losses
      .filter((loss) => loss.atMs >= begunMs && !takenByStranger(history, loss))
      .map(({ consumer, object, lastOwner, removed }) => ({
        what: `${object} on ${consumer} ${removed ? 'went with' : 'was left alone by'} its last owner ${lastOwner}`,
        calls: [],
      }));
    const missing = consumers.flatMap((consumer) =>
      [...new Set(program.start.flatMap((work) => work.objects))]
        .filter((object) => !objects.some((one) => one.consumer === consumer && one.name === object))
        .filter((object) => !takenByStranger(history, { consumer, object, atMs: Infinity }))
        .map((object) => ({ what: `${object} does not stand on ${consumer} in the end`, calls: [] })),
    );
    return [...lost, ...missing];
  },
};
