import type { CommandResult } from '../../command-line/command-spec.ts';
import { isUnverified, unverifiedWarning } from '../../clients/connection.ts';
import type { Context } from '../../context.ts';
import { counted } from '../../core/text.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import { consumerNotFound } from '../../operations/find-work.ts';
import { printError } from '../../output/error.ts';
import { countOf, type Report } from '../../output/findings/finding.ts';
import { openReporter, type Reporter } from '../../output/reporter.ts';
import type { ManifestSource } from '../shared/input/read-manifests.ts';
import { withMaestro, type MaestroContext } from '../shared/with-maestro.ts';
import type { ValidateOptions } from './options.ts';
import { printReport } from './output.ts';
import { inspect } from './inspect.ts';
import { filledInText } from './template.ts';

/**
 * Checks everything, prints all of it once, and says by the exit code whether
 * it may be applied. What is wrong with the input goes before what Maestro said
 * of the consumer.
 */
export async function run(
  options: ValidateOptions,
  context: MaestroContext & ManifestSource & Pick<Context, 'stdout'>,
): Promise<CommandResult> {
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const report = await inspect(options, context, (text) => reporter.warn(text));
  tellSizes(report, reporter);
  if (report.filledIn !== undefined) reporter.info(filledInText(report.filledIn));
  const asked = await askForConsumer(options, context, reporter);
  const consumer =
    options.consumer === undefined || asked instanceof MaestroError
      ? undefined
      : { name: options.consumer.name, exists: asked };
  reporter.end();
  await printReport(consumer === undefined ? report : { ...report, consumer }, options, context.stdout);
  const failing = countOf(report, 'error') + (options.warningsFail ? countOf(report, 'warning') : 0);
  const failure =
    asked instanceof MaestroError ? asked : consumer?.exists === false ? consumerNotFound(consumer.name) : undefined;
  if (failure !== undefined) printError(failure, { context, asJson: false, logsJson: options.log.format === 'json' });
  if (failing > 0)
    return {
      exitCode: ExitCode.InvalidInput,
      message: `${counted(failing, 'problem')} in ${counted(report.files.length, 'file')}`,
    };
  if (failure !== undefined) return { exitCode: failure.exitCode, reason: failure.reason, message: failure.message };
  return { exitCode: ExitCode.Done };
}

function tellSizes(report: Report, reporter: Reporter): void {
  for (const work of report.works) {
    const kib = (bytes: number): string => (bytes / 1024).toFixed(1);
    reporter.debug(
      `${work.file}:${work.line}: ${work.name ?? 'plain manifests'}: ${counted(work.manifests, 'manifest')}, ${kib(work.manifestBytes)} of 500 KiB; the request ${kib(work.requestBytes)} of 4096 KiB`,
    );
  }
  for (const kind of report.withoutSchema)
    reporter.debug(`${kind}: no schema is at hand, so only the rules of the server were checked; --schema gives one`);
}

/** Whether it exists, or why nobody knows; the findings are printed all the same. */
async function askForConsumer(
  { consumer }: ValidateOptions,
  context: MaestroContext,
  reporter: Reporter,
): Promise<boolean | MaestroError> {
  if (consumer === undefined) return true;
  if (isUnverified(consumer.connection.settings)) reporter.warn(unverifiedWarning);
  try {
    return await withMaestro(
      consumer.connection,
      context,
      async ({ maestro, budget }) => (await maestro.reader.findConsumer(consumer.name, budget)) !== undefined,
      reporter,
    );
  } catch (caught) {
    return MaestroError.from(caught);
  }
}
