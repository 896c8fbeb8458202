import type { Context } from '../context.ts';
import type { MaestroError } from '../errors.ts';

/**
 * Prints an error: what, and what to do about it. With machine output asked
 * for, stdout gets the error as one JSON value too, so that a script that reads
 * stdout always finds one.
 *
 * @param options.logMs set when logs are JSON: wall time for the line, as notices have it
 * @param options.about the work that it is about, put first when the message does not name it
 * @param options.hints those that were printed before, which are not said again
 */
export function printError(
  error: MaestroError,
  options: { readonly context: Pick<Context, 'stdout' | 'stderr'>; readonly asJson: boolean; readonly logMs?: number; readonly about?: string; readonly hints?: Set<string> },
): void {
  const { context, asJson, about = '', hints = new Set() } = options;
  const [name = ''] = about.split(' ');
  const subject = name === '' || error.message.includes(name) ? '' : `${about}: `;
  const trace = error.code === 'internal' ? ((error.cause instanceof Error ? error.cause.stack : error.stack) ?? '') : undefined;
  if (options.logMs !== undefined) {
    const { message: _message, ...rest } = errorValue(error);
    const line = { time: new Date(options.logMs).toISOString(), level: 'error', msg: `${subject}${error.message}`, ...rest, ...(trace === undefined ? {} : { trace }) };
    context.stderr.write(`${JSON.stringify(line)}\n`);
  } else {
    context.stderr.write(`error: ${subject}${error.message}\n`);
    if (error.hint !== undefined && !hints.has(error.hint)) context.stderr.write(`hint: ${error.hint}\n`);
    hints.add(error.hint ?? '');
    if (trace !== undefined) context.stderr.write(`This is a bug in maestro-cli. Please report it with this trace:\n${trace}\n`);
  }
  if (asJson) context.stdout.write(`${JSON.stringify({ error: errorValue(error) }, undefined, 2)}\n`);
}

export function errorValue(error: MaestroError): Record<string, unknown> {
  return {
    code: error.code,
    reason: error.reason,
    message: error.message,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    exitCode: error.exitCode,
  };
}
