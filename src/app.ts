import { isUnverified, unverifiedWarning } from './clients/connection.ts';
import { grammar } from './commands/index.ts';
import type { ConnectionOptions } from './command-line/connection-options.ts';
import { parseInputOf } from './command-line/parse-input.ts';
import { readCommandLine, type Invocation } from './command-line/program.ts';
import {
  errorsInJson,
  namedWork,
  requestedReport,
  requestedResult,
  type ResultRequest,
} from './command-line/result-request.ts';
import { shownCommand } from './command-line/shown-command.ts';
import { holdsOn, scanArgv, valuesOf, type ScannedLine } from './command-line/scan-argv.ts';
import type { AnyCommandSpec, CommandResult, CommandSpec, ParseInput } from './command-line/command-spec.ts';
import type { Context } from './context.ts';
import { paragraph } from './core/shown-text.ts';
import { MaestroError, reasonOfExitCode } from './errors.ts';
import { ExitCode, exitCodes } from './exit-code.ts';
import { loadConfig } from './io/config-file.ts';
import { openResultFile, type ResultFile } from './io/result-file.ts';
import { exitCodeOfOutcome, type Outcome } from './core/outcome/outcome.ts';
import { observeRun, type ObservedRun } from './observed-run.ts';
import { printError, type JsonShape } from './output/error.ts';
import { printFailures } from './output/failures.ts';
import { warnAlways, writeLog } from './output/reporter.ts';
import { safeOutput } from './output/safe-output.ts';
import { resultText } from './output/result-file/text.ts';
import type { ReportEnd, RunReport } from './run-report.ts';

type Line = ScannedLine<AnyCommandSpec>;

/**
 * One run from argv to exit code. Whatever happens, the error is printed once,
 * the result file is written once when one was asked for, and both tell the
 * story that the exit code tells.
 *
 * @param crashed rejects when something escaped every handler; it ends the run as a bug of ours
 */
export async function runApp(argv: readonly string[], host: Context, crashed: Promise<never>): Promise<ExitCode> {
  const run = observeRun(withSafeOutput(host));
  const { context } = run;
  const line = scanArgv(argv, grammar);
  const about = namedWork(line);
  let request: ResultRequest | undefined;
  let file: ResultFile | undefined;
  let outcome: Outcome;
  let exitCode: ExitCode;
  let began = false;
  const onBegin: ObservedRun['begin'] = (log, timeoutMs) => {
    began = true;
    run.begin(log, timeoutMs);
  };
  let report: RunReport | undefined;
  const commandLine = (): string => shownCommand(argv, line.command, context.invokedAs);
  try {
    request = requestedResult(line, context.env, context.cwd);
    if (request !== undefined) file = openResultFile(request.path);
    const reportPath = requestedReport(line, context.cwd);
    if (reportPath !== undefined) report = (await import('./run-report.ts')).openRunReport(reportPath);
    const told = withMembers(context, {
      get commandLine() {
        return commandLine();
      },
      ...(report === undefined ? {} : { rollOut: report.record }),
    });
    const result = whenPrinted(
      await Promise.race([runCommand(line, told, request, onBegin), crashed]),
      run,
      file !== undefined,
    );
    outcome = 'outcome' in result ? result.outcome : finished(result, about);
    exitCode = 'outcome' in result ? exitCodeOfOutcome(result.outcome) : result.exitCode;
  } catch (caught) {
    const error = MaestroError.from(caught);
    outcome = { works: [], error, about };
    exitCode = error.exitCode;
  }
  const inJson = errorsInJson(line, context.env, !began);
  printFailures(outcome, { context, asJson: jsonShape(line), logsJson: inJson });
  if (began) {
    const fault = report && writeReport(report, { outcome, exitCode, command: commandLine() }, run);
    if (fault !== undefined) printError(fault, { context, asJson: false, logsJson: inJson });
    // As with the result, and the result tells of it too.
    if (fault !== undefined && exitCode === ExitCode.Done) {
      outcome = { ...outcome, error: fault };
      exitCode = fault.exitCode;
    }
  }
  if (file === undefined) return exitCode;
  try {
    const whole = { ...outcome, run: run.facts() };
    file.write(resultText(whole, request?.format ?? 'status-result', context.clock.wallMs()));
    return exitCode;
  } catch (caught) {
    // A run whose outcome could not be recorded must not look like success to whoever only sees the exit code.
    const error = MaestroError.from(caught);
    printError(error, { context, asJson: false, logsJson: inJson });
    return exitCode === ExitCode.Done ? error.exitCode : exitCode;
  }
}

/**
 * Tells of what escaped a run, or kept it from beginning: on stderr, and in the
 * result file when one was asked for. Never throws.
 */
export function tellOfCrash(
  caught: unknown,
  argv: readonly string[],
  place: Pick<Context, 'env' | 'cwd' | 'stderr'> & { readonly wallMs: number },
): ExitCode {
  const error = MaestroError.from(caught);
  const tell = (text: string): void => safeOutput(place.stderr).write(`error: ${paragraph(text)}\n`);
  tell(error.message);
  try {
    const line = scanArgv(argv, grammar);
    const request = requestedResult(line, place.env, place.cwd);
    const outcome: Outcome = { works: [], error, about: namedWork(line) };
    if (request !== undefined)
      openResultFile(request.path).write(resultText(outcome, request.format ?? 'status-result', place.wallMs));
  } catch (second) {
    tell(MaestroError.from(second).message);
  }
  return error.exitCode;
}

/** What a program reads on stdout, so that it finds an error there in the same way. */
function jsonShape(line: Line): JsonShape | false {
  if (!valuesOf(line, 'output').includes('json')) return false;
  return holdsOn(line, line.command?.jsonLines) ? 'line' : 'document';
}

/** Writes the page of a run that began; gives what kept it from being written. */
function writeReport(
  report: RunReport,
  end: Pick<ReportEnd, 'outcome' | 'exitCode' | 'command'>,
  { context, facts, log }: ObservedRun,
): MaestroError | undefined {
  try {
    report.write({ ...end, startedAt: facts().startedAt, endedWallMs: context.clock.wallMs() });
    writeLog(context, log(), 'info', `report in ${report.path}`);
    return undefined;
  } catch (caught) {
    return MaestroError.from(caught);
  }
}

/** The same context with outputs that are looked at last. */
function withSafeOutput(context: Context): Context {
  const stderr = safeOutput(context.stderr);
  return withMembers(context, { stdout: safeOutput(context.stdout, stderr), stderr });
}

/** The same context with other members; its getters stay getters. */
function withMembers(context: Context, members: Partial<Context>): Context {
  const all = { ...Object.getOwnPropertyDescriptors(context), ...Object.getOwnPropertyDescriptors(members) };
  return Object.defineProperties({}, all) as Context;
}

async function runCommand(
  line: Line,
  context: Context,
  request: ResultRequest | undefined,
  onBegin: ObservedRun['begin'],
): Promise<CommandResult> {
  const invocation = readCommandLine(line, grammar.commands, {
    out: (text) => context.stdout.write(text),
    err: (text) => context.stderr.write(text),
    columns: context.stdout.columns ?? 80,
    invokedAs: context.invokedAs,
  });
  if (invocation === undefined) return { exitCode: ExitCode.Done };
  if (request !== undefined && request.format === undefined) throw request.formatError;
  // Each run takes what the parse of the same command makes.
  const spec = invocation.spec as CommandSpec<unknown>;
  const options = spec.parse(await parseInput(invocation, context));
  const { settings, log, timeoutMs } = (options ?? {}) as Partial<ConnectionOptions>;
  if (log !== undefined && settings?.grpcEndpoint !== undefined && isUnverified(settings))
    writeLog(context, log, 'warn', unverifiedWarning);
  const command = await spec.load();
  onBegin(log, timeoutMs);
  return command.run(options, context);
}

/** Reading the configuration file is the one thing that `parse`, being pure, cannot do itself. */
async function parseInput(invocation: Invocation, context: Context): Promise<ParseInput> {
  const { spec, flags } = invocation;
  const { env, cwd, signal } = context;
  if (spec.offline === true) return parseInputOf(invocation, { env });
  const { config: file, context: name } = flags;
  const config = await loadConfig(
    { ...(typeof file === 'string' ? { file } : {}), ...(typeof name === 'string' ? { context: name } : {}) },
    env,
    cwd,
    signal,
  );
  return parseInputOf(invocation, { env, ...(config === undefined ? {} : { config }) });
}

/**
 * The result of a run, when standard output could be written. A reader that
 * went away (`| head`) had what it wanted; but a full disk leaves a part that
 * looks like all of it, and must not look like success. With a result file,
 * which has all of it, a warning is enough.
 */
function whenPrinted(result: CommandResult, { context, log }: ObservedRun, recorded: boolean): CommandResult {
  const { fault } = context.stdout;
  if (fault === undefined || fault.code === 'EPIPE') return result;
  const error = new MaestroError(
    'unavailable',
    `standard output cannot be written: ${fault.message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+$/, '')}`,
    { reason: 'ResultNotWritten', cause: fault },
  );
  if (!('outcome' in result)) throw error;
  if (!recorded) return { outcome: { ...result.outcome, error: result.outcome.error ?? error } };
  // With --quiet too: a part of what was asked for is missing.
  warnAlways(context, log(), `${error.message}; the result file tells what was done`);
  return result;
}

/**
 * What a result file tells of a command that only reads or checks: that it
 * ended, and how. Never that a work was applied, which such a command neither
 * does nor waits for.
 */
function finished(
  result: Exclude<CommandResult, { readonly outcome: Outcome }>,
  about: ReturnType<typeof namedWork>,
): Outcome {
  const { exitCode } = result;
  const meaning =
    exitCode === ExitCode.Done
      ? 'it applied nothing, and proves nothing of what is applied'
      : exitCodes[exitCode].meaning;
  const message = result.message ?? `finished with exit code ${exitCode}: ${meaning}`;
  const reasons: Partial<Record<ExitCode, string>> = { 0: 'Finished', 1: 'Different' };
  const reason = result.reason ?? reasons[exitCode] ?? reasonOfExitCode(exitCode);
  const phase = exitCode === ExitCode.Done ? 'InProgress' : 'Failed';
  return { works: [{ ...about, phase, reason, message, exitCode }] };
}
