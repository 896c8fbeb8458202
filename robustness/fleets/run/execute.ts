import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Programs } from '../../search/family.ts';
import { startCommand, type CommandPlace, type Ran, type RunningCommand } from '../../world/command.ts';
import { World, type Struck } from '../../world/world.ts';
import type { FleetCall, FleetHistory, JournalEntry } from '../history/history.ts';
import { commandLine, journalOf, patientMs, timeoutMs, type PlainStep } from '../program/command-line.ts';
import { consumers, type Program, type RollOutStep, type Step, type Stop } from '../program/steps.ts';

export interface Executed {
  readonly history: FleetHistory;
  readonly struck: Struck;
}

/** Runs a program in a world of its own, in this folder: each client one process after the other. */
export async function execute(program: Program, programs: Programs, folder: string): Promise<Executed> {
  const running = new Map<number, RunningCommand>();
  const world = await World.open({
    serve: programs.serve,
    folder,
    consumers,
    signal: (client, signal) => running.get(client)?.process.kill(signal) === true,
  });
  try {
    const place: CommandPlace = { program: programs.client, folder, env: world.env };
    world.disturb(program.disturbances);
    const made = await Promise.all(
      program.clients.map(async (steps, client) =>
        clientCalls(steps, { client, place, onStart: (command) => running.set(client, command) }),
      ),
    );
    await world.allWell();
    const calls = made.flat();
    const resumed = await resumedCalls(calls, place);
    const again = await callsAgain(made, place);
    await world.close();
    const { lostDataAtMs } = world.server;
    const rows = await world.server.rows();
    return { history: { calls, resumed, again, rows, lostDataAtMs }, struck: world.struck };
  } finally {
    for (const { process } of running.values()) process.kill('SIGKILL');
    await world.close();
  }
}

interface Client {
  readonly client: number;
  readonly place: CommandPlace;
  readonly onStart: (command: RunningCommand) => void;
}

async function clientCalls(steps: readonly Step[], { client, place, onStart }: Client): Promise<readonly FleetCall[]> {
  const calls: FleetCall[] = [];
  for (const [index, step] of steps.entries()) {
    const name = `c${String(client)}s${String(index)}`;
    if (step.kind !== 'resume') {
      calls.push(await called({ name, mark: name, step }, place, onStart));
      continue;
    }
    const earlier = calls.findLast(keepsJournal);
    if (earlier === undefined) continue;
    const { mark } = earlier;
    calls.push(await called({ name, mark, step: { ...earlier.step, stop: step.stop } }, place, onStart));
  }
  return calls;
}

function keepsJournal<T extends { readonly step: PlainStep }>(call: T): call is T & { readonly step: RollOutStep } {
  return call.step.kind === 'roll-out' && call.step.by === 'command' && call.step.journal;
}

/** Each roll-out that keeps a journal once more by it, when nothing is wrong; no trouble has to know of its process. */
async function resumedCalls(calls: readonly FleetCall[], place: CommandPlace): Promise<readonly FleetCall[]> {
  const resumed: FleetCall[] = [];
  for (const { name, mark, step } of calls.filter(keepsJournal))
    if (name === mark) resumed.push(await called({ name: `${name}-resumed`, mark, step: wellStep(step) }, place));
  return resumed;
}

/** The last roll-out of each client anew, and again: the first may change something, the second may not. */
async function callsAgain(made: readonly (readonly FleetCall[])[], place: CommandPlace): Promise<readonly FleetCall[]> {
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

function wellStep(step: RollOutStep): RollOutStep {
  return { ...step, stop: undefined };
}

type Asked = Pick<FleetCall, 'name' | 'mark' | 'step'>;

async function called(
  asked: Asked,
  place: CommandPlace,
  onStart?: (command: RunningCommand) => void,
): Promise<FleetCall> {
  const journalBefore = readJournal(place.folder, asked.mark);
  const command = start(asked, place, onStart === undefined ? patientMs : timeoutMs);
  onStart?.(command);
  const ran = await stopped(command, 'stop' in asked.step ? asked.step.stop : undefined);
  return { ...ran, ...asked, journalBefore, journal: readJournal(place.folder, asked.mark) };
}

function start({ mark, step }: Asked, place: CommandPlace, limitMs: number): RunningCommand {
  if (step.kind !== 'watch' && step.by === 'command') return startCommand(commandLine(step, mark, limitMs), place);
  // Of the same checkout as the command, so that a fault that is brought back is in both.
  const client = join(dirname(place.program), '../robustness/fleets/library/client.ts');
  const argv = [client, JSON.stringify({ step, mark, timeoutMs: limitMs })];
  return startCommand({ argv, files: {} }, { ...place, program: process.execPath });
}

async function stopped({ process, ended }: RunningCommand, stop: Stop | undefined): Promise<Ran> {
  if (stop === undefined) return ended;
  const timer = setTimeout(() => process.kill(stop.signal), stop.afterMs);
  const ran = await ended;
  clearTimeout(timer);
  return ran;
}

/** What a journal says was stored; its other lines are for people, and one that was cut off counts for nothing. */
function readJournal(folder: string, mark: string): readonly JournalEntry[] {
  let text: string;
  try {
    // As the command sees it from a folder of its own.
    text = readFileSync(join(folder, 'call', journalOf(mark)), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      const entry = JSON.parse(line) as Partial<JournalEntry>;
      const { consumer, name, version } = entry;
      return consumer === undefined || name === undefined || version === undefined ? [] : [{ consumer, name, version }];
    } catch {
      return [];
    }
  });
}
