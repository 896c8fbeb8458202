import { clockMs } from '../../properties/moments.ts';
import type { StoredRow } from '../../works/history/history.ts';
import { consumers, newNames, type Program } from '../program.ts';
import { all, isMigrating, isOfStranger, isOwner, isReported, ourRows, type Call, type History } from '../history.ts';
import { startNames } from './order.ts';
import type { Property } from './property.ts';

/** `c1: hyperfleet-c1 owns beside the old works (version 1)`, and the other lines that tell how far a work has come. */
export const outcomeLine =
  /^(\S+): (\S+) (owns beside the old works|owns, and finish has begun|migrated|rolled back) \(version (\d+)\)$/;

interface ToldWork {
  readonly consumer: string;
  readonly work: string;
  readonly words: string;
  readonly version: number;
}

export const successIsMoved: Property = {
  name: 'success-is-moved',
  says: 'what is told as moved was reported as applied at the version that is told, with an owner of each object where both own; and the works that are told to be replaced were gone at a moment of the call',
  check: (history) =>
    all(history)
      .filter((call) => isMigrating(call))
      .flatMap((call) => faults(call, history).map((what) => ({ what, calls: [call.name] }))),
};

function faults(call: Call, history: History): readonly string[] {
  const told = call.stdout.split('\n').flatMap((line): readonly ToldWork[] => {
    const [, consumer, work, words, version] = outcomeLine.exec(line) ?? [];
    return consumer === undefined || work === undefined || words === undefined
      ? []
      : [{ consumer, work, words, version: Number(version) }];
  });
  const silent = call.exitCode === 0 ? consumers.filter((name) => !told.some(({ consumer }) => consumer === name)) : [];
  return [
    ...silent.map((consumer) => `it ended with 0 and tells nothing of ${consumer}`),
    ...told.flatMap((one) => faultsOf(one, call, history)),
  ];
}

function faultsOf(told: ToldWork, call: Call, history: History): readonly string[] {
  const { consumer, work, words, version } = told;
  const rows = ourRows(history).filter((row) => row.consumer === consumer && row.atMs <= call.endedMs + clockMs);
  const those = rows.filter((row) => row.work === work && row.version === version && !row.removed);
  const about = `${work} on ${consumer} ${words} (version ${String(version)})`;
  if (those.length === 0) return [`it told ${about}, which was not stored`];
  // What somebody wrote to a new work once the old ones had let go is none of the migration's waiting.
  if (!those.some((row) => isReported(row) || isOfStranger(row))) return [`it told ${about}, which no report proves`];
  if (words.startsWith('owns beside') && !those.some((row) => ownsAll(row, history.program)))
    return [`it told ${about}, and the agent named no such owner of all that it holds`];
  return replacedBy(words, consumer, history.program)
    .filter(
      (name) =>
        !wasGone(
          rows.filter((row) => row.work === name),
          call.startedMs,
        ),
    )
    .map((name) => `it told ${about}, and ${name} stood all the while`);
}

function ownsAll(row: StoredRow, { start }: Pick<Program, 'start'>): boolean {
  const loose = start.flatMap(({ orphans, objects }) => (orphans ? objects : []));
  return row.manifests.every(({ name }) => loose.includes(name) || isOwner(row, name));
}

/** Works that are gone when this is told. */
function replacedBy(words: string, consumer: string, program: Pick<Program, 'start' | 'to'>): readonly string[] {
  if (words === 'migrated') return startNames(program);
  return words === 'rolled back' ? newNames(program, consumer) : [];
}

/** It stood not, or no more, at some moment since then. */
function wasGone(rows: readonly StoredRow[], sinceMs: number): boolean {
  const last = rows.findLast(({ atMs }) => atMs < sinceMs);
  return last === undefined || last.removed || rows.some(({ atMs, removed }) => removed && atMs >= sinceMs - clockMs);
}
