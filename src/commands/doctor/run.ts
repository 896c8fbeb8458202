import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { createBudget, type BudgetSource } from '../../operations/budget.ts';
import { pass, type Check } from '../../operations/doctor/check.ts';
import { examine } from '../../operations/doctor/examine.ts';
import type { DoctorOptions } from './options.ts';
import { openReport } from './output.ts';

/** Prints each check as it ends; the first failure decides the exit code. */
export async function run(
  options: DoctorOptions,
  context: BudgetSource & Pick<Context, 'stdout' | 'env'>,
): Promise<CommandResult> {
  const budget = createBudget(options.timeoutMs, context);
  const report = await openReport(options.output, context);
  let exitCode: ExitCode = ExitCode.Done;
  const take = (check: Check): void => {
    report.add(check);
    if (check.error !== undefined && exitCode === ExitCode.Done) exitCode = check.error.exitCode;
  };
  try {
    take(settingsCheck(options));
    for await (const check of examine(options, budget)) take(check);
  } finally {
    report.end();
  }
  return { exitCode };
}

function settingsCheck({ inUse, contextText }: DoctorOptions): Check {
  const width = Math.max(...inUse.map(({ name }) => name.length));
  const lines = inUse.map(({ name, value, from }) => `${name.padEnd(width)}  ${value} (${from})`);
  const message = [contextText ?? 'no context is in use', ...lines].join('\n');
  return { name: 'settings', ...pass(message, { settings: inUse }) };
}
