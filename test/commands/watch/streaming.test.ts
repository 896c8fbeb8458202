import { describe, expect, it } from 'vitest';
import { MaestroError } from '../../../src/errors.ts';
import { noRight, refused, streamingRuns } from '../support/streaming.ts';

const runs = streamingRuns();
const { run, apply } = runs;

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
    await expect.poll(() => runs.maestro.subscriptions()).toBe(0);
  });

  it('of many works hears of those that came after it began, and only of those that are wanted', async () => {
    let printed = '';
    const stop = new AbortController();
    const watching = run(['list', '--watch', '--consumer=c2', '--resource=ConfigMap', '--interval=1h', '-o', 'json'], {
      onStdout: (text) => (printed += text),
      signal: stop.signal,
    });
    await expect.poll(() => runs.maestro.subscriptions(), { timeout: 10_000 }).toBe(1);
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
