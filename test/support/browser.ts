import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';

/** Names under which systems have it. */
const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** What starts Chromium here; undefined when there is none. */
export const chromium = names.find((name) => spawnSync(name, ['--version'], { timeout: 20_000 }).status === 0);

/** For the title of what is skipped. */
export const whyNoBrowser = chromium === undefined ? ' (skipped: no Chromium here; scripts/browser.sh brings it)' : '';

/** A page that was loaded, and all that the browser said of it. */
export interface LoadedPage {
  /** Addresses that it asked for, itself first. */
  readonly requests: readonly string[];
  /** Errors and warnings of the console, of the policy (CSP) among them. */
  readonly complaints: readonly string[];
  /** The value of an expression in the page. */
  evaluate(expression: string): Promise<unknown>;
  /** Sets the width of the window and the colours that its user prefers. */
  show(width: number, scheme: 'light' | 'dark'): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: {
    readonly request?: { readonly url: string };
    readonly entry?: { readonly level: string; readonly text: string };
    readonly exceptionDetails?: { readonly text: string };
    readonly type?: string;
    readonly args?: readonly { readonly value?: unknown }[];
  };
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

/** Chromium without a screen, spoken to through its DevTools protocol over two pipes; no network is to be reached. */
export class Browser {
  readonly #process: ChildProcess;
  readonly #folder: string;
  readonly #waiting = new Map<number, (message: Message) => void>();
  readonly #listeners = new Set<(message: Message) => void>();
  #lastId = 0;

  constructor() {
    if (chromium === undefined) throw new Error('there is no Chromium here');
    this.#folder = mkdtempSync(join(tmpdir(), 'maestro-cli-browser-'));
    const flags = [
      '--headless=new',
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
    ];
    // Nothing answers there: a name or an address that a page asks for is an error.
    const offline = ['--proxy-server=127.0.0.1:9', '--host-resolver-rules=MAP * ~NOTFOUND'];
    const pipes = ['--remote-debugging-pipe', `--user-data-dir=${this.#folder}`, '--disable-dev-shm-usage'];
    this.#process = spawn(chromium, [...flags, ...offline, ...pipes], {
      stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'],
    });
    let text = '';
    (this.#process.stdio[4] as Readable).setEncoding('utf8').on('data', (chunk: string) => {
      const messages = (text + chunk).split('\0');
      text = messages.pop() ?? '';
      for (const one of messages) this.#take(JSON.parse(one) as Message);
    });
  }

  async load(url: string): Promise<LoadedPage> {
    const { targetId } = (await this.#call('Target.createTarget', { url: 'about:blank' })) as { targetId: string };
    const attached = await this.#call('Target.attachToTarget', { targetId, flatten: true });
    const { sessionId } = attached as { sessionId: string };
    const call = (method: string, params: object = {}): Promise<unknown> => this.#call(method, params, sessionId);
    const requests: string[] = [];
    const complaints: string[] = [];
    const loaded = new Promise<void>((resolve) => {
      this.#listeners.add(({ method, params }) => {
        if (method === 'Network.requestWillBeSent') requests.push(params?.request?.url ?? '');
        if (method === 'Log.entryAdded') complaints.push(params?.entry?.text ?? '');
        if (method === 'Runtime.exceptionThrown') complaints.push(params?.exceptionDetails?.text ?? '');
        if (method === 'Runtime.consoleAPICalled')
          complaints.push(`${params?.type}: ${String(params?.args?.[0]?.value)}`);
        if (method === 'Page.loadEventFired') resolve();
      });
    });
    for (const domain of ['Network', 'Log', 'Runtime', 'Page']) await call(`${domain}.enable`);
    await call('Page.navigate', { url });
    await loaded;
    return {
      requests,
      complaints,
      evaluate: async (expression) => {
        const answer = await call('Runtime.evaluate', { expression, returnByValue: true });
        return (answer as { result: { value: unknown } }).result.value;
      },
      show: async (width, scheme) => {
        await call('Emulation.setDeviceMetricsOverride', { width, height: 900, deviceScaleFactor: 1, mobile: false });
        await call('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value: scheme }] });
      },
    };
  }

  async close(): Promise<void> {
    const exited = once(this.#process, 'exit');
    this.#process.kill('SIGKILL');
    await exited;
    rmSync(this.#folder, { recursive: true, force: true, maxRetries: 5 });
  }

  #take(message: Message): void {
    if (message.id !== undefined) this.#waiting.get(message.id)?.(message);
    for (const listener of this.#listeners) listener(message);
  }

  async #call(method: string, params: object, sessionId?: string): Promise<unknown> {
    const id = (this.#lastId += 1);
    const answered = new Promise<Message>((resolve) => this.#waiting.set(id, resolve));
    (this.#process.stdio[3] as Writable).write(`${JSON.stringify({ id, method, params, sessionId })}\0`);
    const { result, error } = await answered;
    this.#waiting.delete(id);
    if (error !== undefined) throw new Error(`${method}: ${error.message}`);
    return result;
  }
}
