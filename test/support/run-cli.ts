import { existsSync, mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { runApp } from '../../src/app.ts';
import { exitCodesOf } from '../../src/command-line/exit-codes.ts';
import { scanArgv } from '../../src/command-line/scan-argv.ts';
import { grammar } from '../../src/commands/index.ts';
import { connectMaestro } from '../../src/clients/connect.ts';
import { connectInProcess } from '../../src/clients/in-process.ts';
import type { InProcessMaestro, OnRequest } from '../../src/clients/transport.ts';
import type { Context, Maestro } from '../../src/context.ts';
import type { ConnectionSettings } from '../../src/clients/connection.ts';
import type { ExitCode } from '../../src/exit-code.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import { runProgram } from '../../src/io/run-program.ts';
import { watchOutput, type SeenDocument } from './output-schemas.ts';

export interface CliRun {
  readonly exitCode: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
  /** Files of the working folder after the run, text by name. */
  readonly files: Readonly<Record<string, string>>;
  /** What it wrote for programs; each was as its schema has it. */
  readonly documents: readonly SeenDocument[];
}

export interface CliOptions {
  /** Working folder; an empty one is made when absent. */
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Files to write into the folder before the run. */
  readonly files?: Readonly<Record<string, string>>;
  /** What is typed; a function is asked when somebody reads. */
  readonly stdin?: string | (() => Promise<string>);
  /** Told each text as it is written to standard output. */
  readonly onStdout?: (text: string) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
  /** Where Maestro is; nothing answers without it. */
  readonly endpoints?: { readonly httpEndpoint: string; readonly grpcEndpoint: string };
  /** A Maestro without ports, in place of endpoints. */
  readonly maestro?: InProcessMaestro;
  readonly connect?: (settings: ConnectionSettings) => Promise<Maestro>;
  readonly isTTY?: boolean;
  /** Of the terminal; 80 when absent. */
  readonly columns?: number;
  /** Memory for what is read; as much as there is when absent. */
  readonly roomBytes?: number;
  /** Starts other programs; really, with `env` alone, when absent. */
  readonly run?: Context['run'];
  /** Somebody can answer, with `stdin`. */
  readonly interactive?: boolean;
}

export function emptyFolder(): string {
  return mkdtempSync(join(tmpdir(), 'maestro-cli-test-'));
}

/** Runs the whole command in this process, as bin/ would, and returns all that it left. */
export async function runCli(argv: readonly string[], options: CliOptions = {}): Promise<CliRun> {
  const cwd = options.cwd ?? emptyFolder();
  for (const [name, text] of Object.entries(options.files ?? {})) writeFileSync(join(cwd, name), text);
  const written = { stdout: '', stderr: '' };
  const stream = (name: 'stdout' | 'stderr'): Context['stdout'] => ({
    write: (text) => {
      written[name] += text;
      if (name === 'stdout') options.onStdout?.(text);
    },
    isTTY: options.isTTY ?? false,
    columns: options.columns ?? 80,
  });
  const clock = options.clock ?? systemClock;
  const signal = options.signal ?? new AbortController().signal;
  const context: Context = {
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    stdin: async function* () {
      const { stdin = '' } = options;
      yield new TextEncoder().encode(typeof stdin === 'string' ? stdin : await stdin());
    },
    interactive: options.interactive ?? false,
    runtime: { node: '24.0.0', platform: 'test-x64' },
    env: { ...endpointEnv(options), ...options.env },
    cwd,
    pid: process.pid,
    isRunning: runs,
    clock,
    random: () => 0.5,
    signal,
    run:
      options.run ??
      ((program, how) =>
        runProgram(program, how, {
          env: { PATH: process.env['PATH'], ...options.env },
          cwd,
          signal,
          kill: (pid, name) => void process.kill(pid, name),
          sleep: (ms, until) => systemClock.sleep(ms, until),
        })),
    roomBytes: options.roomBytes ?? Number.POSITIVE_INFINITY,
    keepHeapSmall: () => undefined,
    connect: options.connect ?? connectorOf(options, { clock, random: () => 0.5 }),
  };
  const words = inFolder(argv, cwd);
  const check = watchOutput(words, context.env, cwd);
  const exitCode = await runApp(words, context, new Promise<never>(() => undefined));
  checkListed(words, exitCode);
  const documents = check({ exitCode, ...written });
  return { exitCode, ...written, files: filesOf(cwd), documents };
}

function connectorOf(
  { maestro }: CliOptions,
  deps: { readonly clock: Clock; readonly random: () => number },
): Context['connect'] {
  const seen = (onRequest?: OnRequest): { readonly onRequest?: OnRequest } =>
    onRequest === undefined ? {} : { onRequest };
  if (maestro === undefined) return (settings, told) => connectMaestro(settings, { ...deps, ...seen(told) });
  return (_settings, told) => Promise.resolve(connectInProcess(maestro, { ...deps, ...seen(told) }));
}

/** Whatever a test is about, its run must end with a code that the help of its command lists. */
function checkListed(argv: readonly string[], exitCode: ExitCode): void {
  const { command } = scanArgv(argv, grammar);
  if (command !== undefined && !exitCodesOf(command).includes(exitCode))
    throw new Error(`${command.name} does not list exit code ${exitCode}: ${argv.join(' ')}`);
}

/** As bin/ would ask. */
export function runs(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** Result paths are given relative to the folder, so that tests read well. */
function inFolder(argv: readonly string[], cwd: string): readonly string[] {
  return argv.map((word) => word.replace(/^--results-path=(?!\/)/, `--results-path=${cwd}/`));
}

function endpointEnv(options: CliOptions): Record<string, string> {
  const { endpoints } = options;
  return {
    MAESTRO_HTTP_ENDPOINT: endpoints?.httpEndpoint ?? 'http://127.0.0.1:1',
    MAESTRO_GRPC_ENDPOINT: `grpc://${endpoints?.grpcEndpoint ?? '127.0.0.1:1'}`,
  };
}

function filesOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(
    readdirSync(folder)
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name), 'utf8')]),
  );
}

export const projectRoot = join(dirname(import.meta.dirname), '..');
