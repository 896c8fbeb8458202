import { describe, expect, it } from 'vitest';
import { ExitCode } from '../../src/exit-code.ts';
import type { WorkOutcome } from '../../src/core/outcome/outcome.ts';
import { maxResultBytes, resultText } from '../../src/output/result-file/text.ts';

const wallMs = Date.parse('2026-11-22T11:00:00Z');
const done = (number: number): WorkOutcome => ({
  manifestWorkName: 'w',
  consumer: `c${number}`,
  phase: 'InProgress',
  reason: 'Accepted',
  message: `ManifestWork w on c${number}: ${'created '.repeat(20)}`,
  exitCode: ExitCode.Done,
});
const failed = (number: number): WorkOutcome => ({
  ...done(number),
  phase: 'Failed',
  reason: 'NotFound',
  message: `ManifestWork w on c${number}: gone`,
  exitCode: ExitCode.NotFound,
});
const notBegun = (number: number): WorkOutcome => ({
  ...failed(number),
  reason: 'NotBegun',
  message: `ManifestWork w on c${number}: not begun`,
});

interface Result {
  readonly consumer: string;
  readonly message: string;
  readonly works: readonly { readonly consumer: string }[];
  readonly truncated?: readonly string[];
}
const written = (works: readonly WorkOutcome[]): Result => {
  const text = resultText({ works }, 'status-result', wallMs);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(maxResultBytes);
  return JSON.parse(text) as Result;
};

describe('the result of a fleet', () => {
  it('has every work of 3,000, and a summary that stays short', () => {
    const result = written(Array.from({ length: 3_000 }, (_unused, index) => done(index)));
    expect(result.works).toHaveLength(3_000);
    expect(result).not.toHaveProperty('truncated');
    expect(result.consumer).toMatch(/, c49, and 2950 more$/);
    expect(result.message).toMatch(/^3000 works: .*; and 2950 more$/);
  });

  it('keeps those that failed when there is no room for all', () => {
    const result = written(
      Array.from({ length: 20_000 }, (_unused, index) => (index % 5_000 === 7 ? failed(index) : done(index))),
    );
    expect(result.works.map(({ consumer }) => consumer)).toEqual(['c7', 'c5007', 'c10007', 'c15007']);
    expect(result.truncated).toEqual(['feedback', 'resources', 'details', 'works']);
    expect(result.message).toMatch(/^4 of 20000 works failed: ManifestWork w on c7: gone; /);
  });

  it('tells what failed apart from what was not begun for that', () => {
    expect(written([failed(1), notBegun(2), notBegun(3)]).message).toBe(
      '1 of 3 works failed, and 2 were not begun: ManifestWork w on c1: gone',
    );
  });
});
