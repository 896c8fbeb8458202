import { resolve } from 'node:path';
import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { ExitCode } from '../../exit-code.ts';
import { startStandIn } from '../../standin/index.ts';
import { openReporter } from '../../output/reporter.ts';
import type { DevOptions } from './options.ts';
import { printReady } from './output.ts';

/** Serves until a signal comes; being told to stop is how a server ends well. */
export async function run(
  options: DevOptions,
  context: Pick<Context, 'stdout' | 'stderr' | 'clock' | 'env' | 'cwd' | 'signal'>,
): Promise<CommandResult> {
  const reporter = openReporter(context.stderr, options.log, context.env, context.clock);
  const { access, dataFile } = options.standIn;
  const standIn = await startStandIn({
    ...options.standIn,
    ...(dataFile === undefined ? {} : { dataFile: resolve(context.cwd, dataFile) }),
    ...(access?.directory === undefined
      ? {}
      : { access: { ...access, directory: resolve(context.cwd, access.directory) } }),
    clock: context.clock,
    ...(options.log.verbose ? { log: (line: string) => reporter.info(line) } : {}),
  });
  try {
    printReady(standIn, options.standIn.consumers ?? [], context.stdout);
    await untilAborted(context.signal);
    return { exitCode: ExitCode.Done };
  } finally {
    await standIn.close();
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
