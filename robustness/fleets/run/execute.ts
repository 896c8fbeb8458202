import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Programs } from '../../search/family.ts';
import type { CommandFaults, CommandLine } from '../../world/command.ts';
import { inWorld, type Executed, type Stage } from '../../world/in-world.ts';
import { faultsOfCommand, type Disturbance } from '../../world/troubles.ts';
import type { FleetCall, FleetHistory, JournalEntry } from '../history/history.ts';
import { commandLine, journalOf, patientMs, timeoutMs, type PlainStep } from '../program/command-line.ts';
import { consumers, isOfCommand, type Program, type RollOutStep, type Step } from '../program/steps.ts';

/** Runs a program in a world of its own, in this folder: each client one process after the other. */
export async function execute(program: Program, programs: Programs, folder: string): Promise<Executed<FleetHistory>> {
  return inWorld({ programs, folder, consumers, access: program.access }, async (stage) => {
    const { world } = stage;
    const place: Place = { stage, folder, program: programs.client };
    world.disturb(program.disturbances);
    const made = await Promise.all(
      program.clients.map(async (steps, client) =>
        clientCalls(steps, { ...place, client, disturbances: program.disturbances }),
      ),
    );
    await world.allWell();
    const calls = made.flat();
    const resumed = await resumedCalls(calls, place);
    const [again, watched] = await Promise.all([callsAgain(made, place), watchedAtLast(calls, place)]);
    return (stored) => ({ calls, resumed, again: [...again, ...watched], ...stored });
  });
}

interface Place {
  readonly stage: Stage;
  readonly folder: string;
  readonly program: string;
  /** Absent at the end, when nothing is wrong any more. */
  readonly client?: number;
}

interface ClientPlace extends Place {
  readonly client: number;
  readonly disturbances: readonly Disturbance[];
}

async function clientCalls(steps: readonly Step[], place: ClientPlace): Promise<readonly FleetCall[]> {
  const calls: FleetCall[] = [];
  for (const [index, step] of steps.entries()) {
    const name = `c${String(place.client)}s${String(index)}`;
    const asked = askedBy(step, name, calls);
    if (asked !== undefined) calls.push(await called(asked, place, faultsOf(index, asked, place)));
  }
  return calls;
}

/** Undefined for a resume of nothing. */
function askedBy(step: Step, name: string, before: readonly FleetCall[]): Asked | undefined {
  if (step.kind !== 'resume') return { name, mark: name, step };
  const earlier = before.findLast(keepsJournal);
  return earlier && { name, mark: earlier.mark, step: { ...earlier.step, stop: step.stop } };
}

/** Nobody here reads slowly, for little is printed. */
function faultsOf(step: number, asked: Asked, { client, disturbances, folder }: ClientPlace): CommandFaults {
  const place = journalOf(asked.mark);
  const journal = keepsJournal(asked) ? { ...place, folder: join(folder, place.folder) } : undefined;
  const { reader: _, ...faults } = faultsOfCommand(disturbances, { client, step }, journal);
  return faults;
}

function keepsJournal<T extends { readonly step: PlainStep }>(call: T): call is T & { readonly step: RollOutStep } {
  return call.step.kind === 'roll-out' && call.step.by === 'command' && call.step.journal;
}

/** Each roll-out that keeps a journal once more by it, when nothing is wrong; no trouble has to know of its process. */
async function resumedCalls(calls: readonly FleetCall[], place: Place): Promise<readonly FleetCall[]> {
  const resumed: FleetCall[] = [];
  for (const { name, mark, step } of calls.filter(keepsJournal))
    if (name === mark) resumed.push(await called({ name: `${name}-resumed`, mark, step: wellStep(step) }, place));
  return resumed;
}

/** The last roll-out of each client anew, and again: the first may change something, the second may not. */
async function callsAgain(made: readonly (readonly FleetCall[])[], place: Place): Promise<readonly FleetCall[]> {
  const again: FleetCall[] = [];
  for (const [client, calls] of made.entries()) {
    const step = calls.map((call) => call.step).findLast((one) => one.kind === 'roll-out');
    if (step === undefined) continue;
    const mark = `again${String(client)}`;
    const forced: RollOutStep = { ...wellStep(step), how: 'force', wait: true, journal: false };
    for (const round of ['first', 'second'])
      again.push(await called({ name: `${mark}-${round}`, mark, step: forced }, place));
  }
  return again;
}

/** After it has read all works, which takes its time on a busy machine. */
const watchesForMs = 2_000;

/** All works of each source, watched while roll-outs are made anew: nothing keeps these watches from the server. */
async function watchedAtLast(calls: readonly FleetCall[], place: Place): Promise<readonly FleetCall[]> {
  const sources = new Set(calls.map(({ step }) => step.source));
  return Promise.all(
    [...sources].map(async (source) => {
      const name = `watch-${source}`;
      return called(
        { name, mark: name, step: { kind: 'watch', source, lastsMs: watchesForMs, onceLive: true } },
        place,
      );
    }),
  );
}

function wellStep(step: RollOutStep): RollOutStep {
  return { ...step, stop: undefined };
}

type Asked = Pick<FleetCall, 'name' | 'mark' | 'step'>;

async function called(asked: Asked, place: Place, faults: CommandFaults = {}): Promise<FleetCall> {
  const { stage, folder, client } = place;
  mkdirSync(join(folder, journalOf(asked.mark).folder), { recursive: true });
  const before = readJournal(folder, asked.mark);
  const stop = 'stop' in asked.step ? asked.step.stop : undefined;
  const ran = await stage.run(lineOf(asked, place), {
    ...(client === undefined ? {} : { client }),
    ...{ stop, faults },
    ...(isOfCommand(asked) ? {} : { program: process.execPath }),
  });
  const { entries: journal, isCut } = readJournal(folder, asked.mark);
  // What a killed run left stays so while nobody opens the journal.
  const cut = isCut && !before.isCut ? { isJournalCut: true } : {};
  return { ...ran, ...asked, journalBefore: before.entries, journal, ...cut };
}

function lineOf(asked: Asked, { program, client: whose }: Place): CommandLine {
  const limitMs = whose === undefined ? patientMs : timeoutMs;
  const { mark, step } = asked;
  if (isOfCommand(asked)) return commandLine(asked.step, mark, limitMs);
  // Of the same checkout as the command, so that a fault that is brought back is in both.
  const client = join(dirname(program), '../robustness/fleets/library/client.ts');
  return { argv: [client, JSON.stringify({ step, mark, timeoutMs: limitMs })], files: {} };
}

/** What a journal says was stored; its other lines are for people, and one that was cut off counts for nothing. */
function readJournal(
  folder: string,
  mark: string,
): { readonly entries: readonly JournalEntry[]; readonly isCut: boolean } {
  let text: string;
  try {
    const place = journalOf(mark);
    text = readFileSync(join(folder, place.folder, place.file), 'utf8');
  } catch {
    return { entries: [], isCut: false };
  }
  const entries = text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as Partial<JournalEntry>;
      const { consumer, name, version } = entry;
      return consumer === undefined || name === undefined || version === undefined ? [] : [{ consumer, name, version }];
    } catch {
      return [];
    }
  });
  return { entries, isCut: text !== '' && !text.endsWith('\n') };
}
