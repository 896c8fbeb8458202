import { Readable, Writable } from 'node:stream';
import { slept, type Clock } from '../clock.ts';

/** Who has taken a terminal for itself. */
export interface TerminalOwner {
  /** Gives the terminal back as it was found, at once: the process is about to be stopped. */
  leave(): void;
  /** The process goes on after it was stopped (Ctrl-Z, then `fg`): takes the terminal again and draws anew. */
  comeBack(): void;
  /** As `leave`, and for good: the run ends in another way than by its own return. */
  lost(): void;
}

/** A terminal that one command has taken for itself. */
export interface HeldTerminal {
  /** Its keys; while it is not in raw mode nothing is read, so that another program has all that is typed. */
  readonly input: KeyInput;
  /** Ends in the terminal. What anybody else writes to standard output or error comes after the release. */
  readonly output: ScreenOutput;
  /** Stops the process, as Ctrl-Z does where nobody reads single keys. */
  stop(): void;
  /** The command has left the terminal. */
  release(): void;
  /** Has the command leave it, and releases it; for whoever ends the run from outside. Does nothing after a release. */
  lose(): void;
}

/** What is used of the process. */
export type TerminalHost = Pick<NodeJS.Process, 'stdin' | 'stdout' | 'stderr' | 'pid' | 'kill' | 'on' | 'off'>;

/** So much of what others write is kept, in characters; more would be a flood that nobody reads. */
const mostKept = 64 * 1024;
/** By then a process that was told to stop has stopped, unless nothing can have it go on again. */
const stoppedWithinMs = 100;

/**
 * Takes the terminal of the process for one command. Others still may write to standard output and error, a warning of
 * Node among them: that is kept until the terminal is given back, and comes on standard error then.
 */
export function holdTerminal(host: TerminalHost, owner: TerminalOwner, clock: Clock): HeldTerminal {
  const { stdin, stdout, stderr } = host;
  const streams = stderr.isTTY ? [stdout, stderr] : [stdout];
  const writers = streams.map((stream) => stream.write.bind(stream));
  const input = new KeyInput(stdin);
  const output = new ScreenOutput(stdout, stdout.write.bind(stdout));
  const kept: string[] = [];
  let keptSize = 0;
  const keep = ((chunk: string | Uint8Array, ...rest: readonly unknown[]): boolean => {
    const text = typeof chunk === 'string' ? chunk : Buffer.from(chunk).toString();
    if (keptSize < mostKept) kept.push(text.slice(0, mostKept - keptSize));
    keptSize += text.length;
    const done = rest.find((item) => typeof item === 'function');
    if (done !== undefined) (done as () => void)();
    return true;
  }) as NodeJS.WriteStream['write'];
  for (const stream of streams) stream.write = keep;

  let isReleased = false;
  let isAway = false;
  const released = new AbortController();
  const comeBack = (): void => {
    if (isReleased) return;
    // Also after a stop that could not be seen coming (kill -STOP): the shell has set the terminal for itself since.
    if (!isAway) owner.leave();
    isAway = false;
    host.off('SIGTSTP', stop);
    host.on('SIGTSTP', stop);
    owner.comeBack();
  };
  const stop = (): void => {
    if (isReleased || isAway) return;
    owner.leave();
    isAway = true;
    host.off('SIGTSTP', stop);
    host.kill(host.pid, 'SIGTSTP');
    void slept(clock, stoppedWithinMs, released.signal).then((isOver) => {
      if (isOver && isAway) comeBack();
    });
  };
  host.on('SIGTSTP', stop);
  host.on('SIGCONT', comeBack);

  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    released.abort();
    host.off('SIGTSTP', stop);
    host.off('SIGCONT', comeBack);
    input.detach();
    output.detach();
    for (const [index, stream] of streams.entries()) Object.assign(stream, { write: writers[index] });
    if (kept.length > 0) stderr.write(kept.join(''));
  };
  return {
    input,
    output,
    stop,
    release,
    lose: () => {
      if (isReleased) return;
      owner.lost();
      release();
    },
  };
}

/** What is typed, for the one who holds the terminal. */
export class KeyInput extends Readable {
  readonly isTTY = true;
  readonly #terminal: NodeJS.ReadStream;
  readonly #onData = (chunk: Buffer): void => void this.push(chunk);
  // A terminal that went away ends nothing here: its hang-up does.
  readonly #onError = (): void => undefined;

  constructor(terminal: NodeJS.ReadStream) {
    super();
    this.#terminal = terminal;
    terminal.on('error', this.#onError);
    terminal.on('data', this.#onData);
    terminal.pause();
  }

  setRawMode(isRaw: boolean): this {
    this.#terminal.setRawMode(isRaw);
    if (isRaw) this.#terminal.resume();
    else this.#terminal.pause();
    return this;
  }

  ref(): this {
    this.#terminal.ref();
    return this;
  }

  unref(): this {
    this.#terminal.unref();
    return this;
  }

  /** Keys come by themselves. */
  override _read(): void {
    // Nothing has to be asked for.
  }

  detach(): void {
    this.#terminal.off('data', this.#onData);
    this.#terminal.pause();
  }
}

/** The screen, for the one who holds it. A terminal that went away (a lost connection) ends nothing but the drawing. */
export class ScreenOutput extends Writable {
  readonly isTTY = true;
  readonly #terminal: NodeJS.WriteStream;
  readonly #write: NodeJS.WriteStream['write'];
  readonly #onResize = (): void => void this.emit('resize');
  readonly #onError = (): void => undefined;

  constructor(terminal: NodeJS.WriteStream, write: NodeJS.WriteStream['write']) {
    super({ decodeStrings: false });
    this.#terminal = terminal;
    this.#write = write;
    terminal.on('resize', this.#onResize);
    terminal.on('error', this.#onError);
  }

  /** A terminal that does not know its size says 0. */
  get columns(): number {
    return this.#terminal.columns > 0 ? this.#terminal.columns : 80;
  }

  get rows(): number {
    return this.#terminal.rows > 0 ? this.#terminal.rows : 24;
  }

  /** At once, as a terminal takes it: what is written before the process is stopped must be there by then. */
  override _write(chunk: string, _encoding: BufferEncoding, done: () => void): void {
    this.#write(chunk);
    done();
  }

  detach(): void {
    this.#terminal.off('resize', this.#onResize);
  }
}
