import type { Ran } from '../world/command.ts';

/** What a text says as JSON; undefined when it is no whole JSON. */
export function jsonIn(text: string | undefined): unknown {
  if (text === undefined) return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/** A process takes its time to start and to end on a busy machine, and so does one whose output is read slowly. */
const marginMs = 30_000;

/** The time that a call was given, by its flag or in what the client of the library was told. */
export function timeoutMs({ argv }: Pick<Ran, 'argv'>): number {
  const [, count, seconds] = /(?:--timeout=|"(?:timeoutMs|lastsMs)":)(\d+)(s(?!\w))?/.exec(argv.join('\n')) ?? [];
  return Number(count ?? 0) * (seconds === undefined ? 1 : 1_000);
}

/** What is wrong with a call that did not end by itself in its time. */
export function lateness({ argv, startedMs, endedMs }: Pick<Ran, 'argv' | 'startedMs' | 'endedMs'>): readonly string[] {
  const tookMs = endedMs - startedMs;
  const givenMs = timeoutMs({ argv });
  return tookMs <= givenMs + marginMs ? [] : [`it took ${String(tookMs)} ms, and was given ${String(givenMs)}`];
}

/** Whether what it wrote to files may have found no room. */
export function metFullDisk({ struck }: Pick<Ran, 'struck'>): boolean {
  return struck.includes('full-disk') || struck.includes('full-file-system');
}

/** What it says on standard error of a result file that found no room, at its begin and at its end. */
export function saysNoResult({ stderr }: Pick<Ran, 'stderr'>): boolean {
  return /result\.json cannot be written|could not be written to \S*result\.json/.test(stderr);
}

/** The same of the journal of a roll-out, which goes on without it. */
export function saysNoJournal({ stderr }: Pick<Ran, 'stderr'>): boolean {
  return /the journal \S+ cannot be written any more/.test(stderr);
}

/** What is wrong with how a call that ended by itself tells of a file that it was to leave and that had no room. */
export function roomFaults(
  { exitCode, stderr }: Pick<Ran, 'exitCode' | 'stderr'>,
  file: string,
  isSaid: boolean,
): readonly string[] {
  if (exitCode === 0) return [`it ended with 0, and its ${file} found no room`];
  return isSaid ? [] : [`its ${file} found no room, and it said only: ${stderr.slice(0, 300)}`];
}

/** Files that a call which ended by itself has not put in their place. */
export function leftFiles({ temporary }: Pick<Ran, 'temporary'>): readonly string[] {
  return temporary.map((name) => `it left ${name} behind`);
}

/** ExitCode.Internal: what the tool calls a bug of its own. */
const bug = 70;

/** A call that ended as a bug of the tool's own, or that tells so of a work: nothing of a program is one. */
export function bugs(
  { exitCode, stderr }: Pick<Ran, 'exitCode' | 'stderr'>,
  works: readonly {
    readonly name: string;
    readonly consumer: string;
    readonly exitCode: number;
    readonly message: string;
  }[] = [],
): readonly string[] {
  const ended = exitCode === bug ? [`it ended as a bug of its own: ${stderr.slice(0, 500)}`] : [];
  const told = works.filter((work) => work.exitCode === bug);
  return [
    ...ended,
    ...told.map(({ name, consumer, message }) => `it tells ${name} on ${consumer} as a bug of its own: ${message}`),
  ];
}
