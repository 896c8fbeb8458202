import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { endsWithUs } from './left-behind.ts';
import { faultsVariable, type PreloadOrders, type ProcessFaults } from './process/faults.ts';
import { SmallDisks, type FullFileSystem } from './process/small-disk.ts';
import { slowText, type SlowReader } from './process/slow-text.ts';

/** Files that a call reads, by name, and its arguments. */
export interface CommandLine {
  readonly argv: readonly string[];
  readonly files: Readonly<Record<string, string>>;
}

/** Where commands run: which program, a folder for theirs, and their environment. */
export interface CommandPlace {
  readonly program: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** One run of the command: all that it said. Times are of the wall clock of this machine. */
export interface Ran {
  readonly argv: readonly string[];
  readonly startedMs: number;
  readonly endedMs: number;
  /** Undefined when a signal ended the process. */
  readonly exitCode: number | undefined;
  readonly signal: string | undefined;
  readonly stdout: string;
  readonly stderr: string;
  /** The most that it had in memory at once; only of who is read slowly, and where the system tells it. */
  readonly peakKib?: number;
  /** `result.json` of its folder; undefined when there is none. */
  readonly result: string | undefined;
  /** Names of files in its folder that were to take another's place and did not. */
  readonly temporary: readonly string[];
  /** What struck it from within its machine, by kind, in order. */
  readonly struck: readonly string[];
}

/** What goes wrong with one command. */
export interface CommandFaults extends ProcessFaults {
  readonly reader?: SlowReader;
  /** Its folder is on a file system that is full; left out where none may be mounted. */
  readonly fileSystem?: FullFileSystem;
}

/** A command that runs so long does not end by itself: no step asks for half of it. */
export const hungAfterMs = 60_000;

/** A command on its way; a trouble may end it. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** Runs the command as a user does, in a folder of its own, and keeps what it said. */
export function startCommand(
  { argv, files }: CommandLine,
  place: CommandPlace,
  faults: CommandFaults = {},
): RunningCommand {
  const folder = mkdtempSync(join(place.folder, 'call-'));
  const disks = new SmallDisks(folder, Object.values(files), faults.fileSystem);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const startedMs = Date.now();
  const struckFile = join(place.folder, `${basename(folder)}.struck`);
  const env = { ...place.env, ...preloaded(faults, struckFile) };
  const process = endsWithUs(spawn(place.program, argv, { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'] }));
  const limit = setTimeout(() => process.kill('SIGKILL'), hungAfterMs);
  const ranToItsEnd = async (): Promise<Ran> => {
    const { stdout, stderr } = process;
    const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      process.once('error', reject);
      process.once('close', (code, signal) => resolve({ code, signal }));
    });
    const memory = faults.reader === undefined ? undefined : watchMemory(process.pid);
    const [out, err, { code, signal }] = await Promise.all([
      faults.reader === undefined ? text(stdout) : slowText(stdout, faults.reader),
      text(stderr),
      exit,
    ]);
    clearTimeout(limit);
    const peakKib = memory?.end();
    return {
      argv,
      startedMs,
      endedMs: Date.now(),
      exitCode: code ?? undefined,
      signal: signal ?? undefined,
      stdout: out,
      stderr: err,
      ...(peakKib === undefined ? {} : { peakKib }),
      result: fileText(join(folder, 'result.json')),
      temporary: readdirSync(folder).filter((name) => name.endsWith('.tmp')),
      struck: [
        ...(fileText(struckFile) ?? '').split('\n').filter((kind) => kind !== ''),
        ...(faults.reader === undefined ? [] : ['slow-reader']),
        ...(disks.areFull ? ['full-file-system'] : []),
      ],
    };
  };
  const ended = ranToItsEnd().finally(() => {
    disks.unmount();
    rmSync(folder, { recursive: true });
  });
  return { process, ended };
}

function fileText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}

/** Linux keeps the peak of each process for as long as that lives. */
function watchMemory(pid: number | undefined): { readonly end: () => number | undefined } {
  let peakKib: number | undefined;
  const timer = setInterval(() => {
    const peak = /^VmHWM:\s*(\d+) kB$/m.exec(fileText(`/proc/${String(pid)}/status`) ?? '')?.[1];
    if (peak !== undefined) peakKib = Number(peak);
  }, 100);
  const end = (): number | undefined => {
    clearInterval(timer);
    return peakKib;
  };
  return { end };
}

function preloaded({ disk, clock }: CommandFaults, struckFile: string): NodeJS.ProcessEnv {
  if (disk === undefined && clock === undefined) return {};
  const orders: PreloadOrders = {
    struckFile,
    ...(disk === undefined ? {} : { disk }),
    ...(clock === undefined ? {} : { clock }),
  };
  const preload = pathToFileURL(join(import.meta.dirname, 'process/preload.ts')).href;
  return { NODE_OPTIONS: `--import=${preload}`, [faultsVariable]: JSON.stringify(orders) };
}
