import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createStandIn, type InProcessStandIn } from '../../src/standin/index.ts';
import { runCli, type CliRun } from '../support/run-cli.ts';
import { workYaml } from './support/works.ts';

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const spanId = '00f067aa0ba902b7';
const traceparent = `00-${traceId}-${spanId}-01`;

let maestro: InProcessStandIn;
beforeAll(async () => {
  maestro = await createStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 1 } });
});
afterAll(() => maestro.close());

const run = (argv: readonly string[], env: Readonly<Record<string, string>>, value = 'one'): Promise<CliRun> =>
  runCli(argv, { maestro, env, files: { 'w.yaml': workYaml('w', { value }) } });

const apply = ['apply', '-f', 'w.yaml', '--consumer=c1', '--results-path=r.json'];
const detailsOf = ({ files }: CliRun): unknown =>
  (JSON.parse(files['r.json'] ?? '') as { readonly details: unknown }).details;

describe('a run with TRACEPARENT', () => {
  it('hands the trace on with what it publishes, as it got it', async () => {
    const { exitCode } = await run(apply, { TRACEPARENT: traceparent }, 'handed on');
    expect(exitCode).toBe(0);
    expect(maestro.publishes().at(-1)).toMatchObject({ traceparent });
  });

  it('hands it on for each work of a fleet, for a build and for a deletion', async () => {
    const before = maestro.publishes().length;
    const env = { TRACEPARENT: traceparent };
    await run(['apply', '-f', 'w.yaml', '--consumer=c1', '--consumer=c2', '--watch'], env, 'fleet');
    await run(['build', '-f', 'w.yaml', '--name=w', '--consumer=c2', '--apply'], env, 'built');
    await run(['delete', '--name=w', '--consumer=c2', '--watch'], env);
    const published = maestro.publishes().slice(before);
    expect(published.map(({ type }) => type.split('.').at(-1))).toEqual(
      expect.arrayContaining(['create_request', 'update_request', 'delete_request']),
    );
    expect(new Set(published.map((one) => one.traceparent))).toEqual(new Set([traceparent]));
  });

  it.each([{ format: 'status-result' }, { format: 'adapter-result' }])(
    'tells it in details of $format',
    async ({ format }) => {
      const traced = await run([...apply, `--results-format=${format}`], { TRACEPARENT: traceparent });
      expect(detailsOf(traced)).toMatchObject({ trace: { traceId, spanId, traceFlags: '01' } });
      expect(detailsOf(await run([...apply, `--results-format=${format}`], {}))).not.toHaveProperty('trace');
    },
  );

  it('tells it in -o json', async () => {
    const { stdout } = await run([...apply, '-o', 'json'], { TRACEPARENT: traceparent });
    expect(JSON.parse(stdout)).toMatchObject({ details: { trace: { traceId, spanId } } });
  });

  it("has it in each line of a JSON log, under OpenTelemetry's names, in errors too", async () => {
    const argv = ['get', '--name=none', '--consumer=c1', '--log-format=json', '-v'];
    const { stderr, exitCode } = await run(argv, { TRACEPARENT: traceparent, EVENT_ID: 'e1' });
    expect(exitCode).toBe(3);
    const lines = stderr.trimEnd().split('\n');
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({
        eventId: 'e1',
        trace_id: traceId,
        span_id: spanId,
        trace_flags: '01',
      });
  });

  it('says it once in a text log, and not with --quiet', async () => {
    const { stderr } = await run(['list', '--consumer=c1'], { TRACEPARENT: traceparent });
    expect(stderr).toBe(`trace ${traceId}\n`);
    expect((await run(['list', '--consumer=c1', '--quiet'], { TRACEPARENT: traceparent })).stderr).toBe('');
  });
});

describe('a TRACEPARENT that is none', () => {
  it('is said in one line, and changes nothing else', async () => {
    const env = { TRACEPARENT: '${traceparent}' };
    const { exitCode, stderr, ...rest } = await run(apply, env, 'unfilled');
    expect(exitCode).toBe(0);
    expect(stderr).toBe('warning: traceparent is not as W3C Trace Context has it; it is left out\n');
    expect(maestro.publishes().at(-1)).not.toHaveProperty('traceparent');
    expect(detailsOf({ exitCode, stderr, ...rest })).not.toHaveProperty('trace');
  });

  it('is nothing when it is empty', async () => {
    expect((await run(apply, { TRACEPARENT: '' })).stderr).toBe('');
  });
});
