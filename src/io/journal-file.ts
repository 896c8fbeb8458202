import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, realpathSync, statSync, writeSync } from 'node:fs';
import { resolve } from 'node:path';
import { entryLine, headerLine, readJournal, type JournalEntry, type JournalHeader } from '../core/fleet/journal.ts';
import { MaestroError } from '../errors.ts';
import { lockJournal, type Lock, type LockOwner } from './journal-lock.ts';

/** What a roll-out has done, kept in a file line by line, so that it can be taken up again after any end. */
export interface JournalFile {
  /** What earlier runs of the same input recorded. */
  readonly entries: readonly JournalEntry[];
  /** Keeps an entry; it is on the disk after the next `flush`, at the latest when a batch is full. */
  add(entry: JournalEntry): void;
  /** Writes what was kept, and returns when the disk has it. */
  flush(): void;
  /** Lets other runs use it. */
  close(): void;
}

/** Entries written and synced together. What is lost with a batch costs a read each in the next run. */
const batchSize = 25;

/**
 * Opens a journal, or begins one, and locks it until it is closed. Everything
 * is synchronous, so that a signal can not fall between the steps.
 *
 * @throws MaestroError usage when the file can not be used, belongs to other input, or another run
 *   uses it; it is unchanged then
 */
export function openJournal(path: string, cwd: string, header: JournalHeader, owner: LockOwner): JournalFile {
  const target = resolve(cwd, path);
  const file = guarded(path, () => {
    // A device or a pipe has no end, or gives nothing back.
    if (statSync(target, { throwIfNoEntry: false })?.isFile() === false) throw new Error('it is no regular file');
    return openSync(target, 'a+', 0o644);
  });
  let lock: Lock | undefined;
  const close = (): void => {
    closeSync(file);
    lock?.release();
  };
  let pending: string[] = [];
  const write = (lines: readonly string[]): void => {
    const bytes = Buffer.from(lines.join(''));
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  };
  const flush = (): void => {
    if (pending.length === 0) return;
    const lines = pending;
    pending = [];
    try {
      write(lines);
    } catch (error) {
      throw new MaestroError('unavailable', `the journal ${path} can not be written any more: ${textOf(error)}`, {
        reason: 'ResultNotWritten',
        hint: 'What was begun is stored in Maestro. Start again with room for the journal, or without it: what is right already is left alone.',
        cause: error,
      });
    }
  };
  try {
    lock = guarded(path, () => lockJournal(realpathSync(target), path, owner));
    const { entries, wholeBytes } = readJournal(guarded(path, () => readFileSync(target, 'utf8')), path, header);
    guarded(path, () => {
      ftruncateSync(file, wholeBytes);
      if (wholeBytes === 0) write([headerLine(header)]);
    });
    return {
      entries,
      add: (entry) => {
        pending.push(entryLine(entry));
        if (pending.length >= batchSize) flush();
      },
      flush,
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MaestroError) throw error;
    throw new MaestroError('usage', `the journal ${path} can not be used: ${textOf(error)}`, { hint: 'Nothing was sent. Give --journal a file that can be written.', cause: error });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+( '.*')?$/, '') : String(error);
}
