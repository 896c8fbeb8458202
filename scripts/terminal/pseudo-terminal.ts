import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Screen, type ScreenSize } from './screen.ts';

export interface PtyOptions extends Partial<ScreenSize> {
  readonly cwd?: string;
  /** The whole environment but TERM, which is xterm-256color unless it is given. */
  readonly env?: Readonly<Record<string, string>>;
}

/** Why no program can be started on a pseudo-terminal here; undefined when one can. */
export function whyNoPty(): string | undefined {
  const { stdout } = spawnSync('script', ['--version'], { encoding: 'utf8' });
  return /util-linux/.test(stdout ?? '') ? undefined : 'no script of util-linux, which makes pseudo-terminals';
}

/**
 * A program on a pseudo-terminal of its own, with the screen that it draws and keys that a person presses. The
 * terminal is made by `script` of util-linux; what it writes goes to a terminal emulator, whose answers to questions
 * (where is the cursor?) go back as a real one's do.
 */
export class Pty {
  readonly screen: Screen;
  /** How it ended: its exit code, 128 and more when a signal ended it. */
  readonly done: Promise<number>;
  readonly #child: ChildProcess;
  readonly #folder: string;
  #raw = '';

  /** Starts `command`, found on the PATH of `env`. */
  constructor(command: readonly [string, ...string[]], options: PtyOptions = {}) {
    const { columns = 80, rows = 24, cwd, env = { PATH: process.env['PATH'] ?? '' } } = options;
    this.screen = new Screen({ columns, rows });
    this.#folder = mkdtempSync(join(tmpdir(), 'pty-'));
    // The size is set before the program starts, which asks for it once.
    const start = `stty rows ${rows} cols ${columns} && echo "$$ $(tty)" > ${quoted(this.#facts)} && exec ${command.map(quoted).join(' ')}`;
    this.#child = spawn('script', ['--quiet', '--flush', '--return', '--command', start, '/dev/null'], {
      ...(cwd === undefined ? {} : { cwd }),
      // `script` starts a shell by SHELL, which must take the line above.
      env: { TERM: 'xterm-256color', ...env, SHELL: '/bin/sh' },
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    live.add(this.#child);
    this.#child.stdout?.on('data', (bytes: Buffer) => {
      this.#raw += bytes.toString('latin1');
      this.screen.write(bytes);
    });
    this.#child.stdin?.on('error', () => undefined);
    this.screen.terminal.onData((answer) => this.#child.stdin?.write(answer));
    this.done = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code) => {
        live.delete(this.#child);
        rmSync(this.#folder, { recursive: true, force: true });
        // After what was written before the end has been taken in.
        this.screen.terminal.write('', () => resolve(code ?? 128));
      });
    });
  }

  /** Presses keys: text, `\r` for Enter, `\t` for Tab, `\x1b[A` for the arrow up, `\x03` for Ctrl-C. */
  send(keys: string): void {
    this.#child.stdin?.write(keys);
  }

  /** Presses keys, and waits until the screen is as wanted: see `Screen.until`. */
  async press(keys: string, wanted: Parameters<Screen['until']>[0], boundMs?: number): Promise<string> {
    this.send(keys);
    return this.screen.until(wanted, boundMs);
  }

  /** Waits until the screen is as wanted: see `Screen.until`. */
  async until(wanted: Parameters<Screen['until']>[0], boundMs?: number): Promise<string> {
    return this.screen.until(wanted, boundMs);
  }

  /** Gives the terminal another size, as a person does who drags its corner; the program is told by SIGWINCH. */
  resize({ columns, rows }: ScreenSize): void {
    this.screen.terminal.resize(columns, rows);
    const { status, stderr } = spawnSync('stty', ['-F', this.tty(), 'rows', String(rows), 'cols', String(columns)], {
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`stty: ${stderr}`);
  }

  /** The device, such as /dev/pts/3, from when the program has started. */
  tty(): string {
    return readFileSync(this.#facts, 'utf8').trim().split(' ')[1] ?? '';
  }

  /** The number of the program's process, from when it has started. */
  pid(): number {
    return Number(readFileSync(this.#facts, 'utf8').split(' ')[0]);
  }

  /** Its settings as `stty -a` shows them, to see whether a program left them as it found them. */
  settings(): string {
    return spawnSync('stty', ['-a', '-F', this.tty()], { encoding: 'utf8' }).stdout;
  }

  /** Every byte that was written to the terminal, a character each. */
  raw(): string {
    return this.#raw;
  }

  /** Ends it when it still runs, as closing the window does; after a second it is killed. */
  async close(): Promise<void> {
    this.#signal('SIGHUP');
    const timer = setTimeout(() => {
      this.#signal('SIGKILL');
      this.#child.kill('SIGKILL');
    }, 1_000);
    await this.done;
    clearTimeout(timer);
  }

  #signal(signal: NodeJS.Signals): void {
    try {
      process.kill(this.pid(), signal);
    } catch {
      // It has ended, or has not begun.
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** Where the program's process writes down its number and its terminal before it begins. */
  get #facts(): string {
    return join(this.#folder, 'facts');
  }
}

const live = new Set<ChildProcess>();
// What a failed run leaves behind must not outlive it.
process.once('exit', () => {
  for (const child of live) child.kill('SIGKILL');
});

function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}
