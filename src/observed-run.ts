import type { Context } from './context.ts';
import { oneLine } from './core/shown-text.ts';
import { forgottenEndpoint, isForgotten, withForgotten } from './operations/default-endpoint.ts';
import type { RunFacts } from './core/outcome/run-facts.ts';
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
  /** The command begins; its logs are as it was told. */
  begin(log: LogOptions | undefined): void;
}

/** Puts what measures a run between it and the world. */
export function observeRun(host: Context): ObservedRun {
  const { clock, env, stderr, startedMs = clock.monotonicMs() } = host;
  const startedAt = new Date(clock.wallMs() - (clock.monotonicMs() - startedMs)).toISOString();
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
  const connect: Context['connect'] = async (settings) => {
    const opened = await stopwatch.during('connect', () => host.connect(settings));
    // What forwards it is loaded only for a run that has a trace.
    const maestro =
      trace === undefined ? opened : (await import('./operations/traced-calls.ts')).forwarding(opened, trace);
    let warned = false;
    return observed(maestro, {
      stopwatch,
      eventId,
      onUnreached: (channel) => {
        if (warned || !isForgotten(settings, channel)) return;
        warned = true;
        writeLog(host, log, 'warn', forgottenEndpoint(settings, channel));
      },
      explain: (error, channel) => (isForgotten(settings, channel) ? withForgotten(error, channel) : error),
    });
  };
  // Its getters stay getters: what is asked for by few costs only those.
  const members = {
    ...Object.getOwnPropertyDescriptors(host),
    ...Object.getOwnPropertyDescriptors({ stopwatch, facts, connect }),
  };
  return {
    context: Object.defineProperties({}, members) as Context,
    facts,
    log: () => log,
    begin: (given) => {
      log = given ?? log;
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
