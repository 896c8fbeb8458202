import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  entryLine,
  factLine,
  headerLine,
  readJournal,
  type JournalEntry,
  type JournalFact,
  type JournalHeader,
} from '../core/fleet/journal.ts';
import { MaestroError } from '../errors.ts';
import { lockFile, lockUse, type Lock, type LockOwner } from './file-lock.ts';
import { readRegularFile } from './read-file.ts';
import { fileFault } from './file-fault.ts';
import { fileMode, openAppended } from './write-file.ts';

/** What a roll-out has done, kept in a file line by line, so that it can be taken up again after any end. */
export interface JournalFile {
  /** What earlier runs of the same input recorded. */
  readonly entries: readonly JournalEntry[];
  /** Keeps an entry; it is on the disk after the next `flush`, at the latest when a batch is full. */
  add(entry: JournalEntry): void;
  /** Keeps what people may want to see; on the disk with the next entries, or the next `flush`. */
  tell(fact: JournalFact): void;
  /** Writes what was kept, and returns when the disk has it. */
  flush(): void;
  /** Lets other runs use it. */
  close(): void;
}

/** Entries written and synced together. What is lost with a batch costs a read each in the next run. */
const batchSize = 25;

/** Lines kept in memory; facts are lost with less harm than the time of a sync for each few. */
const mostPending = 500;

/** Some million entries; Node makes no string of more than 512 MiB. */
const maxJournalBytes = 256 * 1024 * 1024;

/**
 * Opens a journal, or begins one, and locks it until it is closed. Everything
 * is synchronous, so that a signal cannot fall between the steps.
 *
 * @throws MaestroError usage when the file cannot be used, belongs to other input, or another run
 *   uses it; it is unchanged then
 */
export function openJournal(path: string, cwd: string, header: JournalHeader, owner: LockOwner): JournalFile {
  const target = resolve(cwd, path);
  const file = guarded(path, () => openAppended(target, fileMode.shared));
  let lock: Lock | undefined;
  const close = (): void => {
    file.close();
    lock?.release();
  };
  let pending: string[] = [];
  let unsyncedEntries = 0;
  const flush = (): void => {
    if (pending.length === 0) return;
    const lines = pending;
    pending = [];
    unsyncedEntries = 0;
    try {
      file.append(lines.join(''));
    } catch (error) {
      throw new MaestroError('unavailable', `the journal ${path} cannot be written any more: ${fileFault(error)}`, {
        reason: 'ResultNotWritten',
        hint: 'What was begun is stored in Maestro. Start again with room for the journal, or without it: what is right already is left alone.',
        cause: error,
      });
    }
  };
  try {
    lock = guarded(path, () =>
      lockFile(realpathSync(target), { noun: 'journal', shown: path, flag: '--journal' }, owner),
    );
    const { entries, wholeBytes } = readJournal(
      guarded(path, () => readRegularFile(target, maxJournalBytes).toString('utf8')),
      path,
      header,
    );
    guarded(path, () => {
      file.truncate(wholeBytes);
      if (wholeBytes === 0) file.append(headerLine(header));
    });
    return {
      entries,
      add: (entry) => {
        pending.push(entryLine(entry));
        unsyncedEntries += 1;
        if (unsyncedEntries >= batchSize) flush();
      },
      tell: (fact) => {
        pending.push(factLine(fact));
        if (pending.length >= mostPending) flush();
      },
      flush,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** Whether a run is writing to the journal at this moment, as far as can be seen. */
export function journalUse(path: string, isRunning: LockOwner['isRunning']): 'held' | 'free' | 'unknown' {
  try {
    return lockUse(realpathSync(path), isRunning);
  } catch {
    // Where there is no journal nobody writes to it; what cannot be looked at is told by whoever reads it.
    return 'unknown';
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MaestroError) throw error;
    throw new MaestroError('usage', `the journal ${path} cannot be used: ${fileFault(error)}`, {
      hint: 'Nothing was sent. Give --journal a file that can be written.',
      cause: error,
    });
  }
}
