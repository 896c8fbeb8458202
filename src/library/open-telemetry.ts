import { readTraceContext, traceparentOf, type TraceContext } from '../core/trace-context.ts';
import { MaestroError } from '../errors.ts';
import type { Span, SpanAttributes, SpanStart, Tracer } from '../operations/tracing.ts';

/**
 * What is used of `@opentelemetry/api`, which is no dependency: its module fits, `import * as api from
 * '@opentelemetry/api'`.
 */
export interface OpenTelemetryApi {
  readonly trace: {
    getTracer(name: string): OpenTelemetryTracer;
    getSpanContext(context: OpenTelemetryContext): OpenTelemetrySpanContext | undefined;
    setSpan(context: OpenTelemetryContext, span: OpenTelemetrySpan): OpenTelemetryContext;
  };
  readonly context: {
    active(): OpenTelemetryContext;
    with<T>(context: OpenTelemetryContext, run: () => T): T;
  };
}

/** `Context` of `@opentelemetry/api`. */
export interface OpenTelemetryContext {
  getValue(key: symbol): unknown;
  setValue(key: symbol, value: unknown): OpenTelemetryContext;
  deleteValue(key: symbol): OpenTelemetryContext;
}

/** `Tracer` of `@opentelemetry/api`. */
export interface OpenTelemetryTracer {
  startSpan(
    name: string,
    options: { readonly kind: number; readonly attributes: Record<string, string | number | boolean> },
    context: OpenTelemetryContext,
  ): OpenTelemetrySpan;
}

/** `Span` of `@opentelemetry/api`. */
export interface OpenTelemetrySpan {
  spanContext(): OpenTelemetrySpanContext;
  setAttributes(attributes: Record<string, string | number | boolean>): unknown;
  setStatus(status: { code: number; message?: string }): unknown;
  end(): void;
}

/** `SpanContext` of `@opentelemetry/api`. */
export interface OpenTelemetrySpanContext {
  readonly traceId: string;
  readonly spanId: string;
  readonly traceFlags: number;
  readonly traceState?: { serialize(): string } | undefined;
}

/** Numbers of the enumerations of `@opentelemetry/api`, which are not imported for two of them. */
const kindInternal = 0;
const kindClient = 2;
const statusError = 2;

const tracerName = 'maestro-cli';
/** Where every copy of the package keeps what was registered with any of them. */
const registered = Symbol.for('opentelemetry.js.api.1');
/** In the context of what is done in a wait: its many reads are no spans. */
const waiting = Symbol.for('maestro-cli waits');

/**
 * Makes spans with OpenTelemetry.
 *
 * @param given its API; without it the one that is installed, loaded when a provider was registered with it, and never
 *   before
 * @throws MaestroError usage for what is no such API
 */
export function openTelemetryTracer(given?: OpenTelemetryApi): Tracer {
  if (given !== undefined && !isApi(given))
    throw new MaestroError('usage', 'tracing takes the module @opentelemetry/api, or false', {
      hint: "import * as api from '@opentelemetry/api', and give it as tracing. Without the option a provider that is registered is found.",
    });
  let api = given;
  let loading: Promise<OpenTelemetryApi | undefined> | undefined;
  const bridge = (loaded: OpenTelemetryApi): OpenTelemetryApi => (api = loaded);
  return {
    during: (start, work) => {
      if (api !== undefined) return spanDuring(api, start, work);
      if (!isRegistered()) return work(noSpan);
      loading ??= loadApi();
      return loading.then((loaded) => (loaded === undefined ? work(noSpan) : spanDuring(bridge(loaded), start, work)));
    },
    current: () => (api === undefined ? undefined : traceOf(api.trace.getSpanContext(api.context.active()))),
  };
}

const noSpan: Span = { trace: undefined, set: () => undefined, fail: () => undefined };

/** A program without types may give anything, such as `true`. */
function isApi(given: unknown): boolean {
  const { trace, context } = (given ?? {}) as Partial<OpenTelemetryApi>;
  return typeof trace?.getTracer === 'function' && typeof context?.active === 'function';
}

function isRegistered(): boolean {
  // eslint-disable-next-line only/global-object -- OpenTelemetry keeps there what is registered
  const api = Reflect.get(globalThis, registered) as
    { readonly trace?: unknown; readonly context?: unknown } | undefined;
  return api?.trace !== undefined || api?.context !== undefined;
}

/** Its name is no literal, so that a bundler does not ask for a package that may be absent. */
async function loadApi(): Promise<OpenTelemetryApi | undefined> {
  const name: string = '@opentelemetry/api';
  try {
    // eslint-disable-next-line only/import -- no layer may need it, and a bundle must not
    return (await import(/* webpackIgnore: true */ /* @vite-ignore */ name)) as OpenTelemetryApi;
  } catch {
    // Registered with a copy that cannot be reached from here: the option `tracing` takes it.
    return undefined;
  }
}

async function spanDuring<T>(
  { trace, context }: OpenTelemetryApi,
  { name, attributes }: SpanStart,
  work: (span: Span) => Promise<T>,
): Promise<T> {
  const outer = context.active();
  if (name === 'maestro.read' && outer.getValue(waiting) === true)
    return work({ ...noSpan, trace: traceOf(trace.getSpanContext(outer)) });
  const kind = name === 'maestro.read' || name === 'maestro.publish' ? kindClient : kindInternal;
  const span = trace.getTracer(tracerName).startSpan(name, { kind, attributes: { ...attributes() } }, outer);
  const within = trace.setSpan(name === 'maestro.wait' ? outer.setValue(waiting, true) : outer, span);
  const own: Span = {
    trace: traceOf(span.spanContext()),
    set: (more: SpanAttributes) => void span.setAttributes({ ...more }),
    fail: (error) => tellError(span, error),
  };
  try {
    return await context.with(within, () => work(own));
  } catch (error) {
    tellError(span, error);
    throw error;
  } finally {
    span.end();
  }
}

function tellError(span: OpenTelemetrySpan, error: unknown): void {
  const ours = error instanceof MaestroError ? error : undefined;
  span.setStatus({ code: statusError, message: error instanceof Error ? error.message : String(error) });
  span.setAttributes({
    'error.type': ours?.code ?? (error instanceof Error ? error.name : 'unknown'),
    ...(ours === undefined ? {} : { 'maestro.reason': ours.reason }),
  });
}

/** undefined for the context of nothing, all zero. */
function traceOf(context: OpenTelemetrySpanContext | undefined): TraceContext | undefined {
  if (context === undefined) return undefined;
  const { traceId, spanId } = context;
  const traceFlags = (context.traceFlags & 0xff).toString(16).padStart(2, '0');
  return readTraceContext(traceparentOf({ traceId, spanId, traceFlags }), context.traceState?.serialize()).trace;
}
