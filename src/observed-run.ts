import type { OnRequest, RequestFact } from './clients/transport.ts';
import type { Context } from './context.ts';
import { isoTime } from './core/iso-time.ts';
import { oneLine } from './core/shown-text.ts';
import { ConnectionTrouble, endpointText, located, refuseUnchosen } from './operations/connection-trouble.ts';
import type { RunFacts } from './core/outcome/run-facts.ts';
import { MaestroError } from './errors.ts';
import { observed } from './operations/observed-calls.ts';
import { Stopwatch } from './operations/stopwatch.ts';
import { eventIdOf, traceOf } from './output/run-identity.ts';
import { writeLog, type LogOptions } from './output/reporter.ts';

/** A run that is measured, and whose connections are seen. */
export interface ObservedRun {
  /** What the command gets. */
  readonly context: Context;
  readonly facts: () => RunFacts;
  /** How the command logs, once it has begun. */
  readonly log: () => LogOptions;
  /** The command begins; its logs are as it was told, and so is its time, if it ends. */
  begin(log: LogOptions | undefined, timeoutMs: number | undefined): void;
}

/** Puts what measures a run between it and the world. */
export function observeRun(host: Context): ObservedRun {
  const { clock, env, stderr, startedMs = clock.monotonicMs() } = host;
  const startedAt = isoTime(clock.wallMs() - (clock.monotonicMs() - startedMs));
  const stopwatch = new Stopwatch(() => clock.monotonicMs(), startedMs);
  const eventId = eventIdOf(env);
  const { trace, problem } = traceOf(env);
  const facts = (): RunFacts => ({
    startedAt,
    ...(eventId === undefined ? {} : { eventId }),
    ...(trace === undefined ? {} : { trace }),
    timings: stopwatch.timings(),
  });
  let log: LogOptions = { verbose: false, quiet: false, format: 'text' };
  let time: { readonly startMs: number; readonly totalMs?: number } = { startMs: startedMs };
  let named = false;
  const nameTarget = (text: string): void => {
    if (named) return;
    named = true;
    if (stderr.isTTY) writeLog(host, log, 'info', `writing to ${text}`);
  };
  const onRequest: OnRequest = (fact) => writeLog(host, log, 'debug', requestText(fact), fact);
  const connect: Context['connect'] = async (settings, told = log.verbose ? onRequest : undefined) => {
    refuseUnchosen(settings);
    const opened = await stopwatch.during('connect', () => host.connect(settings, told));
    // What forwards it is loaded only for a run that has a trace.
    const maestro =
      trace === undefined ? opened : (await import('./operations/traced-calls.ts')).forwarding(opened, trace);
    const trouble = new ConnectionTrouble(settings, {
      clock,
      time,
      tell: (level, text) => writeLog(host, log, level, text),
    });
    return observed(maestro, {
      stopwatch,
      eventId,
      onTrouble: (error, channel) => trouble.failed(error, channel),
      onAnswered: (channel) => trouble.answered(channel),
      onWrite: (channel) => nameTarget(endpointText(settings, channel)),
      explain: (error, channel) => (error instanceof MaestroError ? located(error, settings, channel) : error),
    });
  };
  // Its getters stay getters: what is asked for by few costs only those.
  const members = {
    ...Object.getOwnPropertyDescriptors(host),
    ...Object.getOwnPropertyDescriptors({
      stopwatch,
      facts,
      connect,
      nameTarget,
      get tellRequest() {
        return log.verbose ? onRequest : undefined;
      },
    }),
  };
  return {
    context: Object.defineProperties({}, members) as Context,
    facts,
    log: () => log,
    begin: (given, totalMs) => {
      log = given ?? log;
      time = { startMs: clock.monotonicMs(), ...(totalMs === undefined ? {} : { totalMs }) };
      stopwatch.started();
      // In text, once; each line of JSON has it.
      if (given?.format === 'text' && !given.quiet) {
        if (eventId !== undefined) stderr.write(`event ${oneLine(eventId)}\n`);
        if (trace !== undefined) stderr.write(`trace ${trace.traceId}\n`);
      }
      if (problem !== undefined && given !== undefined) writeLog(host, given, 'warn', `${problem}; it is left out`);
    },
  };
}

/** `GET http://…: 200 in 12 ms, try 2` */
function requestText({ method, target, status, milliseconds, retries }: RequestFact): string {
  return `${method} ${target}: ${status} in ${milliseconds} ms${retries === 0 ? '' : `, try ${retries + 1}`}`;
}
