import type { StoredRow } from '../../works/history/history.ts';
import { clockMs } from '../../properties/moments.ts';
import { bugs, jsonIn, lateness } from '../../properties/told.ts';
import { all, isMigrating, ourRows, type Call } from '../history.ts';
import type { Property } from './property.ts';
import { outcomeLine } from './success-is-moved.ts';

/** What tells of a work on a cluster at a version, or of a new one, whatever its words. */
const workLine = /^\S+: \S+ .*(?:\(version \d+\)|created)$/;

/** `c1: w1 told to let go of its objects (version 2)`, and the other lines that tell what was sent. */
export const stepLine =
  /^(\S+): (\S+) (?:(created)|(told to own its objects|told to let go of its objects|asked for no more proof of ownership|sent again.*|deletion requested) \(version (\d+)\))$/;

export const stepsAreStored: Property = {
  name: 'steps-are-stored',
  says: 'each step that a call prints, also one that was killed, was stored between its begin and its end, at the version that it tells; and it tells no step in words that are not known here',
  check: (history) =>
    all(history)
      .filter((call) => isMigrating(call))
      .flatMap((call) => {
        const rows = ourRows(history).filter(
          ({ atMs }) => atMs >= call.startedMs - clockMs && atMs <= call.endedMs + clockMs,
        );
        return call.stdout.split('\n').flatMap((line) => {
          const what = stepLine.test(line)
            ? !isStored(line, rows) && 'that was not stored'
            : workLine.test(line) && !outcomeLine.test(line) && 'nobody here knows what that says';
          return what === false ? [] : [{ what: `it printed "${line}", and ${what}`, calls: [call.name] }];
        });
      }),
};

function isStored(line: string, rows: readonly StoredRow[]): boolean {
  const found = stepLine.exec(line);
  if (found === null) return true;
  const [, consumer, work, created, what] = found;
  const version = created === undefined ? Number(found[5]) : 1;
  return rows.some(
    (row) =>
      row.consumer === consumer &&
      row.work === work &&
      row.version === version &&
      row.deleting === (what === 'deletion requested') &&
      (what !== 'told to let go of its objects' || row.orphans !== undefined),
  );
}

/** What a result file says, as far as it is looked at here. */
interface ResultFile {
  readonly status?: string;
  readonly works?: readonly { readonly status?: string }[];
}

export const migrationTellsOneStory: Property = {
  name: 'migration-tells-one-story',
  says: 'exit code and result file of a run, a finish or a rollback tell the same, in all and of each work, and a result file is whole or not there',
  check: (history) =>
    all(history)
      .filter((call) => isMigrating(call))
      .flatMap((call) => storyFaults(call).map((what) => ({ what, calls: [call.name] }))),
};

/** What was cut short, by its time or by a signal, is under way. */
const cutShort: readonly number[] = [6, 130, 143];

function storyFaults(call: Call): readonly string[] {
  const { exitCode, result } = call;
  const asBug = bugs(call);
  if (asBug.length > 0) return asBug;
  const told = jsonIn(result) as ResultFile | undefined;
  if (result !== undefined && told === undefined)
    return [`the result file is not whole: ${String(result).slice(0, 200)}`];
  if (exitCode === undefined) return [];
  if (told === undefined) return [`it ended with ${String(exitCode)} and left no result file`];
  const { status, works = [] } = told;
  const says = `it ended with ${String(exitCode)}, and the result file says ${String(status)}`;
  const fits =
    status === 'Applied' ? exitCode === 0 : status === 'Failed' ? exitCode !== 0 : cutShort.includes(exitCode);
  if (!fits) return [says];
  const odd = works.find((work) => exitCode === 0 && work.status !== 'Applied');
  return odd === undefined ? [] : [`${says}, and of a work ${String(odd.status)}`];
}

export const migrationEndsInTime: Property = {
  name: 'migration-ends-in-time',
  says: 'each call ends by itself within the time that it was given and a margin of 30 s',
  check: (history) => all(history).flatMap((call) => lateness(call).map((what) => ({ what, calls: [call.name] }))),
};
