import { expect } from 'vitest';
import type { CliRun } from '../../support/run-cli.ts';
import { caseCollisions, readAsReporter, type ReportedCondition } from '../../support/reporter.ts';

export interface ResultJson {
  readonly [key: string]: unknown;
}

/** The result file of a run, checked for what holds of every one of them. */
export function resultOf(run: CliRun, name = 'result.json'): ResultJson {
  const text = run.files[name];
  if (text === undefined) throw new Error(`no ${name}; stderr: ${run.stderr}`);
  expect(Object.keys(run.files).filter((file) => file.endsWith('.tmp'))).toEqual([]);
  const value = JSON.parse(text) as ResultJson;
  expect(caseCollisions(value)).toEqual([]);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_048_576);
  expect(value['timestamp']).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  return value;
}

/** An adapter-result, as the reporter sees it and as it stands. */
export function adapterResultOf(
  run: CliRun,
  name = 'result.json',
): ResultJson & { readonly reported: ReportedCondition } {
  const value = resultOf(run, name);
  const reported = readAsReporter(Buffer.from(run.files[name] ?? ''));
  expect(reported).toEqual({
    status: run.exitCode === 0 ? 'True' : 'False',
    reason: value['reason'],
    message: value['message'],
  });
  expect(value['reason']).toMatch(/^[A-Z][A-Za-z0-9]{0,127}$/);
  return { ...value, reported };
}
