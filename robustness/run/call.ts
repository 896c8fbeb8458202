import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Call } from '../history/history.ts';
import { commandLine } from '../program/command-line.ts';
import type { Step } from '../program/steps.ts';

export interface CallPlace {
  readonly program: string;
  readonly folder: string;
  readonly env: NodeJS.ProcessEnv;
}

/** A call on its way; a trouble may end it. */
export interface RunningCall {
  readonly process: ChildProcess;
  readonly ended: Promise<Call>;
}

/** Runs the command as a user does, in a folder of its own, and keeps what it said. */
export function startCall(
  step: Step,
  { name, client }: { readonly name: string; readonly client: number },
  place: CallPlace,
): RunningCall {
  const folder = mkdtempSync(join(place.folder, `${name}-`));
  const { argv, files } = commandLine(step, name);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  const startedMs = Date.now();
  const process = spawn(place.program, argv, { cwd: folder, env: place.env, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = (async (): Promise<Call> => {
    const { stdout, stderr } = process;
    const exit = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve, reject) => {
      process.once('error', reject);
      process.once('close', (code, signal) => resolve({ code, signal }));
    });
    const [out, err, { code, signal }] = await Promise.all([text(stdout), text(stderr), exit]);
    const call = {
      name,
      client,
      step,
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
    return call;
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
