import type { Clock } from '../clock.ts';
import type { BottomArea, OutputStream } from '../context.ts';
import { paragraph } from '../core/shown-text.ts';
import { wantsColour } from './colour.ts';
import { identityFields } from './run-identity.ts';
import { logLine, type LogLevel, type LogLineFields } from './log-line.ts';
import { mark } from './mark.ts';
import { spinnerMark } from './spinner-mark.ts';

export interface LogOptions {
  readonly verbose: boolean;
  readonly quiet: boolean;
  readonly format: 'text' | 'json';
}

/** What a command says while it works: all of it on stderr. */
export interface Reporter {
  /** What is going on now: a spinner on a terminal, a line per change elsewhere. */
  progress(text: string): void;
  info(text: string): void;
  warn(text: string): void;
  /**
   * A warning with --quiet, too: what a write took away and no other output of the run tells. Nobody could find out
   * afterwards.
   */
  warnAlways(text: string): void;
  /** What is missing from the result; with --quiet, too. */
  error(text: string): void;
  /** Only with -v. */
  debug(text: string): void;
  /** Takes away what is drawn; call it when nothing goes on any more. */
  end(): void;
}

/** Whether lines may be drawn again and again: a person looks at a terminal that can do it. */
function isLively(
  stderr: Pick<OutputStream, 'isTTY'>,
  options: LogOptions,
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  return (
    stderr.isTTY && options.format === 'text' && !options.quiet && env['TERM'] !== 'dumb' && env['CI'] === undefined
  );
}

/** Where lines go, and what stands in each of them. */
interface LogPlace {
  readonly stderr: Pick<OutputStream, 'write'> & Partial<OutputStream>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly clock: Pick<Clock, 'wallMs'>;
}

/** One line on stderr, in the form that was asked for, unless it is not wanted. */
export function writeLog(
  { stderr, env, clock }: LogPlace,
  options: LogOptions,
  ...[level, text, fields]: readonly [level: LogLevel, text: string, fields?: LogLineFields]
): void {
  if (options.quiet && level !== 'error') return;
  if (level === 'debug' && !options.verbose) return;
  if (options.format === 'json')
    stderr.write(logLine(clock.wallMs(), level, text, { ...fields, ...identityFields(env) }));
  else if (level === 'info' || level === 'progress') stderr.write(`${paragraph(text)}\n`);
  else if (level === 'debug') stderr.write(`debug: ${paragraph(text)}\n`);
  else stderr.write(`${mark(level === 'warn' ? 'warning' : 'error', { stderr, env })}: ${paragraph(text)}\n`);
}

/** A warning that --quiet does not keep back. */
export function warnAlways(place: LogPlace, options: LogOptions, text: string): void {
  writeLog(place, { ...options, quiet: false }, 'warn', text);
}

/** Draws what is going on at the bottom of a terminal; elsewhere it is a line like all others. */
export function openReporter(
  stderr: OutputStream,
  options: LogOptions,
  env: Readonly<Record<string, string | undefined>>,
  clock: Pick<Clock, 'wallMs'>,
): Reporter {
  const line = (level: LogLevel, text: string): void => writeLog({ stderr, env, clock }, options, level, text);
  const bottom = bottomOf(stderr, options, env);
  const colour = bottom !== undefined && wantsColour(stderr, env);
  return {
    progress: (text) => {
      if (bottom === undefined) line('progress', text);
      else bottom.show(() => [{ before: spinnerMark(clock.wallMs(), colour), text }]);
    },
    info: (text) => line('info', text),
    warn: (text) => line('warn', text),
    warnAlways: (text) => warnAlways({ stderr, env, clock }, options, text),
    error: (text) => line('error', text),
    debug: (text) => line('debug', text),
    end: () => bottom?.end(),
  };
}

/** Where lines may be drawn again and again, if anywhere. */
export function bottomOf(
  stderr: OutputStream,
  options: LogOptions,
  env: Readonly<Record<string, string | undefined>>,
): BottomArea | undefined {
  return isLively(stderr, options, env) ? stderr.bottom : undefined;
}
