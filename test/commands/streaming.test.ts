import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectMaestro } from '../../src/clients/connect.ts';
import type { ConnectionSettings } from '../../src/clients/connection.ts';
import type { Maestro } from '../../src/context.ts';
import { MaestroError } from '../../src/errors.ts';
import { systemClock } from '../../src/clock.ts';
import { startStandIn, type StandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { adapterResultOf } from './support/result.ts';
import { workYaml } from './support/works.ts';

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

/** What was asked of Maestro, in order: `subscribe`, `ready`, `create`, `update`, `delete`, `read`. */
type Step = string;

interface Ways {
  /** Instead of opening a stream. */
  readonly denied?: MaestroError;
  /** The stream takes so long to stand. */
  readonly readyAfterMs?: number;
  readonly onStdout?: (text: string) => void;
  readonly signal?: AbortSignal;
}

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

const line = (name: string, text: string): string => `manifestwork.work.open-cluster-management.io/${name} ${text}\n`;
const noRight = new MaestroError('access-denied', 'unauthorized to subscribe the event from source maestro-cli', {
  reason: 'Unauthorized',
});
const refused = new MaestroError('unavailable', 'connection refused', { delivery: 'not-sent', retryable: true });

describe('what Jobs run opens no stream', () => {
  it('neither apply, wait, list and get, nor delete', async () => {
    const work = ['--name=plain', '--consumer=c1'];
    const runs = [
      await run(['apply', '-f', 'w.yaml', ...work, '--watch=Available']),
      await run(['apply', '-f', 'w.yaml', ...work, '--wait']),
      await run(['wait', ...work, '--for=Applied']),
      await run(['get', ...work]),
      await run(['list', '--consumer=c1']),
      await run(['delete', ...work, '--watch']),
      await run(['wait', ...work, '--for=Deleted']),
    ];
    expect(runs.map(({ exitCode }) => exitCode)).toEqual([0, 0, 0, 0, 0, 0, 0]);
    expect(runs.flatMap(({ steps }) => steps.filter((step) => step === 'subscribe'))).toEqual([]);
  });
});

describe('watch', () => {
  it('hears of a report long before it would look again', async () => {
    await apply('heard', 'slow');
    let printed = '';
    const stop = new AbortController();
    const watching = run(['watch', '--name=heard', '--consumer=slow', '--interval=1h', '-o', 'json'], {
      onStdout: (text) => (printed += text),
      signal: stop.signal,
    });
    await expect.poll(() => printed, { timeout: 15_000 }).toContain('"available"');
    stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    expect(await watching).toMatchObject({ exitCode: 130, stderr: expect.not.stringContaining('stream') as string });
    await expect.poll(() => maestro.subscriptions()).toBe(0);
  });

  it('of many works hears of those that came after it began, and only of those that are wanted', async () => {
    let printed = '';
    const stop = new AbortController();
    const watching = run(['list', '--watch', '--consumer=c2', '--resource=ConfigMap', '--interval=1h', '-o', 'json'], {
      onStdout: (text) => (printed += text),
      signal: stop.signal,
    });
    await expect.poll(() => maestro.subscriptions(), { timeout: 10_000 }).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 200));
    await apply('unwanted', 'c1');
    await apply('wanted', 'c2');
    try {
      // In an event, or in the row that was read once the work was available.
      const isAvailable =
        /"wanted"[^]*(?:"type":"Available","status":"True"|"status":"True","type":"Available")|"type":"Available"[^]*"wanted"/;
      await expect.poll(() => printed, { timeout: 15_000 }).toMatch(isAvailable);
    } finally {
      stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    }
    expect((await watching).exitCode).toBe(130);
    expect(printed).not.toContain('unwanted');
  });

  it.each([
    {
      title: 'without the right to subscribe',
      denied: noRight,
      told: 'warning: the stream of status events cannot be opened: unauthorized to subscribe the event from source maestro-cli; polling instead\n',
      tries: 1,
    },
    {
      title: 'without a gRPC server',
      denied: refused,
      told: 'warning: the stream of status events is not open: connection refused; polling until it is\n',
      tries: undefined,
    },
  ])('$title says so once, and polls', async ({ denied, told, tries }) => {
    const name = `polled-${denied.code}`;
    let printed = '';
    const stop = new AbortController();
    const watching = run(['watch', `--name=${name}`, '--consumer=c1', '--interval=20ms', '-o', 'json'], {
      denied,
      onStdout: (text) => (printed += text),
      signal: stop.signal,
    });
    await apply(name);
    await expect.poll(() => printed, { timeout: 15_000 }).toContain('"available"');
    stop.abort(new MaestroError('interrupted', 'interrupted by SIGINT'));
    const done = await watching;
    expect(done.stderr.split(told)).toHaveLength(2);
    if (tries !== undefined) expect(done.steps).toHaveLength(tries);
  });

  it('--via=poll opens no stream', async () => {
    await apply('quiet');
    expect((await run(['watch', '--name=quiet', '--consumer=c1', '--via=poll', '--timeout=200ms'])).steps).toEqual([]);
    expect((await run(['list', '--watch', '--via=poll', '--timeout=200ms'])).steps).toEqual([]);
  });
});

describe('wait --via=stream', () => {
  it('ends with the report, whatever the way', async () => {
    const done = run(['wait', '--name=soon', '--consumer=slow', '--via=stream', '--timeout=20s']);
    await apply('soon', 'slow');
    expect(await done).toMatchObject({
      exitCode: 0,
      stdout: line('soon', 'condition met: Available (version 1)'),
      steps: ['subscribe', 'ready'],
    });
  });

  it('reads again after the stream broke, so that what happened meanwhile is not missed', async () => {
    await apply('broken', 'slow');
    const done = run(['wait', '--name=broken', '--consumer=slow', '--via=stream', '--timeout=20s']);
    await expect.poll(() => maestro.subscriptions(), { timeout: 10_000 }).toBe(1);
    maestro.setFault({ kind: 'refuse', channel: 'grpc' });
    await new Promise((resolve) => setTimeout(resolve, 1000));
    maestro.clearFaults();
    expect(await done).toMatchObject({ exitCode: 0 });
  });

  it('polls when the stream cannot be opened', async () => {
    await apply('denied');
    const done = await run(['wait', '--name=denied', '--consumer=c1', '--via=stream'], { denied: noRight });
    expect(done).toMatchObject({ exitCode: 0, steps: ['subscribe'] });
    expect(done.stderr).toContain('polling instead');
  });
});

describe('apply --watch --via=stream', () => {
  const written = ['apply', '-f', 'w.yaml', '--via=stream', '--timeout=20s'];

  it('subscribes before it writes, and ends with the report', async () => {
    const done = await run([...written, '--name=via', '--consumer=slow', '--watch=Available']);
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('via', 'created (version 1)') + line('via', 'condition met: Available (version 1)'),
    });
    expect(done.steps.toSorted()).toEqual(['create', 'ready', 'subscribe']);
    expect(done.steps[0]).toBe('subscribe');
    await expect.poll(() => maestro.subscriptions()).toBe(0);
  });

  it('neither holds the write back nor misses a report when the stream is long in coming', async () => {
    const done = await run([...written, '--name=early', '--consumer=c1', '--watch'], { readyAfterMs: 10_000 });
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining('condition met: Applied (version 1)') as string,
      steps: ['subscribe', 'create'],
    });
  });

  it('polls when the stream cannot be opened', async () => {
    const done = await run([...written, '--name=via-denied', '--consumer=c1', '--watch'], { denied: noRight });
    expect(done).toMatchObject({ exitCode: 0, steps: ['subscribe', 'create'] });
    expect(done.stderr).toContain('polling instead');
  });

  it('holds for a fleet: one stream, begun before the first write, for every wave', async () => {
    const done = await run([
      ...written,
      '--name=fleet-via',
      '--consumer=c1',
      '--consumer=slow',
      '--consumer=c2',
      '--waves=2',
      '--watch=Available',
    ]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout.match(/condition met: Available/g)).toHaveLength(3);
    expect(done.steps.filter((step) => step !== 'ready')).toEqual(['subscribe', 'create', 'create', 'create']);
    await expect.poll(() => maestro.subscriptions()).toBe(0);
  });

  it('hears of many works, and sees too the one of which nothing more is told', async () => {
    const many = await startStandIn({
      consumers: Array.from({ length: 80 }, (_unused, index) => `m${index}`),
      heartbeatMs: 100,
      agent: { delayMs: 800 },
      agents: { m7: { failManifests: ['ConfigMap/default/settings'] } },
    });
    try {
      const done = await runCli(
        [...written, '--all-consumers', '--watch', '--failure-grace=1s', '--results-path=r.json'],
        { endpoints: many, files: { 'w.yaml': workYaml('many') } },
      );
      expect(done.exitCode, done.stderr).toBe(7);
      expect(done.stdout.match(/condition met: Applied/g)).toHaveLength(79);
      expect(done.stderr).toContain('80 works on 80 consumers: 79 Applied, 1 failed (80 created)\n');
      expect(done.stderr).toMatch(/many on m7: /);
    } finally {
      await many.close();
    }
  });

  it('holds for a canary alone, and the rest needs no stream', async () => {
    const done = await run([
      ...written,
      '--name=canary-via',
      '--consumer=slow',
      '--consumer=c1',
      '--consumer=c2',
      '--canary=1',
    ]);
    expect(done).toMatchObject({
      exitCode: 0,
      stderr: expect.stringContaining('canary: waiting for Applied on 1 work\n') as string,
    });
    expect(done.stderr).toContain('3 works on 3 consumers: 3 created\n');
    expect(done.steps.filter((step) => step === 'subscribe')).toHaveLength(1);
  });

  it('holds for a fleet without the right to subscribe, too', async () => {
    const done = await run([...written, '--name=fleet-denied', '--consumer=c1', '--consumer=c2', '--watch'], {
      denied: noRight,
    });
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stderr).toContain('polling instead');
  });

  it('holds for build --apply', async () => {
    const done = await run([
      'build',
      '--apply',
      '-f',
      'w.yaml',
      '--name=built-via',
      '--consumer=c1',
      '--watch',
      '--via=stream',
    ]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.steps[0]).toBe('subscribe');
  });
});

describe('delete --watch --via=stream', () => {
  it('subscribes before it asks, and says what was seen: removed from the cluster', async () => {
    await apply('gone', 'c1', '--watch');
    const done = await run([
      'delete',
      '--name=gone',
      '--consumer=c1',
      '--watch',
      '--via=stream',
      '--results-path=r.json',
      '--results-format=adapter-result',
    ]);
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('gone', 'deletion requested') + line('gone', 'removed from the cluster'),
      steps: ['subscribe', 'ready', 'delete'],
    });
    expect(adapterResultOf(done, 'r.json')).toMatchObject({
      status: 'success',
      reason: 'Deleted',
      message: expect.stringContaining('removed from the cluster') as string,
    });
  });

  it('says no more than was seen when the stream cannot be opened', async () => {
    await apply('unseen', 'c1', '--watch');
    const done = await run(['delete', '--name=unseen', '--consumer=c1', '--watch', '--via=stream'], {
      denied: noRight,
    });
    expect(done).toMatchObject({
      exitCode: 0,
      stdout: line('unseen', 'deletion requested') + line('unseen', 'removed from Maestro'),
      steps: ['subscribe', 'delete'],
    });
  });

  it('never says so of objects that were left behind', async () => {
    await apply('kept', 'c1', '--watch');
    const done = await run([
      'delete',
      '--name=kept',
      '--consumer=c1',
      '--orphan',
      '--watch',
      '--via=stream',
      '--timeout=20s',
    ]);
    expect(done.exitCode, done.stderr).toBe(0);
    expect(done.stdout).toContain(line('kept', 'removed from Maestro'));
  });

  it('is a usage error without --watch', async () => {
    expect(await run(['delete', '--name=gone', '--consumer=c1', '--via=stream'])).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining('--via is for --watch') as string,
    });
  });
});
