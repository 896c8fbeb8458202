import { fromDirectory } from '../../shared/hub-connection.ts';
import type { CommandResult } from '../../../command-line/command-spec.ts';
import { buildInfo } from '../../../build-info.ts';
import { isUnverified, unverifiedWarning } from '../../../clients/index.ts';
import type { Context } from '../../../context.ts';
import { MaestroError } from '../../../errors.ts';
import { connectKube } from '../../../gitops/kube/connect-kube.ts';
import { createEventRecorder } from '../../../gitops/kube/event-recorder.ts';
import { createElection } from '../../../gitops/kube/lease-election.ts';
import { runController } from '../../../gitops/run/controller.ts';
import { createPinoLog } from '../../../gitops/run/pino-log.ts';
import { runProcess } from '../../../gitops/run/process.ts';
import type { GitopsControllerOptions } from './options.ts';

/** Runs until a signal comes, and ends with the code of that signal: a controller is never done. */
export async function run(
  options: GitopsControllerOptions,
  context: Pick<Context, 'stderr' | 'clock' | 'random' | 'env' | 'signal' | 'cwd' | 'connect'>,
): Promise<CommandResult> {
  const { clock, random, env, signal } = context;
  const log = createPinoLog(options.log, context.stderr, () => clock.wallMs());
  const { hub, maestro } = options.settings;
  if (isUnverified(maestro)) log.warn(unverifiedWarning);
  await runProcess(
    { ...options.settings, hub: fromDirectory(hub, context.cwd) },
    {
      parts: { connectKube, connectMaestro: context.connect, createElection, createEventRecorder, runController },
      clock,
      random,
      env,
      log,
      build: buildInfo,
      processMetrics: true,
    },
    signal,
  );
  // Without a signal it can only come back by throwing.
  const reason = MaestroError.from(signal.reason);
  return { exitCode: reason.exitCode, message: reason.message };
}
