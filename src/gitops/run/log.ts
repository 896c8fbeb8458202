/** Facts beside a message; secrets have no place here, and are masked when they get here all the same. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * What the controllers say while they run. One event a line; per application
 * only from `debug` on, because 150,000 of them would drown everything else.
 */
export interface Log {
  error(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  debug(message: string, fields?: LogFields): void;
  /** The same log with these fields on every line. */
  with(fields: LogFields): Log;
}

export const logLevels = ['error', 'warn', 'info', 'debug', 'trace'] as const;
export type LogLevel = (typeof logLevels)[number];

export interface ControllerLogOptions {
  readonly level: LogLevel;
  readonly format: 'text' | 'json';
}
