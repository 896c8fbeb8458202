import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { failedWork, type Outcome } from '../../src/core/outcome/outcome.ts';
import { MaestroError } from '../../src/errors.ts';
import { printFailures } from '../../src/output/failures.ts';

type How = Partial<Pick<Parameters<typeof printFailures>[1], 'asJson' | 'logsJson'>> & { readonly columns?: number };

/** What stands on standard error for works that failed, each with its cause. */
function told(outcome: Outcome, { asJson = false, logsJson = false, columns = 80 }: How = {}): string {
  let text = '';
  const stderr = { write: (more: string) => void (text += more), isTTY: true, columns };
  const stdout = { ...stderr, write: () => undefined };
  const clock = { wallMs: () => 0, monotonicMs: () => 0, sleep: () => Promise.resolve() };
  printFailures(outcome, { context: { stdout, stderr, clock, env: { NO_COLOR: '1' } }, asJson, logsJson });
  return text;
}

const consumers = (count: number): readonly string[] => Array.from({ length: count }, (_, at) => `cluster-${at}`);

/** @param causeOf what each fails by */
const failing = (names: readonly string[], causeOf: (at: number) => string): Outcome => ({
  works: names.map((consumer, at) =>
    failedWork({ manifestWorkName: 'np', consumer }, new MaestroError('conflict', causeOf(at)), false),
  ),
});

const wordsOf = (text: string): readonly string[] => text.split(/[\s,"]+/);
/** Another for each number; digits alone would be taken for a count. */
const wordy = (at: number): string => `cause ${'abcdefghijklmnopqrstuvwxyz'.charAt(at % 26)}${'z'.repeat(at / 26)}`;

describe('works that failed', () => {
  it('are all named below the one error of their cause, in lines that fit', () => {
    const text = told(failing(consumers(60), () => 'denied'));
    const [first, ...lines] = text.trimEnd().split('\n');
    expect(first).toBe('error: denied on 60:');
    expect(lines.length).toBeGreaterThan(5);
    for (const line of lines) expect(line).toMatch(/^ {2}\S.{0,77}$/);
    expect(lines.map((line) => line.trim()).join(' ')).toBe(consumers(60).join(', '));
  });

  it('are named in the line of it while that can be read', () => {
    expect(told(failing(consumers(3), () => 'denied'))).toBe('error: denied on 3: cluster-0, cluster-1, cluster-2\n');
    expect(told(failing(consumers(20), () => 'denied')).trimEnd()).not.toContain('\n');
  });

  it('are named where there are more causes than are told', () => {
    const lines = told(failing(consumers(45), wordy))
      .trimEnd()
      .split('\n');
    expect(lines.filter((line) => line.startsWith('error: '))).toHaveLength(20);
    expect(lines[20]).toBe('and 25 more errors, on:');
    expect(lines.at(-1)).toBe('-o json and --results-path show all');
    expect(
      lines
        .slice(21, -1)
        .map((line) => line.trim())
        .join(' '),
    ).toBe(consumers(45).slice(20).join(', '));
  });

  it('are named in JSON logs, none of which is long', () => {
    const text = told(
      failing(consumers(3000), () => 'denied'),
      { logsJson: true },
    );
    const lines = text
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { level: string; msg: string });
    expect(lines.every(({ level }) => level === 'error')).toBe(true);
    expect(lines[20]?.msg).toBe('and 2980 more errors; -o json and --results-path show all');
    const words = new Set(wordsOf(text));
    expect(consumers(3000).filter((name) => !words.has(name) && !words.has(`${name}:`))).toEqual([]);
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThan(1200);
  });

  it('are named with their consumers where the message of one names neither, or not both', () => {
    const works = [
      ['c1', 'the webhook says no'],
      ['c2', 'w is being deleted'],
      ['c3', 'timed out waiting for w on c3: pending'],
      ['c4', 'somebody stored w.x on c4-a'],
    ].map(([consumer = '', message = '']) =>
      failedWork({ manifestWorkName: 'w', consumer }, new MaestroError('conflict', message), false),
    );
    expect(told({ works }).split('\n')).toEqual([
      'error: w on c1: the webhook says no',
      'error: w on c2: w is being deleted',
      'error: timed out waiting for w on c3: pending',
      'error: w on c4: somebody stored w.x on c4-a',
      '',
    ]);
    // The line of one work says where it was.
    expect(told({ works: works.slice(1, 2) })).toBe('error: w is being deleted\n');
  });

  it('are named on standard output with -o json, and beside that as many as can be read', () => {
    const how = { asJson: 'document' } as const;
    expect(
      told(
        failing(consumers(60), () => 'denied'),
        how,
      ),
    ).toMatch(/^error: .*, cluster-19 …\n$/);
    expect(told(failing(consumers(45), wordy), how)).toMatch(
      /\nand 25 more errors; -o json and --results-path show all\n$/,
    );
  });

  it('are all named, whatever they fail by and wherever it is told', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(60), { minLength: 1, maxLength: 150 }),
        fc.boolean(),
        fc.integer({ min: 10, max: 200 }),
        (causes, logsJson, columns) => {
          const names = consumers(causes.length);
          const words = new Set(
            wordsOf(
              told(
                failing(names, (at) => wordy(causes[at] ?? 0)),
                { logsJson, columns },
              ),
            ),
          );
          // A work that is told alone has its name before the error, with a colon.
          expect(names.filter((name) => !words.has(name) && !words.has(`${name}:`))).toEqual([]);
        },
      ),
      { numRuns: 60 },
    );
  });
});
