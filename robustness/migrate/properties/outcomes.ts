import type { StoredRow } from '../../works/history/history.ts';
import { consumers, startMark, workName } from '../program.ts';
import { isUntouched, ourRows, standing, type History } from '../history.ts';
import type { Property } from './property.ts';

/** The goal that was reached last, when nobody else wrote to the works. */
function reached(history: History): string | undefined {
  const last = history.reruns.at(-1);
  return last?.exitCode === 0 && isUntouched(history) ? last.step.kind : undefined;
}

export const singleOwner: Property = {
  name: 'single-owner',
  says: 'when a migration is finished and nobody else wrote, each object is in one stored work, and on the cluster that one owns it, alone; and one that had no owner at the start has none',
  check(history) {
    if (reached(history) !== 'finish') return [];
    const loose = history.program.start.flatMap(({ orphans, objects }) => (orphans ? objects : []));
    return consumers.flatMap((consumer) => {
      const works = standing(ourRows(history)).filter((row) => row.consumer === consumer);
      return [...new Set(history.program.start.flatMap((work) => work.objects))].flatMap((object) => {
        const holders = works.filter(({ manifests }) => manifests.some(({ name }) => name === object));
        const wanted = loose.includes(object) ? [] : holders.map(({ id }) => id);
        const owners = ownersOf(history, consumer, object);
        if (holders.length === 1 && sameSet(owners, wanted)) return [];
        const what = `${object} on ${consumer} is in ${works.length === 0 ? 'no work' : holders.map(({ work }) => work).join(', ')}, and owned by ${owners.join(', ') || 'nobody'}`;
        return [{ what, calls: [] }];
      });
    });
  },
};

export const undoReturns: Property = {
  name: 'undo-returns',
  says: 'when a rollback is done and nobody else wrote, the works of the start are stored with what they held, as the only ones, and own it again',
  check(history) {
    if (reached(history) !== 'rollback') return [];
    return consumers.flatMap((consumer) => {
      const works = standing(ourRows(history)).filter((row) => row.consumer === consumer);
      const now = works.map((row) => text(row)).sort();
      const then = history.program.start
        .map(({ objects, orphans }, at) => text({ work: workName(at), objects, orphans }))
        .sort();
      if (JSON.stringify(now) !== JSON.stringify(then))
        return [{ what: `on ${consumer} there is ${now.join('; ')} in the place of ${then.join('; ')}`, calls: [] }];
      return history.program.start.flatMap(({ objects, orphans }) =>
        objects.flatMap((object) => {
          const wanted = works
            .filter(({ manifests }) => !orphans && manifests.some(({ name }) => name === object))
            .map(({ id }) => id);
          const owners = ownersOf(history, consumer, object);
          return sameSet(owners, wanted)
            ? []
            : [{ what: `${object} on ${consumer} is owned by ${owners.join(', ') || 'nobody'}`, calls: [] }];
        }),
      );
    });
  },
};

/** Of works of the plan's source: what another source has of it is its own. */
function ownersOf(history: History, consumer: string, object: string): readonly string[] {
  const ours = new Set(ourRows(history).map(({ id }) => id));
  const found = history.objects.find((one) => one.consumer === consumer && one.name === object);
  return (found?.owners ?? []).filter((id) => ours.has(id));
}

function sameSet(some: readonly string[], others: readonly string[]): boolean {
  return JSON.stringify([...some].sort()) === JSON.stringify([...others].sort());
}

function text(
  work: StoredRow | { readonly work: string; readonly objects: readonly string[]; readonly orphans: boolean },
): string {
  const held =
    'objects' in work
      ? work.objects.map((name) => `${name} of ${startMark}`)
      : work.manifests.map(({ name, call }) => `${name} of ${call}`);
  const orphans = work.orphans === true ? ', which it leaves alone' : '';
  return `${work.work} with ${[...held].sort().join(', ')}${orphans}`;
}
