import { shownText } from '../../core/shown-text.ts';
import { printedJson } from '../../output/json.ts';
import type { Context } from '../../context.ts';
import { checkNames, type Check, type CheckStatus } from '../../operations/doctor/check.ts';

/** Where checks go as they end. */
export interface Report {
  add(check: Check): void;
  /** After the last one, also when the run is cut short. */
  end(): void;
}

const nameWidth = Math.max(...checkNames.map((name) => name.length));
const statusWidth = 4;

/** Text: a line a check, at once, in colour on a terminal. JSON: one value at the end. */
export async function openReport(format: 'text' | 'json', { stdout, env }: Context): Promise<Report> {
  if (format === 'json') {
    const checks: unknown[] = [];
    return {
      add: ({ error: _error, ...shown }) => checks.push(shown),
      end: () => stdout.write(`${printedJson({ checks }, 2)}\n`),
    };
  }
  const colour =
    stdout.isTTY && !env['NO_COLOR'] ? await colours() : (_status: CheckStatus, text: string): string => text;
  const indent = ' '.repeat(statusWidth + nameWidth + 4);
  const indented = (text: string): string => shownText(text).replaceAll('\n', `\n${indent}`);
  return {
    add: ({ status, name, message, hint }) => {
      const head = `${colour(status, status.padEnd(statusWidth))}  ${name.padEnd(nameWidth)}`;
      stdout.write(`${head}  ${indented(message)}\n`);
      if (hint !== undefined && status !== 'pass') stdout.write(`${indent}${indented(hint)}\n`);
    },
    end: () => undefined,
  };
}

/** chalk is loaded only for a terminal. */
async function colours(): Promise<(status: CheckStatus, text: string) => string> {
  const { Chalk } = await import('chalk');
  const chalk = new Chalk({ level: 1 });
  const paint = { pass: chalk.green, warn: chalk.yellow, fail: chalk.red, skip: chalk.dim } as const;
  return (status, text) => paint[status](text);
}
