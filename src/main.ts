import { addAbortSignal } from 'node:stream';

import { runApp, tellOfCrash } from './app.ts';
import { connectMaestro } from './clients/connect.ts';
import type { Context, OutputStream } from './context.ts';
import { MaestroError } from './errors.ts';
import { systemRandom } from './random.ts';
import { ExitCode } from './exit-code.ts';
import { systemClock } from './clock.ts';
import { keepHeapSmall, roomBytes } from './io/heap.ts';
import { holdTerminal, type HeldTerminal, type TerminalOwner } from './io/held-terminal.ts';
import { isPlainOutput, writeNow } from './io/descriptor-output.ts';

/** What is used of the process, so that bin/ stays one statement. */
export type Host = Pick<
  NodeJS.Process,
  | 'argv'
  | 'argv0'
  | 'version'
  | 'platform'
  | 'arch'
  | 'stdout'
  | 'stderr'
  | 'stdin'
  | 'env'
  | 'cwd'
  | 'pid'
  | 'kill'
  | 'on'
  | 'off'
  | 'exit'
  | 'exitCode'
> &
  Partial<Pick<NodeJS.Process, 'constrainedMemory'>>;

/**
 * Of the host's outputs, where it is known that nothing else stands between: text may go there without Node's streams.
 */
export interface OutputDescriptors {
  readonly stdout?: number;
  readonly stderr?: number;
}

/**
 * Runs maestro-cli in a process. It starts with a failing exit code and clears
 * it only on a recorded outcome: an event loop that runs dry without one can
 * not look like success.
 */
export async function main(host: Host, descriptors: OutputDescriptors = {}): Promise<void> {
  host.exitCode = ExitCode.Internal;
  const stop = new AbortController();
  let held: HeldTerminal | undefined;
  const onSignal = (error: MaestroError): void => {
    if (stop.signal.aborted) {
      held?.lose();
      host.exit(error.exitCode);
    }
    stop.abort(error);
  };
  // Ctrl-C in an editor reaches all who have the terminal, and is meant for the editor.
  const others = { haveTerminal: 0 };
  host.on('SIGINT', () => {
    if (others.haveTerminal === 0) onSignal(new MaestroError('interrupted', 'interrupted by SIGINT'));
  });
  host.on('SIGTERM', () => onSignal(new MaestroError('terminated', 'terminated by SIGTERM')));
  // Whoever started us with nohup wants us to outlive the terminal. Node forgets that; the launcher tells.
  if (environment(host)['MAESTRO_CLI_NOHUP'] !== '1')
    host.on('SIGHUP', () => onSignal(new MaestroError('terminated', 'terminated by SIGHUP')));
  const crashed = new Promise<never>((_resolve, reject) => {
    const onCrash = (error: unknown): void => {
      // What is then said of it is to be read on a terminal as it was.
      held?.lose();
      reject(error);
    };
    host.on('uncaughtException', onCrash);
    host.on('unhandledRejection', onCrash);
  });
  const stdout = lazyStream(descriptors.stdout, () => host.stdout);
  const stderr = lazyStream(descriptors.stderr, () => host.stderr);
  const argv = host.argv.slice(2);
  try {
    const onHeld = (terminal: HeldTerminal): void => void (held = terminal);
    const context = contextOf(host, { stdout, stderr, signal: stop.signal }, { onHeld, others });
    host.exitCode = await runApp(argv, context, crashed);
  } catch (error) {
    host.exitCode = tellOfCrash(error, argv, {
      env: environment(host),
      cwd: workingFolder(host),
      stderr,
      wallMs: systemClock.wallMs(),
    });
  }
  // All is said and recorded. A connection that somebody forgot to close must not keep a Job running.
  await Promise.all([stdout.flushed(), stderr.flushed()]);
  host.exit(host.exitCode);
}

/** Who has the terminal beside us. */
interface TerminalUsers {
  readonly onHeld: (terminal: HeldTerminal) => void;
  /** Programs that we have started and that read the terminal. */
  readonly others: { haveTerminal: number };
}

function contextOf(
  host: Host,
  { stdout, stderr, signal }: Pick<Context, 'stdout' | 'stderr' | 'signal'>,
  { onHeld, others }: TerminalUsers,
): Context {
  return {
    stdout,
    stderr,
    // A signal ends the reading too: an open standard input would keep the process alive.
    stdin: () => addAbortSignal(signal, host.stdin),
    // Asked for by few, and Node opens standard input to answer it.
    get interactive() {
      return host.stdin.isTTY && host.stderr.isTTY;
    },
    get holdTerminal() {
      if (!host.stdin.isTTY || !host.stdout.isTTY) return undefined;
      return (owner: TerminalOwner) => {
        const terminal = holdTerminal(host, owner, systemClock);
        onHeld(terminal);
        return terminal;
      };
    },
    ...(isPlugin(host.argv0) ? { invokedAs: 'kubectl maestro' } : {}),
    runtime: { node: host.version.replace(/^v/, ''), platform: `${host.platform}-${host.arch}` },
    env: host.env,
    cwd: workingFolder(host),
    pid: host.pid,
    isRunning: (pid) => isRunning(host, pid),
    clock: systemClock,
    startedMs: 0,
    random: systemRandom,
    get roomBytes() {
      return roomBytes(host.constrainedMemory?.() ?? 0);
    },
    signal,
    run: async (program, options) => {
      const { runProgram } = await import('./io/run-program.ts');
      const takes = options.streams === 'terminal' ? 1 : 0;
      others.haveTerminal += takes;
      try {
        return await runProgram(program, options, {
          env: environment(host),
          cwd: workingFolder(host),
          signal,
          kill: (pid, name) => void host.kill(pid, name),
          sleep: (ms, until) => systemClock.sleep(ms, until),
        });
      } finally {
        others.haveTerminal -= takes;
      }
    },
    keepHeapSmall,
    connect: (settings, onRequest) =>
      connectMaestro(settings, {
        clock: systemClock,
        random: systemRandom,
        shortRun: true,
        ...(onRequest === undefined ? {} : { onRequest }),
      }),
  };
}

/** Plugin managers link `kubectl-maestro` to the executable, and kubectl starts that for `kubectl maestro`. */
function isPlugin(argv0: string): boolean {
  return /(?:^|\/)kubectl-maestro$/.test(argv0);
}

/**
 * The directory that we were started in. When it is gone, its name: nothing
 * relative is found there then, which says what is wrong, and all else works.
 */
function workingFolder(host: Host): string {
  try {
    return host.cwd();
  } catch {
    return environment(host)['PWD'] ?? '/';
  }
}

/** For what is done before the run, and after a crash; the run itself does not go on without its environment. */
function environment(host: Host): NodeJS.ProcessEnv {
  try {
    return host.env;
  } catch {
    return {};
  }
}

/** Signal 0 asks without disturbing; a process of somebody else may not be asked, and so is there. */
function isRunning(host: Host, pid: number): boolean {
  try {
    return host.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/**
 * Standard output or error. Node's stream for it is made for a terminal only,
 * or when a reader is behind: most runs write a little to a file or a pipe.
 */
function lazyStream(
  descriptor: number | undefined,
  get: () => NodeJS.WriteStream,
): OutputStream & { flushed(): Promise<void> } {
  let opened: NodeJS.WriteStream | undefined;
  let plain: boolean | undefined;
  let fault: NodeJS.ErrnoException | undefined;
  const isPlain = (): boolean => (plain ??= descriptor !== undefined && isPlainOutput(descriptor));
  const stream = (): NodeJS.WriteStream => {
    if (opened !== undefined) return opened;
    opened = get();
    // A reader that went away (`| head`) ends the output, not the operation.
    opened.on('error', (error) => {
      fault ??= error;
    });
    return opened;
  };
  const writePlain = (to: number, text: string): void => {
    try {
      const left = writeNow(to, text);
      if (left !== undefined) stream().write(left);
    } catch (error) {
      fault = error as NodeJS.ErrnoException;
    }
  };
  return {
    write: (text) => {
      if (fault !== undefined) return;
      // What waits in Node's stream has to come first.
      if (opened === undefined && descriptor !== undefined && isPlain()) writePlain(descriptor, text);
      else stream().write(text);
    },
    get fault() {
      return fault;
    },
    get isTTY() {
      return !isPlain() && (stream().isTTY ?? false);
    },
    get columns() {
      if (isPlain()) return undefined;
      const { columns } = stream();
      // A terminal that does not know its width says 0.
      return columns > 0 ? columns : undefined;
    },
    /** Resolves when everything written before has gone out, or cannot any more. */
    flushed: async () => {
      await new Promise<void>((resolve) => {
        if (opened === undefined) resolve();
        else opened.write('', () => resolve());
      });
    },
  };
}
