import type { StoredRow } from '../../works/history/history.ts';
import { all, clockMs, isMigrating, ourRows, type Call } from '../history.ts';
import type { Property } from './property.ts';

/** `c1: w1 told to let go of its objects (version 2)`, and the other lines that tell what was sent. */
const stepLine =
  /^(\S+): (\S+) (?:(created)|(told to own its objects|told to let go of its objects|asked for no more proof of ownership|sent again.*|deletion requested) \(version (\d+)\))$/;

export const stepsAreStored: Property = {
  name: 'steps-are-stored',
  says: 'each step that a call prints, also one that was killed, was stored between its begin and its end, at the version that it tells',
  check: (history) =>
    all(history)
      .filter((call) => isMigrating(call))
      .flatMap((call) => {
        const rows = ourRows(history).filter(
          ({ atMs }) => atMs >= call.startedMs - clockMs && atMs <= call.endedMs + clockMs,
        );
        return call.stdout
          .split('\n')
          .filter((line) => !isStored(line, rows))
          .map((line) => ({ what: `it printed "${line}", and that was not stored`, calls: [call.name] }));
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

function storyFaults({ exitCode, result, stderr }: Call): readonly string[] {
  if (exitCode === 70) return [`it ended as a bug of its own: ${stderr.slice(0, 500)}`];
  const told = resultIn(result);
  if (told === 'broken') return [`the result file is not whole: ${String(result).slice(0, 200)}`];
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

function resultIn(text: string | undefined): ResultFile | 'broken' | undefined {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as ResultFile;
  } catch {
    return 'broken';
  }
}

/** The longest time that a call is given is 20 s; a busy machine takes its time to start and end a process. */
const limitMs = 45_000;

export const migrationEndsInTime: Property = {
  name: 'migration-ends-in-time',
  says: 'each call ends by itself, soon after the time that it was given',
  check: (history) =>
    all(history).flatMap(({ name, startedMs, endedMs }) => {
      const tookMs = endedMs - startedMs;
      return tookMs <= limitMs ? [] : [{ what: `it took ${String(tookMs)} ms`, calls: [name] }];
    }),
};
