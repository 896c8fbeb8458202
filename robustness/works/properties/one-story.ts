import { bugs, jsonIn, metFullDisk } from '../../properties/told.ts';
import type { Call } from '../history/history.ts';
import { resultOfEarlierRun } from '../program/command-line.ts';
import { markOf, toldBy, type Property, type Told } from './property.ts';

/** What a result file says, as far as it is looked at here. */
interface ResultFile {
  readonly status?: string;
  readonly manifestWorkName?: string;
}

export const oneStory: Property = {
  name: 'one-story',
  says: 'a call that ends by itself prints its one work, or the error before it came to one, as whole JSON, and says an error on standard error when it fails; exit code, result file and output tell the same; and a result file is whole or not there, and never that of an earlier run once something was written',
  check: ({ calls, reruns, rows }) => {
    const written = new Set(rows.flatMap(({ manifests }) => manifests.map(({ call }) => call)));
    return [...calls, ...reruns].flatMap((call) =>
      [...staleResult(call, written), ...faults(call, written.has(markOf(call)))].map((what) => ({
        what,
        calls: [call.name],
      })),
    );
  },
};

/** Whoever reads the file takes it for that of this run. At its very start a run may be killed before it removes it. */
function staleResult(call: Call, written: ReadonlySet<string>): readonly string[] {
  if (call.result !== resultOfEarlierRun || (call.exitCode === undefined && !written.has(markOf(call)))) return [];
  return ['the result file is still that of an earlier run'];
}

function faults(call: Call, isStored: boolean): readonly string[] {
  const { exitCode, step, result, stdout } = call;
  if (step.kind === 'follow') return bugs(call);
  const found: string[] = exitCode === undefined ? [] : [...outputFaults(call, isStored), ...bugs(call)];
  if (step.kind === 'list') {
    if (exitCode === 0 && jsonIn(stdout) === undefined) found.push('a list that ended with 0 printed no whole JSON');
    return found;
  }
  const file = jsonIn(result) as ResultFile | undefined;
  if (result !== undefined && file === undefined)
    return [...found, `the result file is not whole: ${result.slice(0, 200)}`];
  if (exitCode === undefined) return found;
  // That a full disk is told is a property of its own.
  if (file === undefined && metFullDisk(call)) return [...found, ...exitFaults(call, exitCode)];
  if (file === undefined) return [...found, `it ended with ${String(exitCode)} and left no result file`];
  return [...found, ...resultFaults(call, exitCode, file)];
}

/** What a command printed: its work, or the error by which it ended before it had written. */
interface Printed {
  readonly works?: readonly Told[];
  readonly error?: { readonly exitCode?: number };
}

function outputFaults({ exitCode, step, stdout, stderr }: Call, isStored: boolean): readonly string[] {
  const found: string[] = [];
  if (/^error: /m.test(stderr) !== (exitCode !== 0))
    found.push(`it ended with ${String(exitCode)} and said on standard error: ${stderr.slice(0, 300)}`);
  if (step.kind === 'list') return found;
  const printed = jsonIn(stdout) as Printed | undefined;
  if (printed === undefined)
    found.push(`it ended with ${String(exitCode)} and printed no whole JSON: ${stdout.slice(0, 200)}`);
  else if (printed.works?.length !== 1 && (isStored || exitCode === 0 || printed.error?.exitCode !== exitCode))
    found.push(`it ended with ${String(exitCode)} and printed neither its work nor that error`);
  return found;
}

/** A result without room gives the exit code only where nothing else failed. */
function exitFaults(call: Call, exitCode: number): readonly string[] {
  const { exitCode: told } = toldBy(call) ?? {};
  // That it is no success then is a property of its own.
  const isDue = told === 0 ? exitCode === unavailable || exitCode === 0 : told === undefined || told === exitCode;
  return isDue ? [] : [`it ended with ${String(exitCode)}, and its work with ${String(told)}`];
}

const unavailable = 8;

function resultFaults(call: Call, exitCode: number, { status }: ResultFile): readonly string[] {
  const { step } = call;
  const found: string[] = [];
  if (!mayStandFor(exitCode, status))
    found.push(`it ended with ${String(exitCode)}, and the result file says ${String(status)}`);
  const told = toldBy(call);
  const waited = step.kind === 'wait' || ('wait' in step && step.wait);
  // That there is no such work is seen at once, and so may be that what is stored already is applied.
  const isSeen = told?.reason === 'NotFound' || told?.operation === 'unchanged';
  if (status === 'Applied' && !waited && !isSeen)
    found.push('the result file says Applied, and nothing was waited for');
  if (told?.exitCode !== undefined && told.exitCode !== exitCode)
    found.push(`it ended with ${String(exitCode)} and printed ${String(told.exitCode)}`);
  if (told?.phase !== undefined && told.phase !== status)
    found.push(`it printed ${told.phase}, and the result file says ${String(status)}`);
  return found;
}

/** A wait that was cut short, by its time or by a signal, leaves a work under way. */
const cutShort: readonly number[] = [6, 130, 143];

function mayStandFor(exitCode: number, status: string | undefined): boolean {
  if (status === 'InProgress') return exitCode === 0 || cutShort.includes(exitCode);
  return (status === 'Applied') === (exitCode === 0) && (status === 'Failed') === (exitCode !== 0);
}
