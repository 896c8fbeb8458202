import { oneLine, shownJson } from '../../core/shown-text.ts';
import { pino, type Logger } from 'pino';
import type { ControllerLogOptions, Log, LogFields, LogLevel } from './log.ts';

export interface LogSink {
  write(text: string): void;
}

const secretName = /token|password|passwd|secret|authorization|cookie|credential|private_?key/i;
const secretText: readonly (readonly [RegExp, string])[] = [
  [/\b(bearer|basic)\s+[\w.~+/=-]{8,}/gi, '$1 [redacted]'],
  [/\beyJ[\w-]{10,}\.[\w-]+\.[\w-]*/g, '[redacted]'],
  [/(:\/\/)[^/\s:@]+:[^/\s@]+@/g, '$1[redacted]@'],
];

/** Takes out what looks like a credential: a token in an error of a library must not end in a log store. */
export function redacted(text: string): string {
  return secretText.reduce((clean, [pattern, replacement]) => clean.replace(pattern, replacement), text);
}

/** A line of the controllers' log in JSON. Facts beside the message are members of their own, such as `cluster`. */
export interface PrintedControllerLine {
  /**
   * When it was written: RFC 3339, UTC.
   *
   * @format date-time
   */
  readonly time: string;
  /** How much it matters. */
  readonly level: Exclude<LogLevel, 'trace'>;
  /** What there is to say. */
  readonly msg: string;
  readonly [fact: string]: string | number | boolean;
}

/** A log of pino, one line an event; `text` is for people, `json` for collectors. */
export function createPinoLog(options: ControllerLogOptions, sink: LogSink, wallMs: () => number): Log {
  const logger = pino(
    {
      level: options.level,
      base: null,
      timestamp: () => `,"time":"${new Date(wallMs()).toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
    },
    { write: (line: string) => sink.write(options.format === 'json' ? shownJson(line) : asText(line)) },
  );
  return logOf(logger);
}

function logOf(logger: Logger): Log {
  return {
    error: (message, fields) => logger.error(clean(fields), redacted(message)),
    warn: (message, fields) => logger.warn(clean(fields), redacted(message)),
    info: (message, fields) => logger.info(clean(fields), redacted(message)),
    debug: (message, fields) => {
      // Asked first: at 1,000 reports a second a line that nobody reads must cost nothing.
      if (logger.isLevelEnabled('debug')) logger.debug(clean(fields), redacted(message));
    },
    with: (fields) => logOf(logger.child(clean(fields))),
  };
}

function clean(fields: LogFields = {}): Record<string, string | number | boolean> {
  const kept: Record<string, string | number | boolean> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (value === undefined) continue;
    if (secretName.test(name)) kept[name] = '[redacted]';
    else kept[name] = typeof value === 'string' ? redacted(value) : value;
  }
  return kept;
}

/** `2026-01-31T12:00:00.000Z info  message name=value`. */
function asText(line: string): string {
  const { time, level, msg, ...fields } = JSON.parse(line) as Record<string, unknown>;
  const rest = Object.entries(fields).map(
    ([name, value]) =>
      ` ${name}=${typeof value === 'string' && /^[\w./:@-]+$/.test(value) ? value : shownJson(JSON.stringify(value))}`,
  );
  return `${String(time)} ${String(level).padEnd(5)} ${oneLine(String(msg))}${rest.join('')}\n`;
}
