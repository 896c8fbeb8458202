import { goes, worksIn } from '../../properties/moments.ts';
import type { Fault } from '../../properties/property.ts';
import { versionsOf, type Call, type History, type StoredRow } from '../history/history.ts';
import { askersOf, reducersOf } from './deletions.ts';
import { isWriting, markOf, type Property } from './property.ts';

/** Exit codes by which a write says that it was refused: usage, not found, invalid, conflict, access, ownership. */
const refusals: readonly number[] = [2, 3, 4, 5, 9, 10];

export const refusalChangesNothing: Property = {
  name: 'refusal-changes-nothing',
  says: 'a write or a deletion that says it was refused, or that nothing was sent, has changed nothing, and neither has a write that insists on a version which is not stored',
  check: (history) => [...writeFaults(history), ...deletionFaults(history), ...reductionFaults(history)],
};

function writeFaults({ calls, rows }: History): readonly Fault[] {
  const written = new Set(rows.flatMap(({ manifests }) => manifests.map(({ call }) => call)));
  return calls.flatMap((call) =>
    isWriting(call.step) && (saysNothingDone(call) || insistsInVain(call)) && written.has(markOf(call))
      ? [{ what: `${howItEnded(call)}, and what it gave was stored`, calls: [call.name] }]
      : [],
  );
}

/** A work that went, and of all who may have asked for that each says that he did nothing. */
function deletionFaults(history: History): readonly Fault[] {
  return worksIn(history.rows).flatMap((rows) =>
    rows.flatMap((row, index) =>
      goes(row, rows[index - 1]) ? doneByNobody(askersOf(row, history), `${row.work} was deleted`) : [],
    ),
  );
}

/** A version that lost something, and of all who may have asked for that each says that he did nothing. */
function reductionFaults(history: History): readonly Fault[] {
  return versionsOf(history.rows).flatMap((versions) =>
    versions.flatMap((row, index) => {
      const before: StoredRow | undefined = versions[index - 1];
      if (before === undefined || before.version >= row.version) return [];
      const isKept = ({ name, call }: { readonly name: string; readonly call: string }): boolean =>
        row.manifests.some((one) => one.name === name && one.call === call);
      // What brings something is a write, which may take things out too.
      if (row.manifests.some(({ name, call }) => !before.manifests.some((o) => o.name === name && o.call === call)))
        return [];
      return before.manifests
        .filter((one) => !isKept(one))
        .flatMap((one) => doneByNobody(reducersOf(row, one, history), `${one.name} was taken out of ${row.work}`));
    }),
  );
}

function doneByNobody(askers: readonly Call[], done: string): readonly Fault[] {
  const [first] = askers;
  if (first === undefined || !askers.every(saysNothingDone)) return [];
  return [{ what: `${howItEnded(first)}, and ${done}`, calls: askers.map(({ name }) => name) }];
}

function insistsInVain({ step }: Call): boolean {
  return step.kind === 'apply' && step.stale;
}

function saysNothingDone(call: Call): boolean {
  // After a write that was accepted a wait may end with 3 or 5, and says so.
  const refused = call.exitCode !== undefined && refusals.includes(call.exitCode) && !/"operation"/.test(call.stdout);
  return refused || /nothing was sent/i.test(`${call.stdout}${call.stderr}`);
}

function howItEnded({ exitCode, stderr }: Call): string {
  return `it ended with ${String(exitCode)} (${/^error: .*/m.exec(stderr)?.[0] ?? ''})`;
}
