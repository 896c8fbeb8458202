import type { Context } from '../context.ts';
import { paragraph } from '../core/shown-text.ts';
import type { MaestroError } from '../errors.ts';
import { errorValue, type PrintedError } from './error-value.ts';
import { identityFields } from './run-identity.ts';
import { printedJson, toJson } from './json.ts';
import { logLine } from './log-line.ts';
import { mark } from './mark.ts';

/** Of JSON on stdout: a document, or one of many lines that are a value each. */
export type JsonShape = 'document' | 'line';

/**
 * Prints an error: what, and what to do about it. With machine output asked
 * for, stdout gets the error as one JSON value too, so that a script that reads
 * stdout always finds one.
 *
 * @param options.logsJson whether it is a JSON line on stderr, as all logs are then
 * @param options.about what it is about, put first
 * @param options.hints those that were printed before, which are not said again
 */
export function printError(
  error: MaestroError,
  options: {
    readonly context: Pick<Context, 'stdout' | 'stderr' | 'clock' | 'env'>;
    readonly asJson: JsonShape | false;
    readonly logsJson: boolean;
    readonly about?: string;
    readonly hints?: Set<string>;
  },
): void {
  const { context, asJson, about, hints = new Set() } = options;
  const subject = about === undefined ? '' : `${about}: `;
  const trace =
    error.code === 'internal' ? ((error.cause instanceof Error ? error.cause.stack : error.stack) ?? '') : undefined;
  if (options.logsJson) {
    const { message, ...rest } = errorValue(error);
    context.stderr.write(
      logLine(context.clock.wallMs(), 'error', `${subject}${message}`, {
        ...rest,
        ...identityFields(context.env),
        ...(trace === undefined ? {} : { trace }),
      }),
    );
  } else {
    context.stderr.write(`${mark('error', context)}: ${paragraph(`${subject}${withExcerpts(error)}`)}\n`);
    if (error.commandHint !== undefined && !hints.has(error.commandHint))
      context.stderr.write(`hint: ${paragraph(error.commandHint)}\n`);
    hints.add(error.commandHint ?? '');
    if (trace !== undefined)
      context.stderr.write(`This is a bug in maestro-cli. Please report it with this trace:\n  ${paragraph(trace)}\n`);
  }
  if (asJson) {
    const value: PrintedError = { error: errorValue(error) };
    context.stdout.write(asJson === 'line' ? `${printedJson(value)}\n` : toJson(value));
  }
}

/** Each line of a message that tells of a place in a file, with that place below it. */
function withExcerpts({ message, excerpts }: MaestroError): string {
  if (excerpts.length === 0) return message;
  const lines = message.split('\n').map((line, at) => {
    const excerpt = excerpts[at];
    return excerpt === undefined ? line : `${line}\n  ${excerpt.replaceAll('\n', '\n  ')}`;
  });
  return lines.join('\n');
}
