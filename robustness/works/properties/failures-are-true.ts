import { isAbsent, standingDuring } from '../../properties/moments.ts';
import { metFullDisk } from '../../properties/told.ts';
import type { Call, History, StoredRow } from '../history/history.ts';
import { faultsOfCalls, rowsAbout, toldBy, type Property } from './property.ts';

export const failuresAreTrue: Property = {
  name: 'failures-are-true',
  says: 'what a call gives as the cause of its failure was so at some moment of it: the work was absent or being deleted, was made anew or changed, held what others own, or was stored at the version that is named; and what it calls missing, being deleted, superseded, a conflict or owned by others, it gives such a cause of',
  check: (history) => faultsOfCalls(history, faults),
};

type Moments = readonly (StoredRow | undefined)[];

/** What an error says, and what then has to have been so of the rows of the work while the call ran. */
const causes: readonly {
  readonly text: RegExp;
  readonly holds: (rows: Moments, found: RegExpExecArray) => boolean;
}[] = [
  {
    text: /is being deleted since|the work is being deleted:|was deleted while waiting/,
    holds: (rows) => rows.some((row) => row?.deleting),
  },
  { text: /there is no work named|was asked for, but it does not exist/, holds: (rows) => rows.some(isAbsent) },
  { text: /there is no consumer named/, holds: () => false },
  { text: /was deleted and (?:made|created) anew/, holds: (rows) => rows.some((row) => row?.removed) },
  {
    text: /another version is stored by now|has come to hold .* since it was first read/,
    holds: (rows) => new Set(rows.map((row) => row?.version)).size > 1,
  },
  {
    text: /holds manifests of other managers than (\S+):/,
    holds: (rows, [, writer]) => rows.some((row) => row?.manifests.some(({ manager }) => manager !== writer) === true),
  },
  {
    // Two that create one work at once: the slower of them is told this.
    text: /Resource already exists|this would remove/,
    holds: (rows) => rows.some((row) => !isAbsent(row)),
  },
  {
    text: /but version (\d+) is stored|the latest version is (\d+)$|^error: \S+ on \S+: version (\d+) replaced version/m,
    holds: (rows, [, ...told]) => rows.some((row) => told.includes(String(row?.version))),
  },
];

/** Reasons by which a program knows a failure, and which are about how the work stood. */
const reasons = ['NotFound', 'BeingDeleted', 'Superseded', 'Conflict', 'ForeignManifests', 'WouldRemove'];

function faults(call: Call, history: History): readonly string[] {
  const { step, exitCode, stderr } = call;
  if (exitCode === undefined || exitCode === 0 || !('target' in step)) return [];
  const rows = standingDuring(call, rowsAbout(history, call));
  const given = causes.flatMap(({ text, holds }) => {
    const found = text.exec(stderr);
    return found === null ? [] : [{ says: found[0], isTrue: holds(rows, found) }];
  });
  const { reason = '', exitCode: ofWork } = toldBy(call) ?? {};
  // A deletion of what is not there is told as well, with this reason; the call may have failed for its result alone.
  const isOfResult = ofWork === 0 && metFullDisk(call);
  if (given.length === 0 && !isOfResult && reasons.includes(reason))
    return [`it ends because of ${reason}, and gives a cause that nobody here knows: ${stderr.slice(0, 300)}`];
  return given.filter(({ isTrue }) => !isTrue).map(({ says }) => `it says "${says}", and that was never so`);
}
