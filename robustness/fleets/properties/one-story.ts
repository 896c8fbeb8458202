import { bugs, jsonIn, lateness, metFullDisk, saysNoJournal } from '../../properties/told.ts';
import type { FleetCall, Told, ToldWork } from '../history/history.ts';
import { isOfCommand } from '../program/steps.ts';
import { allCalls, isRollOut, notInJournal, toldBy, type FleetProperty } from './property.ts';

export const fleetOneStory: FleetProperty = {
  name: 'fleet-one-story',
  says: 'a call ends within the time that it was given and a margin of 30 s, prints whole JSON, tells each of its clusters once, and an error on standard error when it fails; and its exit code, counts, result file and journal say what it tells of each: one kind of failure is its exit code, several are 7; and it tells nothing as a bug of its own',
  check: (history) => allCalls(history).flatMap((call) => faults(call).map((what) => ({ what, calls: [call.name] }))),
};

function faults(call: FleetCall): readonly string[] {
  const { exitCode, result } = call;
  const told = toldBy(call);
  const found = [...lateness(call), ...bugs(call, told?.works)];
  if (result !== undefined && parsed(result) === undefined) found.push('the result file is not whole');
  if (exitCode === undefined) return found;
  if (told === undefined) found.push(`it ended with ${String(exitCode)} and printed no whole JSON`);
  if (isOfCommand(call) && saysFailure(call.stderr, exitCode) !== (exitCode !== 0))
    found.push(`it ended with ${String(exitCode)} and said on standard error: ${call.stderr.slice(0, 300)}`);
  if (told === undefined || told.works.length === 0) {
    if (exitCode === 0 && call.step.kind !== 'watch') found.push('it ended with 0 and told of no work');
    return [...found, ...resultFaults(call, [])];
  }
  return [
    ...found,
    ...exitFaults(call, exitCode, told),
    ...coverFaults(call, told.works),
    ...countFaults(call, told),
    ...resultFaults(call, told.works),
    ...journalFaults(call),
  ];
}

/** A fleet that a signal stopped is no error, and is told as what was stopped. */
function saysFailure(stderr: string, exitCode: number): boolean {
  const stopped = exitCode === 130 || exitCode === 143;
  return (
    /^error: /m.test(stderr) ||
    (stopped && /^warning: stopped, because (?:interrupted|terminated) by SIG/m.test(stderr))
  );
}

function exitFaults(call: FleetCall, exitCode: number, { works, rollOut }: Told): readonly string[] {
  const kinds = [...new Set(works.map((work) => work.exitCode).filter((code) => code !== 0))];
  const due = exitOf(kinds);
  // That a file without room is no success is a property of its own.
  const isOfFiles = exitCode === due && due === 0 && metFullDisk(call);
  const withFiles = isOfCommand(call) && metFullDisk(call) ? exitWithFiles(call, kinds) : due;
  const found =
    exitCode === withFiles || isOfFiles
      ? []
      : [`it ended with ${String(exitCode)}, and its works with ${kinds.join(', ')}`];
  return rollOut !== undefined && rollOut.ok !== (due === 0)
    ? [...found, `the roll-out is told as ok ${String(rollOut.ok)}, and its works end with ${kinds.join(', ')}`]
    : found;
}

const unavailable = 8;

/** A journal without room is one failure more; a result without room only where there is no other. */
function exitWithFiles(call: FleetCall, kinds: readonly number[]): number {
  if (saysNoJournal(call) || notInJournal(call).length > 0) return exitOf([...new Set([...kinds, unavailable])]);
  return exitOf(kinds.length === 0 && call.result === undefined ? [unavailable] : kinds);
}

function exitOf(kinds: readonly number[]): number {
  return kinds.length > 1 ? 7 : (kinds[0] ?? 0);
}

function coverFaults({ step }: FleetCall, told: readonly ToldWork[]): readonly string[] {
  if (step.kind === 'watch') return [];
  const due = [...step.consumers].sort().join();
  const got = told
    .map(({ consumer }) => consumer)
    .sort()
    .join();
  return due === got ? [] : [`it tells of ${got}, and was asked for ${due}`];
}

function countFaults(call: FleetCall, { works, summary, rollOut }: Told): readonly string[] {
  const notBegun = works.filter(({ reason }) => reason === 'NotBegun').length;
  const found: string[] = [];
  const say = (what: string, counted: number | undefined, due: number): void => {
    if (counted !== undefined && counted !== due)
      found.push(`it counts ${String(counted)} ${what}, and tells of ${String(due)}`);
  };
  say('works', summary?.['works'] ?? rollOut?.works, works.length);
  say('not begun', summary?.['notBegun'] ?? rollOut?.notBegun, notBegun);
  if (!isRollOut(call)) return found;
  const failed = works.filter(
    ({ exitCode, phase, reason }) => exitCode !== 0 && phase === 'Failed' && reason !== 'NotBegun',
  );
  say('failed', summary?.['failed'], failed.length);
  if (summary?.['met'] !== undefined) say('met', summary['met'], works.filter((work) => work.exitCode === 0).length);
  // Without a wait each work is counted once, so what failed when its canary was waited for is no longer created.
  const written = works.filter(({ exitCode }) => summary?.['met'] !== undefined || exitCode === 0);
  for (const operation of ['created', 'updated', 'unchanged'])
    say(operation, summary?.[operation], written.filter((work) => work.operation === operation).length);
  return found;
}

interface ResultFile {
  readonly status?: string;
  readonly works?: readonly { readonly consumer?: string; readonly status?: string }[];
}

function resultFaults(call: FleetCall, told: readonly ToldWork[]): readonly string[] {
  const { exitCode, result } = call;
  if (!isOfCommand(call)) return [];
  if (result === undefined)
    return metFullDisk(call) ? [] : [`it ended with ${String(exitCode)} and left no result file`];
  const { status, works } = parsed(result) ?? {};
  const found: string[] = [];
  if (status === 'Applied' && exitCode !== 0)
    found.push(`it ended with ${String(exitCode)}, and the result says Applied`);
  if (status === 'Failed' && exitCode === 0) found.push('it ended with 0, and the result says Failed');
  const wrong = (works ?? []).find(
    (one) => !told.some(({ consumer, phase }) => one.consumer === consumer && one.status === phase),
  );
  if (wrong !== undefined)
    found.push(`the result file says ${String(wrong.status)} of ${String(wrong.consumer)}, and it printed otherwise`);
  if (works !== undefined && works.length !== told.length)
    found.push(`the result file has ${String(works.length)} works, and it printed ${String(told.length)}`);
  return found;
}

/** What is told as stored by this call is in its journal, at the version that is told. */
function journalFaults(call: FleetCall): readonly string[] {
  // That a full disk is told is a property of its own.
  if (metFullDisk(call)) return [];
  return notInJournal(call).map(
    ({ consumer, operation, version }) =>
      `${consumer} is told as ${String(operation)} at version ${String(version)}, and not so in the journal`,
  );
}

function parsed(text: string): ResultFile | undefined {
  return jsonIn(text) as ResultFile | undefined;
}
