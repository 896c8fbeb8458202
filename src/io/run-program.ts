import { spawn, type ChildProcess } from 'node:child_process';
import { isatty } from 'node:tty';

/** How another program is run. */
export interface ProgramOptions {
  /**
   * `terminal`: it has our standard streams, as an editor must; where our result
   * goes elsewhere, it draws on standard error. `collect`: it reads nothing, and
   * what it writes is given back.
   */
  readonly streams: 'terminal' | 'collect';
  /** The folder that it is started in. */
  readonly cwd?: string;
  /** Of what is collected: more on standard output ends the program. */
  readonly maxBytes?: number;
  /** A program that takes longer is ended. Milliseconds; without it there is no limit. */
  readonly timeoutMs?: number;
}

/** How a program came to its end. */
export type ProgramEnd =
  | {
      readonly kind: 'ended';
      /** Absent when a signal ended it. */
      readonly exitCode?: number;
      readonly killedBy?: NodeJS.Signals;
      /** Standard output, whole; empty when it had the terminal. */
      readonly stdout: Uint8Array;
      /** The first 64 KiB of standard error, as they came: foreign text. */
      readonly stderr: string;
    }
  /** There is no such program on the PATH. */
  | { readonly kind: 'absent' }
  /** It could not be started for another reason, such as EACCES. */
  | { readonly kind: 'notStarted'; readonly code: string }
  | { readonly kind: 'tooLong'; readonly maxBytes: number }
  | { readonly kind: 'timedOut'; readonly timeoutMs: number };

/** What starting a program takes from the process around it. */
export interface ProgramHost {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** Ends the program too; its reason is thrown then. */
  readonly signal: AbortSignal;
  /** Sends a signal to a process, or to the group of one when the number is negative. */
  readonly kill: (pid: number, signal: NodeJS.Signals) => void;
  /** As that of the clock. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
}

/** What a program says of a failure is in its first lines or nowhere. */
const keptErrorBytes = 64 * 1024;
/** A program that was asked to end, and what it started, gets so long for it. */
const endingMs = 2_000;

/**
 * Starts a program, without a shell, and waits for its end. One that collects
 * leads a process group of its own, so that what it started ends with it.
 *
 * @param argv the program and its arguments
 * @throws the reason of the host's signal
 */
export async function runProgram(
  argv: readonly [string, ...string[]],
  options: ProgramOptions,
  host: ProgramHost,
): Promise<ProgramEnd> {
  host.signal.throwIfAborted();
  const [program, ...words] = argv;
  const collects = options.streams === 'collect';
  const child = spawn(program, words, {
    cwd: options.cwd ?? host.cwd,
    env: host.env,
    // What an editor draws is no part of our result, which may go into a pipe.
    stdio: collects ? ['ignore', 'pipe', 'pipe'] : ['inherit', isatty(1) ? 'inherit' : 2, 'inherit'],
    detached: collects,
  });
  const ending = new Ending(child, collects, host);
  const output = new CollectedOutput(child, options.maxBytes ?? Number.POSITIVE_INFINITY, () => ending.begin());
  const { timeoutMs } = options;
  let isLate = false;
  if (timeoutMs !== undefined)
    ending.after(timeoutMs, () => {
      isLate = true;
    });
  const onAbort = (): void => ending.begin();
  host.signal.addEventListener('abort', onAbort, { once: true });
  try {
    const end = await new Promise<ProgramEnd>((resolve) => {
      child.on('error', (error: NodeJS.ErrnoException) => resolve(notStarted(error)));
      child.on('close', (exitCode, killedBy) => resolve(output.endedWith(exitCode, killedBy)));
    });
    host.signal.throwIfAborted();
    return isLate && timeoutMs !== undefined ? { kind: 'timedOut', timeoutMs } : end;
  } finally {
    ending.isOver();
    host.signal.removeEventListener('abort', onAbort);
  }
}

function notStarted({ code = 'EUNKNOWN' }: NodeJS.ErrnoException): ProgramEnd {
  return code === 'ENOENT' ? { kind: 'absent' } : { kind: 'notStarted', code };
}

/** Ends a program: asks it first, and does not ask twice. */
class Ending {
  readonly #child: ChildProcess;
  readonly #leads: boolean;
  readonly #host: ProgramHost;
  readonly #over = new AbortController();

  constructor(child: ChildProcess, leads: boolean, host: ProgramHost) {
    this.#child = child;
    this.#leads = leads;
    this.#host = host;
  }

  begin(): void {
    this.#send('SIGTERM');
    this.#later(endingMs, () => this.#send('SIGKILL'));
  }

  /** Begins when the time is over before the program is. */
  after(ms: number, onLate: () => void): void {
    this.#later(ms, () => {
      onLate();
      this.begin();
    });
  }

  isOver(): void {
    this.#over.abort();
  }

  #later(ms: number, act: () => void): void {
    // The only thing that cuts the sleep short is the end of the program.
    this.#host.sleep(ms, this.#over.signal).then(act, () => undefined);
  }

  #send(signal: NodeJS.Signals): void {
    const { pid } = this.#child;
    if (pid === undefined) return;
    try {
      this.#host.kill(this.#leads ? -pid : pid, signal);
    } catch {
      // It has ended by itself.
    }
  }
}

/** Keeps what a program writes, within bounds. */
class CollectedOutput {
  readonly #maxBytes: number;
  readonly #stdout: Buffer[] = [];
  readonly #stderr: Buffer[] = [];
  #outBytes = 0;
  #errorBytes = 0;

  constructor({ stdout, stderr }: Pick<ChildProcess, 'stdout' | 'stderr'>, maxBytes: number, onTooLong: () => void) {
    this.#maxBytes = maxBytes;
    stdout?.on('data', (chunk: Buffer) => {
      this.#outBytes += chunk.length;
      if (this.#outBytes <= maxBytes) this.#stdout.push(chunk);
      else onTooLong();
    });
    stderr?.on('data', (chunk: Buffer) => {
      if (this.#errorBytes < keptErrorBytes) this.#stderr.push(chunk.subarray(0, keptErrorBytes - this.#errorBytes));
      this.#errorBytes += chunk.length;
    });
  }

  endedWith(exitCode: number | null, killedBy: NodeJS.Signals | null): ProgramEnd {
    if (this.#outBytes > this.#maxBytes) return { kind: 'tooLong', maxBytes: this.#maxBytes };
    return {
      kind: 'ended',
      ...(exitCode === null ? {} : { exitCode }),
      ...(killedBy === null ? {} : { killedBy }),
      stdout: Buffer.concat(this.#stdout),
      stderr: new TextDecoder().decode(Buffer.concat(this.#stderr)),
    };
  }
}
