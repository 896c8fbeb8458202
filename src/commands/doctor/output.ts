import { shownText } from '../../core/shown-text.ts';
import { openPalette } from '../../output/colour.ts';
import { toJson } from '../../output/json.ts';
import type { Context } from '../../context.ts';
import { checkNames, type Check, type ToldCheck } from '../../operations/doctor/check.ts';

/** What `doctor -o json` prints. */
export interface PrintedChecks {
  /** In the order in which they ran. */
  readonly checks: readonly ToldCheck[];
}

/** Where checks go as they end. */
export interface Report {
  add(check: Check): void;
  /** After the last one, also when the run is cut short. */
  end(): void;
}

const nameWidth = Math.max(...checkNames.map((name) => name.length));
const statusWidth = 4;

/** Text: a line a check, at once, in colour on a terminal. JSON: one value at the end. */
export async function openReport(
  format: 'text' | 'json',
  { stdout, env }: Pick<Context, 'stdout' | 'env'>,
): Promise<Report> {
  if (format === 'json') {
    const checks: ToldCheck[] = [];
    return {
      add: ({ error: _error, ...shown }) => checks.push(shown),
      end: () => {
        const value: PrintedChecks = { checks };
        stdout.write(toJson(value));
      },
    };
  }
  const palette = await openPalette(stdout, env);
  const indent = ' '.repeat(statusWidth + nameWidth + 4);
  const counts = { pass: 0, warn: 0, fail: 0, skip: 0 };
  const indented = (text: string): string => shownText(text).replaceAll('\n', `\n${indent}`);
  return {
    add: ({ status, name, message, hint }) => {
      counts[status] += 1;
      const head = `${palette[status](status.padEnd(statusWidth))}  ${name.padEnd(nameWidth)}`;
      stdout.write(`${head}  ${indented(message)}\n`);
      if (hint !== undefined && status !== 'pass') stdout.write(`${indent}${indented(hint)}\n`);
    },
    end: () => stdout.write(`${sumOf(counts)}\n`),
  };
}

const statusWords = { pass: 'passed', warn: 'warned', fail: 'failed', skip: 'skipped' } as const;

/** `12 checks: 9 passed, 1 failed, 2 skipped` */
function sumOf(counts: Readonly<Record<keyof typeof statusWords, number>>): string {
  const kinds = (['pass', 'warn', 'fail', 'skip'] as const).filter((kind) => counts[kind] > 0);
  const all = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return `${all} checks: ${kinds.map((kind) => `${counts[kind]} ${statusWords[kind]}`).join(', ')}`;
}
