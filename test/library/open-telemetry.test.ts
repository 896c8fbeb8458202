import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import * as otel from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { InMemorySpanExporter, SimpleSpanProcessor, TracerProvider } from '@opentelemetry/sdk-trace';
import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { build } from 'esbuild';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  createMaestroClient,
  type MaestroClient,
  type MaestroClientOptions,
  type ManifestWork,
} from '../../src/index.ts';
import { createStandIn, type InProcessStandIn } from '../../src/standin/index.ts';
import { projectRoot } from '../support/run-cli.ts';

const work = (value: string): ManifestWork => ({
  name: 'w',
  labels: {},
  annotations: {},
  manifests: [{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'w', namespace: 'default' }, data: { value } }],
  manifestConfigs: [],
});

const exporter = new InMemorySpanExporter();
let standIn: InProcessStandIn;
let maestro: MaestroClient;

async function client(options: Partial<MaestroClientOptions> = {}): Promise<MaestroClient> {
  return createMaestroClient({ inProcess: standIn, source: 'adapter', ...options });
}

beforeEach(async () => {
  otel.context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  otel.trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
  standIn = await createStandIn({ consumers: ['c1', 'c2'], agent: { delayMs: 1 } });
  maestro = await client();
});
afterEach(async () => {
  await maestro.close();
  await standIn.close();
  otel.trace.disable();
  otel.context.disable();
  exporter.reset();
});

/** The spans of one trace as a tree: `name` with its children below it, in the order of their starts. */
interface Tree {
  readonly [name: string]: Tree;
}

function spans(name: string): readonly ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}

function span(name: string): ReadableSpan {
  const [first] = spans(name);
  if (first === undefined) throw new Error(`no span ${name}`);
  return first;
}

function below(parent: ReadableSpan | undefined): Tree {
  const children = exporter
    .getFinishedSpans()
    .filter((one) => one.parentSpanContext?.spanId === parent?.spanContext().spanId);
  return Object.fromEntries(children.map((child) => [child.name, below(child)]));
}

const traceparentOf = (one: ReadableSpan): string => `00-${one.spanContext().traceId}-${one.spanContext().spanId}-01`;

describe('with a registered provider', () => {
  it('an apply that waits is one trace: its reads, its write and its wait', async () => {
    await maestro.works('c1').apply(work('one'), { wait: 'Applied' });
    expect(below(undefined)).toEqual({
      'maestro.apply': { 'maestro.read': {}, 'maestro.publish': {}, 'maestro.wait': {} },
    });
    expect(new Set(exporter.getFinishedSpans().map((one) => one.spanContext().traceId)).size).toBe(1);
    expect(exporter.getFinishedSpans().map((one) => one.status.code)).toEqual(
      exporter.getFinishedSpans().map(() => otel.SpanStatusCode.UNSET),
    );
  });

  it('spans say what they are of', async () => {
    await maestro.works('c1').apply(work('one'), { wait: 'Applied' });
    const named = { 'maestro.consumer': 'c1', 'maestro.work.name': 'w' };
    expect(span('maestro.apply')).toMatchObject({
      kind: otel.SpanKind.INTERNAL,
      attributes: { ...named, 'maestro.source': 'adapter' },
      instrumentationScope: { name: 'maestro-cli' },
    });
    expect(span('maestro.publish')).toMatchObject({
      kind: otel.SpanKind.CLIENT,
      attributes: {
        ...named,
        'maestro.operation': 'create',
        'rpc.system.name': 'grpc',
        'rpc.method': 'io.cloudevents.v1.CloudEventService/Publish',
      },
    });
    expect(span('maestro.wait')).toMatchObject({ attributes: { ...named, 'maestro.wait.for': 'Applied' } });
    expect(span('maestro.read')).toMatchObject({
      kind: otel.SpanKind.CLIENT,
      attributes: { 'maestro.operation': 'getBundle' },
    });
  });

  it('what is published carries the span that publishes it, and hangs below the active span of the program', async () => {
    const outer = otel.trace.getTracer('program').startSpan('handle event');
    await otel.context.with(otel.trace.setSpan(otel.context.active(), outer), () =>
      maestro.works('c1').apply(work('one')),
    );
    outer.end();
    expect(below(undefined)).toEqual({
      'handle event': { 'maestro.apply': { 'maestro.read': {}, 'maestro.publish': {} } },
    });
    expect(standIn.publishes()).toMatchObject([{ traceparent: traceparentOf(span('maestro.publish')) }]);
  });

  it('a fleet has a span for each work', async () => {
    await maestro.applyMany(['c1', 'c2'].map((consumer) => ({ op: 'apply', consumer, work: work('one') })));
    await maestro.deleteMany([{ consumer: 'c2', name: 'w' }]);
    const fleets = spans('maestro.fleet');
    expect(fleets.map(({ attributes }) => attributes['maestro.works'])).toEqual([2, 1]);
    expect(
      spans('maestro.apply')
        .map(({ attributes }) => attributes['maestro.consumer'])
        .sort(),
    ).toEqual(['c1', 'c2']);
    for (const one of spans('maestro.apply'))
      expect(one.parentSpanContext?.spanId).toBe(fleets[0]?.spanContext().spanId);
    expect(span('maestro.delete').attributes).toMatchObject({ 'maestro.consumer': 'c2', 'maestro.work.name': 'w' });
  });

  it('a roll-out has a span for each work, and for each wait', async () => {
    await maestro.rollOut({ works: work('one'), consumers: ['c1', 'c2'], strategy: { canary: 1 }, wait: 'Applied' });
    const [fleet] = spans('maestro.fleet');
    expect(fleet?.attributes).toMatchObject({ 'maestro.works': 2, 'maestro.works.failed': 0 });
    for (const name of ['maestro.apply', 'maestro.wait'])
      expect(spans(name).map((one) => one.parentSpanContext?.spanId)).toEqual([
        fleet?.spanContext().spanId,
        fleet?.spanContext().spanId,
      ]);
  });

  it('a delete that waits, a get and a list are seen too', async () => {
    await maestro.works('c1').apply(work('one'));
    exporter.reset();
    await maestro.works('c1').get('w');
    expect(below(undefined)).toEqual({ 'maestro.read': {} });
    exporter.reset();
    for await (const bundle of maestro.works('c1').list()) void bundle;
    expect(spans('maestro.read').map(({ attributes }) => attributes['maestro.operation'])).toContain('listBundles');
    exporter.reset();
    await maestro.works('c1').delete('w', { wait: true });
    expect(below(undefined)).toMatchObject({ 'maestro.delete': { 'maestro.publish': {}, 'maestro.wait': {} } });
  });
});

describe('a failure is told by the span', () => {
  it('that Maestro refuses', async () => {
    standIn.setFault({ kind: 'status', channel: 'grpc', status: 2, message: 'maestro-6: already exists', count: 1 });
    await expect(maestro.works('c1').apply(work('one'))).rejects.toMatchObject({ code: 'conflict' });
    for (const name of ['maestro.publish', 'maestro.apply'])
      expect(span(name)).toMatchObject({
        status: { code: otel.SpanStatusCode.ERROR, message: expect.stringMatching(/exist/) as string },
        attributes: { 'error.type': 'conflict', 'maestro.reason': 'Conflict' },
      });
    expect(span('maestro.read').status.code).toBe(otel.SpanStatusCode.UNSET);
  });

  it('that ran out of time', async () => {
    standIn.setAgent('c1', { online: false });
    const applied = maestro.works('c1').apply(work('one'), { wait: 'Applied', timeoutMs: 300 });
    await expect(applied).rejects.toMatchObject({ code: 'timeout' });
    for (const name of ['maestro.wait', 'maestro.apply'])
      expect(span(name)).toMatchObject({
        status: { code: otel.SpanStatusCode.ERROR },
        attributes: { 'error.type': 'timeout' },
      });
    expect(span('maestro.publish').status.code).toBe(otel.SpanStatusCode.UNSET);
  });

  it('that was aborted', async () => {
    standIn.setAgent('c1', { online: false });
    const stop = new AbortController();
    const waited = maestro.works('c1').wait('w', 'Applied', { signal: stop.signal });
    setTimeout(() => stop.abort(new Error('enough')), 50);
    await expect(waited).rejects.toThrow('enough');
    expect(span('maestro.wait')).toMatchObject({
      status: { code: otel.SpanStatusCode.ERROR, message: expect.stringMatching(/^enough/) as string },
      attributes: { 'error.type': 'interrupted' },
    });
  });

  it('of one work of a fleet, with how many failed', async () => {
    const tasks = ['c1', 'typo'].map((consumer) => ({ op: 'apply', consumer, work: work('one') }) as const);
    await maestro.applyMany(tasks);
    expect(span('maestro.fleet').attributes).toMatchObject({ 'maestro.works': 2, 'maestro.works.failed': 1 });
    const failed = spans('maestro.apply').filter(({ status }) => status.code === otel.SpanStatusCode.ERROR);
    expect(failed).toMatchObject([{ attributes: { 'maestro.consumer': 'typo', 'error.type': 'not-found' } }]);
  });
});

describe('who asks for it', () => {
  it('`false` makes no span, and sends no trace', async () => {
    const untraced = await client({ tracing: false });
    await untraced.works('c1').apply(work('one'), { wait: 'Applied' });
    await untraced.close();
    expect(exporter.getFinishedSpans()).toEqual([]);
    expect(standIn.publishes().every((publish) => publish.traceparent === undefined)).toBe(true);
  });

  it('a program gives its own API', async () => {
    const given = await client({ tracing: otel });
    await given.works('c1').apply(work('one'));
    await given.close();
    expect(spans('maestro.publish')).toHaveLength(1);
  });

  it('what is no API is refused in one line', async () => {
    const wrong = client({ tracing: true as unknown as false });
    await expect(wrong).rejects.toMatchObject({
      code: 'usage',
      message: 'tracing takes the module @opentelemetry/api, or false',
    });
  });

  it('a client that was there before the provider takes notice of it', async () => {
    otel.trace.disable();
    otel.context.disable();
    const early = await client();
    await early.works('c1').apply(work('one'));
    expect(exporter.getFinishedSpans()).toEqual([]);
    otel.trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors: [new SimpleSpanProcessor({ exporter })] }));
    await early.works('c1').apply(work('two'));
    await early.close();
    expect(spans('maestro.publish')).toHaveLength(1);
  });
});

it('a program without OpenTelemetry never looks for it', async () => {
  const script = `
    import { registerHooks } from 'node:module';
    const asked = [];
    registerHooks({ resolve: (name, context, next) => (asked.push(name), next(name, context)) });
    const { createMaestroClient } = await import('${join(projectRoot, 'src/index.ts')}');
    const { createStandIn } = await import('${join(projectRoot, 'src/standin/index.ts')}');
    const standIn = await createStandIn({ consumers: ['c1'], agent: { delayMs: 1 } });
    const maestro = await createMaestroClient({ inProcess: standIn, source: 's' });
    await maestro.works('c1').apply(${JSON.stringify(work('one'))}, { wait: 'Applied' });
    await maestro.close();
    await standIn.close();
    console.log(JSON.stringify({ modules: asked.length, asked: asked.filter((name) => name.includes('telemetry/')) }));`;
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script]);
  const { modules, asked } = JSON.parse(stdout) as { readonly modules: number; readonly asked: readonly string[] };
  expect(modules).toBeGreaterThan(50);
  expect(asked).toEqual([]);
});

it('a program without OpenTelemetry can be bundled', async () => {
  const asked: string[] = [];
  const { warnings, errors } = await build({
    entryPoints: [join(projectRoot, 'src/index.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    logLevel: 'silent',
    plugins: [
      {
        name: 'absent',
        setup: (bundle) => {
          bundle.onResolve({ filter: /^@opentelemetry/ }, ({ path }) => {
            asked.push(path);
            return { errors: [{ text: `${path} is not installed` }] };
          });
        },
      },
    ],
  });
  expect({ warnings, errors, asked }).toEqual({ warnings: [], errors: [], asked: [] });
});
