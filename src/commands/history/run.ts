import type { CommandResult } from '../../command-line/command-spec.ts';
import type { Context } from '../../context.ts';
import { counted } from '../../core/text.ts';
import { bundleId } from '../../core/works/bundle-id.ts';
import { workName, type ResourceBundle } from '../../core/works/resource-bundle.ts';
import { isOtherWork } from '../../core/works/work-address.ts';
import { MaestroError } from '../../errors.ts';
import { ExitCode } from '../../exit-code.ts';
import type { HistoryKey } from '../../io/history-files.ts';
import { notFound, readById } from '../../operations/find-work.ts';
import { historyKey } from '../shared/history/keep-history.ts';
import { keptVersion, keptVersionsOf } from '../shared/history/kept-versions.ts';
import { withMaestro, type MaestroSession } from '../shared/with-maestro.ts';
import type { HistoryOptions } from './options.ts';
import { otherThanKept, printDiff, printHistory, printVersion } from './output.ts';

/** Shows what is kept of a work, beside what is stored. */
export async function run(options: HistoryOptions, context: Context): Promise<CommandResult> {
  return withMaestro(options, context, async (session) => {
    const { reporter } = session;
    const { key, stored } = await find(options, session);
    const kept = keptVersionsOf(key, stored, context, reporter);
    if (stored === undefined && kept.versions.length === 0)
      throw await notFound(session.maestro.reader, key, session.budget);
    reporter.end();
    const { show } = options;
    if (show.what === 'version') printVersion(keptVersion(kept, show.version, key), options, context);
    else if (show.what === 'diff') {
      const version = keptVersion(kept, show.version, key);
      const before = kept.versions.filter(({ version: number }) => number < show.version).at(-1);
      await printDiff(version, before, key, context);
    } else {
      printHistory({ key, kept, stored }, options, context);
      const { name } = key;
      if (kept.versions.length === 0)
        reporter.info(`${name}: no version is kept here; apply --keep-history keeps what it stores`);
      const other = otherThanKept(kept.versions, stored);
      if (other !== undefined)
        reporter.warn(
          `${name}: what is stored as version ${other.version} is not the version ${other.version} that is kept here, as after a restore of the server`,
        );
      if (stored === undefined)
        reporter.warn(`${name}: there is no such work now; this is the history of the last one`);
      if (kept.ofEarlier > 0)
        reporter.info(
          `${name}: ${counted(kept.ofEarlier, 'kept version')} of earlier works of this name, or of another server at this address, are not shown`,
        );
    }
    return { exitCode: ExitCode.Done };
  });
}

async function find(
  { address, source, settings }: HistoryOptions,
  { maestro: { reader }, budget }: MaestroSession,
): Promise<{ readonly key: HistoryKey; readonly stored: ResourceBundle | undefined }> {
  if (address.by === 'name') {
    const key = historyKey({ settings, source }, address);
    const stored = await reader.getBundle(bundleId(source, address.consumer, address.name), budget);
    return { key, stored: stored === undefined || isOtherWork(stored, address) ? undefined : stored };
  }
  const stored = await readById(reader, address, budget);
  if (stored === undefined) throw new MaestroError('not-found', `there is no work with the id ${address.id}`);
  const named = { consumer: stored.consumerName, name: workName(stored) };
  return { key: historyKey({ settings, source }, named), stored };
}
