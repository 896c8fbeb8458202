import type { Context } from '../../../context.ts';
import { counted } from '../../../core/text.ts';
import { MaestroError } from '../../../errors.ts';
import {
  backupHead,
  backupKey,
  backupLine,
  checkBackupHead,
  readBackupLine,
} from '../../../gitops/handover/backup-lines.ts';
import type { Backup } from '../../../gitops/handover/backup.ts';
import { openGrowingLines, openLinesIfThere, type LineFile } from '../../../io/line-file.ts';
import type { FileLine } from '../../../io/read-file.ts';
import type { Reporter } from '../../../output/reporter.ts';

/** The file in which a run keeps what it deletes. */
export interface BackupFile extends Backup {
  /** How many records were added by this run. */
  readonly added: () => number;
  close(): void;
}

type Place = Pick<FileLine, 'offset' | 'bytes'>;

/**
 * Opens the backup of a plan, or begins it, and locks it. Each record is on the disk when `keep` has ended. Where the
 * records are is all that is kept in memory.
 *
 * @throws MaestroError usage when the file cannot be used, or is of another plan
 */
export function openBackup(path: string, runId: string, context: Context, reporter: Reporter): BackupFile {
  const owner = { pid: context.pid, wallMs: context.clock.wallMs(), isRunning: context.isRunning };
  const file = openGrowingLines(path, context.cwd, { noun: 'backup', flag: '--backup' }, owner);
  try {
    const places = indexOf(file, path, runId, reporter);
    let added = 0;
    if (places === undefined) file.append(backupHead(runId));
    const known = places ?? new Map<string, Place>();
    return {
      added: () => added,
      keep: async (record) => {
        const { offset, bytes } = file.append(backupLine(record));
        known.set(backupKey(record), { offset, bytes });
        added += 1;
        return Promise.resolve();
      },
      find: async (what) => found(file, known, what, path),
      close: () => file.close(),
    };
  } catch (error) {
    file.close();
    throw error;
  }
}

/** The backup for a run that sends nothing: what is in it can be found, and nothing is added. */
export function readBackup(path: string, runId: string, context: Pick<Context, 'cwd'>, reporter: Reporter): Backup {
  const file = openLinesIfThere(path, context.cwd, 'backup');
  const places = file === undefined ? undefined : indexOf(file, path, runId, reporter);
  return {
    keep: async () =>
      Promise.reject(new MaestroError('internal', 'a run that sends nothing has something to keep in a backup')),
    find: async (what) => (file === undefined || places === undefined ? undefined : found(file, places, what, path)),
  };
}

/** Where each record is, the last of several of one thing; undefined when not even the head is there. */
function indexOf(file: LineFile, path: string, runId: string, reporter: Reporter): Map<string, Place> | undefined {
  const places = new Map<string, Place>();
  let hasHead = false;
  let unreadable = 0;
  for (const { text, offset, bytes, whole } of file.lines()) {
    if (!hasHead) {
      const head = backupHead(runId);
      // A run that was killed while it began the file has left a part of the head.
      if (text !== head && head.startsWith(text)) continue;
      checkBackupHead(text, path, runId);
      hasHead = true;
      continue;
    }
    const record = whole ? readBackupLine(text) : undefined;
    if (record === undefined) unreadable += 1;
    else places.set(backupKey(record), { offset, bytes });
  }
  if (unreadable > 0)
    reporter.warn(
      `${counted(unreadable, 'line')} of the backup ${path} cannot be read. A run that is stopped while it writes one leaves it so, and has deleted nothing then of what it is about. All others count`,
    );
  return hasHead ? places : undefined;
}

async function found(
  file: LineFile,
  places: ReadonlyMap<string, Place>,
  what: Parameters<Backup['find']>[0],
  path: string,
): ReturnType<Backup['find']> {
  const place = places.get(backupKey(what));
  if (place === undefined) return Promise.resolve(undefined);
  const record = readBackupLine(file.read(place));
  if (record === undefined)
    throw new MaestroError('usage', `the backup ${path} was changed while it was used: ${what.application} is gone`);
  return Promise.resolve(record);
}
