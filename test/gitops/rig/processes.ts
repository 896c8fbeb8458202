import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/** A server that a test started. */
export interface Server {
  /** What it wrote last, for messages. */
  log(): string;
  /** Undefined while it runs. */
  exit(): string | undefined;
  /** Sends it a signal, named without SIG; to no effect when it is gone. */
  signal(name: 'KILL' | 'TERM' | 'INT'): void;
  /** Kills it and waits until it is gone. */
  stop(): Promise<void>;
}

/**
 * The shell holds the program and reads a pipe of ours. However this process
 * ends, the pipe closes with it and the shell kills the program: nothing is
 * left behind, not even after a SIGKILL of the test runner. Each line on the
 * pipe names a signal that the program gets.
 */
const keeper =
  'exec 3<&0; "$@" </dev/null 3<&- & child=$!; { while read -r name <&3; do kill -"$name" "$child" 2>/dev/null; done; kill -KILL "$child" 2>/dev/null; } & exec 3<&-; wait "$child"';

const loggedCharacters = 20_000;

/** Starts a program that ends with this process at the latest. */
export function startServer(file: string, argv: readonly string[], env: NodeJS.ProcessEnv = {}): Server {
  const child: ChildProcess = spawn('sh', ['-c', keeper, 'keeper', file, ...argv], {
    env: { PATH: process.env['PATH'] ?? '', HOME: '/nonexistent', ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let written = '';
  const keep = (text: string): void => {
    written = (written + text).slice(-loggedCharacters);
  };
  child.stdout?.setEncoding('utf8').on('data', keep);
  child.stderr?.setEncoding('utf8').on('data', keep);
  child.stdin?.on('error', () => undefined);
  let ended: string | undefined;
  const gone = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      ended = error.message;
      resolve();
    });
    child.once('exit', (code, signal) => {
      ended = `ended with ${signal ?? String(code)}`;
      resolve();
    });
  });
  // A server must not keep a finished test run alive.
  child.unref();
  return {
    log: () => written,
    exit: () => ended,
    signal: (name) => void child.stdin?.write(`${name}\n`),
    stop: async () => {
      child.stdin?.end();
      child.ref();
      await gone;
    },
  };
}
