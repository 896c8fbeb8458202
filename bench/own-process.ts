import { spawn, type ChildProcess } from 'node:child_process';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { StandInOptions } from '../src/standin/index.ts';
import { compiled } from './compile.ts';

/** A compiled script in a process of its own, told what to do by JSON lines. */
export interface Process {
  /** The next line that it prints, as JSON. */
  next(): Promise<unknown>;
  tell(message: unknown): void;
  /** Resident now, MiB. */
  residentMiB(): number;
  /** User and system time so far, milliseconds. */
  cpuMs(): number;
  /** What it holds open now. */
  openFiles(): { readonly all: number; readonly sockets: number };
  /** Ends it as a machine that fails does, without a word to anybody. */
  kill(): Promise<void>;
  /** Ends its input and waits for it. */
  stop(): Promise<void>;
}

export async function startProcess(
  script: string,
  argument: unknown,
  nodeFlags: readonly string[] = [],
): Promise<Process> {
  const child = spawn(process.execPath, [...nodeFlags, await compiled(script), JSON.stringify(argument)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = new Promise<void>((resolve) => child.on('exit', () => resolve()));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    next: async () => {
      const { value, done } = await lines.next();
      if (done === true) throw new Error(`${script} ended without an answer`);
      return JSON.parse(value) as unknown;
    },
    tell: (message) => void child.stdin.write(`${JSON.stringify(message)}\n`),
    residentMiB: () => Number(/VmRSS:\s+(\d+)/.exec(procFile(child, 'status'))?.[1]) / 1024,
    cpuMs: () => cpuMsOf(procFile(child, 'stat')),
    openFiles: () => openFilesOf(`/proc/${child.pid}/fd`),
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
    stop: async () => {
      child.stdin.end();
      await ended;
    },
  };
}

function procFile(child: ChildProcess, name: string): string {
  return readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
}

function openFilesOf(folder: string): { readonly all: number; readonly sockets: number } {
  const targets = readdirSync(folder).map((name) => {
    try {
      return readlinkSync(join(folder, name));
    } catch {
      // Closed since the folder was read.
      return undefined;
    }
  });
  const open = targets.filter((target) => target !== undefined);
  return { all: open.length, sockets: open.filter((target) => target.startsWith('socket:')).length };
}

/** Fields 14 and 15 of stat, in ticks of 10 ms; the name before them may hold spaces. */
function cpuMsOf(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

export interface Endpoints {
  readonly httpEndpoint: string;
  /** `host:port`. */
  readonly grpcEndpoint: string;
}

/** A stand-in in a process of its own. */
export async function startStandInProcess(
  options: StandInOptions,
): Promise<{ readonly endpoints: Endpoints; readonly process: Process }> {
  const process = await startProcess('stand-in-process.ts', options);
  return { endpoints: (await process.next()) as Endpoints, process };
}

/** What one whole piece of work took in its own process. */
export interface Cost {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly peakMiB: number;
}

/** Runs the work in this process and measures it; the peak is that of the whole process. */
export async function costOf(work: () => Promise<void>): Promise<Cost> {
  const before = process.cpuUsage();
  const startMs = performance.now();
  await work();
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(before);
  return { wallMs, cpuMs: (user + system) / 1000, peakMiB: process.resourceUsage().maxRSS / 1024 };
}
