import { afterAll, beforeAll, expect } from 'vitest';
import { connectMaestro } from '../../../src/clients/connect.ts';
import type { ConnectionSettings } from '../../../src/clients/connection.ts';
import type { Maestro } from '../../../src/context.ts';
import { MaestroError } from '../../../src/errors.ts';
import { systemClock } from '../../../src/clock.ts';
import { startStandIn, type StandIn } from '../../../src/standin/index.ts';
import { runCli, type CliRun } from '../../support/run-cli.ts';
import { workYaml } from './works.ts';

/** What was asked of Maestro, in order: `subscribe`, `ready`, `create`, `update`, `delete`, `read`. */
export type Step = string;

export interface Ways {
  /** Instead of opening a stream. */
  readonly denied?: MaestroError;
  /** The stream takes so long to stand. */
  readonly readyAfterMs?: number;
  readonly onStdout?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export const line = (name: string, text: string): string =>
  `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
export const noRight = new MaestroError(
  'access-denied',
  'unauthorized to subscribe the event from source maestro-cli',
  {
    reason: 'Unauthorized',
  },
);
export const refused = new MaestroError('unavailable', 'connection refused', { delivery: 'not-sent', transient: true });

/** A stand-in for the tests of a file, and runs against it that say what they asked of Maestro. */
export function streamingRuns(): {
  readonly maestro: StandIn;
  readonly run: (argv: readonly string[], ways?: Ways) => Promise<CliRun & { readonly steps: readonly Step[] }>;
  readonly apply: (name: string, consumer?: string, ...argv: readonly string[]) => Promise<void>;
} {
  let maestro: StandIn;
  beforeAll(async () => {
    maestro = await startStandIn({
      consumers: ['c1', 'c2', 'slow'],
      heartbeatMs: 100,
      agent: { delayMs: 5, deleteDelayMs: 50 },
      agents: { slow: { delayMs: 1500 } },
    });
  });
  afterAll(() => maestro.close());

  async function run(
    argv: readonly string[],
    { denied, readyAfterMs = 0, ...options }: Ways = {},
  ): Promise<CliRun & { readonly steps: readonly Step[] }> {
    const steps: Step[] = [];
    const connect = async (settings: ConnectionSettings): Promise<Maestro> => {
      const opened = await connectMaestro(settings, { clock: systemClock, random: () => 0.5 });
      return {
        ...opened,
        writer: {
          ...opened.writer,
          publish: async (request, limits) => {
            steps.push(request.kind);
            await opened.writer.publish(request, limits);
          },
        },
        subscriber: {
          ...opened.subscriber,
          subscribe: async function* (query, limits) {
            steps.push('subscribe');
            if (denied !== undefined) throw denied;
            if (readyAfterMs > 0) await systemClock.sleep(readyAfterMs, limits.signal);
            for await (const item of opened.subscriber.subscribe(query, limits)) {
              if (item.kind === 'ready') steps.push('ready');
              yield item;
            }
          },
        },
      };
    };
    const done = await runCli(argv, { endpoints: maestro, connect, files: { 'w.yaml': workYaml('w') }, ...options });
    return { ...done, steps };
  }

  async function apply(name: string, consumer = 'c1', ...argv: readonly string[]): Promise<void> {
    const applied = await run(['apply', '-f', 'w.yaml', `--name=${name}`, `--consumer=${consumer}`, ...argv]);
    expect(applied.exitCode, applied.stderr).toBe(0);
  }

  return {
    get maestro() {
      return maestro;
    },
    run,
    apply,
  };
}
