import type { Context } from '../../../context.ts';
import type { KeptVersion } from '../../../core/history/kept-version.ts';
import type { ResourceBundle } from '../../../core/works/resource-bundle.ts';
import { MaestroError } from '../../../errors.ts';
import { fileFault } from '../../../io/file-fault.ts';
import { historyFolder, readHistory, type HistoryKey } from '../../../io/history-files.ts';
import type { Reporter } from '../../../output/reporter.ts';
import { counted } from '../../../core/text.ts';

/** What is kept of one work. */
export interface KeptVersions {
  /** Of the work that is stored now; of the last one of the name when there is none. Oldest first. */
  readonly versions: readonly KeptVersion[];
  /** How many versions are of earlier works of the name. */
  readonly ofEarlier: number;
}

/**
 * Reads what is kept of a work, and tells of files that cannot be read. The
 * numbers of a work that was deleted and made anew begin again, and the same
 * address may lead to another Maestro tomorrow; both show by the time at which
 * the server made the row.
 *
 * @param stored what the server has now
 * @throws MaestroError usage when there is a folder that cannot be read
 */
export function keptVersionsOf(
  key: HistoryKey,
  stored: Pick<ResourceBundle, 'createdAt'> | undefined,
  { env }: Pick<Context, 'env'>,
  reporter: Pick<Reporter, 'warn'>,
): KeptVersions {
  const root = historyFolder(env);
  if (root === undefined) return { versions: [], ofEarlier: 0 };
  const { versions, broken } = historyIn(root, key);
  for (const { path, why } of broken) reporter.warn(`${path} says nothing of the history: ${why}`);
  const createdAt = stored?.createdAt ?? versions.at(-1)?.createdAt;
  const own = versions.filter((version) => version.createdAt === createdAt);
  return { versions: own, ofEarlier: versions.length - own.length };
}

function historyIn(root: string, key: HistoryKey): ReturnType<typeof readHistory> {
  try {
    return readHistory(root, key);
  } catch (error) {
    throw new MaestroError('usage', `the history in ${root} cannot be read: ${fileFault(error)}`, { cause: error });
  }
}

/** The version of a number. @throws MaestroError not-found, with what there is */
export function keptVersion(kept: KeptVersions, number: number, { name, consumer }: HistoryKey): KeptVersion {
  const found = kept.versions.find(({ version }) => version === number);
  if (found !== undefined) return found;
  throw new MaestroError('not-found', `version ${number} of ${name} on ${consumer} is not kept`, {
    hint: whatThereIs(kept),
  });
}

/** Which versions there are, for who asked for another one. */
export function whatThereIs({ versions, ofEarlier }: KeptVersions): string {
  const numbers = versions.map(({ version }) => version);
  if (numbers.length > 0) return `There ${numbers.length === 1 ? 'is' : 'are'}: ${numbers.join(', ')}.`;
  if (ofEarlier > 0)
    return `${counted(ofEarlier, 'version')} of an earlier work of this name, or of another server at this address, do not count.`;
  return 'None is; apply --keep-history keeps what it stores.';
}
