import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

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
  /** `result.json` of its folder; undefined when there is none. */
  readonly result: string | undefined;
}

/** A command that runs so long does not end by itself: no step asks for half of it. */
export const hungAfterMs = 60_000;

/** A command on its way; a trouble may end it. */
export interface RunningCommand {
  readonly process: ChildProcess;
  readonly ended: Promise<Ran>;
}

/** Runs the command as a user does, in a folder of its own, and keeps what it said. */
export function startCommand({ argv, files }: CommandLine, place: CommandPlace): RunningCommand {
  const folder = mkdtempSync(join(place.folder, 'call-'));
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const startedMs = Date.now();
  const process = spawn(place.program, argv, { cwd: folder, env: place.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const limit = setTimeout(() => process.kill('SIGKILL'), hungAfterMs);
  const ended = (async (): Promise<Ran> => {
    const { stdout, stderr } = process;
    const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      process.once('error', reject);
      process.once('close', (code, signal) => resolve({ code, signal }));
    });
    const [out, err, { code, signal }] = await Promise.all([text(stdout), text(stderr), exit]);
    clearTimeout(limit);
    const ran = {
      argv,
      startedMs,
      endedMs: Date.now(),
      exitCode: code ?? undefined,
      signal: signal ?? undefined,
      stdout: out,
      stderr: err,
      result: fileText(join(folder, 'result.json')),
    };
    rmSync(folder, { recursive: true });
    return ran;
  })();
  return { process, ended };
}

function fileText(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
