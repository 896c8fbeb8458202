import { isoTime } from '../core/iso-time.ts';
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

/** One try of a request, as it ended; only with -v. */
export interface RequestFacts {
  /** Of HTTP, or of gRPC (`Publish`, `Subscribe`). */
  readonly method: string;
  /** The URL with its query, or the gRPC endpoint and what the call is about. */
  readonly target: string;
  /** Of HTTP, `OK`, or what went wrong. */
  readonly status: string;
  /** How long it took. */
  readonly milliseconds: number;
  /** How many tries of the same request came before. */
  readonly retries: number;
}

/** What belongs to a line. */
export interface LogLineFields extends Partial<ErrorFacts>, Partial<RequestFacts>, IdentityFields {
  /** Of a bug in maestro-cli: where it came about. */
  readonly trace?: string;
}

/** One line of JSON logs, as everything on stderr has it: `{"time":…,"level":…,"msg":…}` and what belongs to it. */
export function logLine(wallMs: number, level: LogLevel, msg: string, fields: LogLineFields = {}): string {
  const line: PrintedLogLine = { time: isoTime(wallMs), level, msg, ...fields };
  return `${printedJson(line)}\n`;
}
