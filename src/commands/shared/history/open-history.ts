import type { ConnectionOptions } from '../../../command-line/connection-options.ts';
import type { Context } from '../../../context.ts';
import type { HistoryKeeper, HistoryOption } from './keep-history.ts';
import type { MaestroSession } from '../with-maestro.ts';

interface KeepingOptions extends Pick<ConnectionOptions, 'settings' | 'source'> {
  readonly history?: HistoryOption;
  readonly dryRun?: 'client' | 'server';
}

/** What keeps the versions of a run; undefined, and nothing is loaded, when none are to be kept. */
export async function openHistoryKeeper(
  { history, dryRun, ...options }: KeepingOptions,
  context: Context,
  session: Pick<MaestroSession, 'maestro' | 'budget' | 'reporter'>,
): Promise<HistoryKeeper | undefined> {
  if (history === undefined || dryRun !== undefined) return undefined;
  const { HistoryKeeper } = await import('./keep-history.ts');
  const { clock, env } = context;
  return new HistoryKeeper(options, history, { ...session, clock, env });
}
