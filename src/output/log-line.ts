import type { ErrorFacts } from './error-value.ts';
import { printedJson } from './json.ts';
import type { IdentityFields } from './run-identity.ts';

/** A line on standard error with `--log-format=json`. */
export interface PrintedLogLine extends LogLineFields {
  /**
   * When it was written: RFC 3339, UTC.
   *
   * @format date-time
   */
  readonly time: string;
  /** `progress` says what is going on now; `debug` comes only with -v. */
  readonly level: LogLevel;
  /** What there is to say. */
  readonly msg: string;
}

export type LogLevel = 'progress' | 'debug' | 'info' | 'warn' | 'error';

/** What belongs to a line. */
export interface LogLineFields extends Partial<ErrorFacts>, IdentityFields {
  /** Of a bug in maestro-cli: where it came about. */
  readonly trace?: string;
}

/** One line of JSON logs, as everything on stderr has it: `{"time":…,"level":…,"msg":…}` and what belongs to it. */
export function logLine(wallMs: number, level: LogLevel, msg: string, fields: LogLineFields = {}): string {
  const line: PrintedLogLine = { time: new Date(wallMs).toISOString(), level, msg, ...fields };
  return `${printedJson(line)}\n`;
}
