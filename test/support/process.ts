import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundleCommand } from '../../scripts/build.ts';
import { watchOutput } from './output-schemas.ts';
import { runFolder } from './temporary-folder.ts';

export interface ProcessOptions {
  readonly cwd?: string;
  /** Added to an environment that holds PATH and HOME only, so that nothing of the caller's leaks in. */
  readonly env?: Readonly<Record<string, string>>;
  /** Text is given to standard input, which is then closed; a signal closes it when aborted. Empty without it. */
  readonly stdin?: string | { readonly until: AbortSignal };
}

/** How a process ended. */
export interface Finished {
  /** Null when a signal ended it that it did not handle. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From the start to the end of the process. */
  readonly elapsedMs: number;
}

/** A process that runs. Its `done` rejects only when what it wrote for programs is not as its schema has it. */
export interface Running {
  readonly pid: number;
  readonly done: Promise<Finished>;
  stdout(): string;
  stderr(): string;
  kill(signal: NodeJS.Signals): void;
}

const made = new Map<string, Promise<string>>();

/**
 * A folder that the first test worker which asks for it makes, and all others of the run wait for.
 *
 * @param boundMs how long they wait
 * @returns where it lies
 */
export async function madeOnce(
  name: string,
  make: (folder: string) => Promise<unknown>,
  boundMs = 120_000,
): Promise<string> {
  const present = made.get(name);
  if (present !== undefined) return present;
  const making = makeInRun(join(runFolder() ?? mkdtempSync(join(tmpdir(), 'maestro-cli-made-')), name), make, boundMs);
  made.set(name, making);
  return making;
}

async function makeInRun(folder: string, make: (folder: string) => Promise<unknown>, boundMs: number): Promise<string> {
  const ready = `${folder}.ready`;
  try {
    mkdirSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    return until(`another worker has made ${folder}`, () => existsSync(ready) && folder, boundMs);
  }
  await make(folder);
  writeFileSync(ready, '');
  return folder;
}

/** The command as it ships: bundled into a temporary file by the first test worker that asks for it. */
export async function bundledCommand(): Promise<string> {
  return join(await madeOnce('command', (folder) => bundleCommand(join(folder, 'maestro-cli.cjs'))), 'maestro-cli.cjs');
}

/**
 * How the real program is called: the bundle by this Node, or the file that
 * MAESTRO_CLI_UNDER_TEST names, such as the single executable.
 */
export async function commandWords(): Promise<readonly [string, ...string[]]> {
  const underTest = process.env['MAESTRO_CLI_UNDER_TEST'];
  return underTest === undefined ? [process.execPath, await bundledCommand()] : [underTest];
}

/** Starts the real program as a process of its own. */
export async function startCli(argv: readonly string[], options: ProcessOptions = {}): Promise<Running> {
  const [file, ...words] = await commandWords();
  const check = watchOutput(argv, options.env ?? {}, options.cwd ?? process.cwd());
  const started = startProcess(file, [...words, ...argv], options);
  const done = started.done.then((finished) => {
    check(finished);
    return finished;
  });
  return { ...started, done };
}

/** Runs the real program to its end. */
export async function cli(argv: readonly string[], options: ProcessOptions = {}): Promise<Finished> {
  return (await startCli(argv, options)).done;
}

const running = new Set<ChildProcess>();
// What a failed test leaves behind must not outlive the test run.
process.once('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

export function startProcess(file: string, argv: readonly string[], options: ProcessOptions = {}): Running {
  const startMs = performance.now();
  const child = spawn(file, argv, {
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    env: { PATH: process.env['PATH'] ?? '', HOME: tmpdir(), ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  running.add(child);
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  // A program that ends without reading its input is no fault of the test.
  child.stdin.on('error', () => undefined);
  if (typeof options.stdin === 'object')
    options.stdin.until.addEventListener('abort', () => child.stdin.end(), { once: true });
  else child.stdin.end(options.stdin ?? '');
  let elapsedMs = 0;
  child.once('exit', () => (elapsedMs = performance.now() - startMs));
  const done = new Promise<Finished>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      running.delete(child);
      resolve({ exitCode, signal, ...written, elapsedMs });
    });
  });
  return {
    pid: child.pid ?? 0,
    done,
    stdout: () => written.stdout,
    stderr: () => written.stderr,
    kill: (signal) => void child.kill(signal),
  };
}

/** Polls until the condition gives something, and fails with the words given when it never does. */
export async function until<T>(
  what: string,
  condition: () => T | undefined | false | Promise<T | undefined | false>,
  boundMs = 10_000,
): Promise<T> {
  const endMs = performance.now() + boundMs;
  for (;;) {
    const value = await condition();
    if (value !== undefined && value !== false) return value;
    if (performance.now() > endMs) throw new Error(`not within ${boundMs} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** A port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
