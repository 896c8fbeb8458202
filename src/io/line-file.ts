import { existsSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { MaestroError } from '../errors.ts';
import { lockFile, type Lock, type LockedFile, type LockOwner } from './file-lock.ts';
import { readLineAt, readLines, type FileLine } from './read-file.ts';
import { fileFault } from './file-fault.ts';
import { fileMode, openAppended, type AppendedFile } from './write-file.ts';

/** A file of lines, of which any can be read again. */
export interface LineFile {
  /** All whole lines, and a last one that was cut off. */
  lines(): Iterable<FileLine>;
  /** Reads one of them again. */
  read(line: Pick<FileLine, 'offset' | 'bytes'>): string;
}

/** One that only grows: what stands in it is never changed, and what is added is on the disk before anything else. */
export interface GrowingLineFile extends LineFile {
  /** It was made by this run, or was empty. */
  readonly isNew: boolean;
  /**
   * On the disk when it returns. A line that an earlier run left without its end keeps what it has.
   *
   * @throws MaestroError unavailable when the disk takes no more; the file ends then where it ended
   */
  append(line: string): FileLine;
  close(): void;
}

/** One line is an object of the hub or of Maestro, which takes 4 MiB at most. */
const maxLineBytes = 16 * 1024 * 1024;

/**
 * Opens a file to read it.
 *
 * @throws MaestroError usage when it cannot be read
 */
export function openLines(path: string, cwd: string, noun: string): LineFile {
  const target = resolve(cwd, path);
  const doing = <T>(action: () => T): T => guarded({ noun, shown: path }, action);
  doing(() => statSync(target));
  return {
    lines: () => guardedLines(target, doing),
    read: (line) => doing(() => readLineAt(target, line)),
  };
}

/**
 * Opens a file to read it; undefined when there is none.
 *
 * @throws MaestroError usage when it cannot be read
 */
export function openLinesIfThere(path: string, cwd: string, noun: string): LineFile | undefined {
  return existsSync(resolve(cwd, path)) ? openLines(path, cwd, noun) : undefined;
}

/**
 * Opens a file to add lines to, or makes it, for its owner alone, and locks it until it is closed.
 *
 * @throws MaestroError usage when it cannot be used, others may read it, or another run uses it; it is unchanged then
 */
export function openGrowingLines(
  path: string,
  cwd: string,
  named: Pick<LockedFile, 'noun' | 'flag'>,
  owner: LockOwner,
): GrowingLineFile {
  const target = resolve(cwd, path);
  const locked: LockedFile = { ...named, shown: path };
  const doing = <T>(action: () => T): T => guarded(locked, action);
  let file: AppendedFile | undefined;
  let lock: Lock | undefined;
  const close = (): void => {
    file?.close();
    lock?.release();
  };
  try {
    const opened = doing(() => openAppended(target, fileMode.secret));
    file = opened;
    doing(() => refuseShared(target));
    lock = doing(() => lockFile(realpathSync(target), locked, owner));
    let end = doing(() => statSync(target).size);
    let ended = end === 0 || doing(() => readLineAt(target, { offset: end - 1, bytes: 1 })) === '\n';
    return {
      isNew: end === 0,
      lines: () => guardedLines(target, doing),
      read: (line) => doing(() => readLineAt(target, line)),
      append: (text) => {
        const before = ended ? '' : '\n';
        appended(opened, `${before}${text}\n`, locked);
        const line = { text, offset: end + before.length, bytes: Buffer.byteLength(text), whole: true };
        end = line.offset + line.bytes + 1;
        ended = true;
        return line;
      },
      close,
    };
  } catch (error) {
    close();
    throw error;
  }
}

/** An umask takes rights away and gives none, so a file of ours is never so. */
function refuseShared(target: string): void {
  const { mode } = statSync(target);
  if ((mode & 0o077) !== 0)
    throw new Error('others may read it; it holds whole objects, so take that from them (chmod 600)');
}

function appended(file: AppendedFile, text: string, { noun, shown }: LockedFile): void {
  try {
    file.append(text);
  } catch (error) {
    throw new MaestroError('unavailable', `the ${noun} ${shown} cannot be written any more: ${fileFault(error)}`, {
      reason: 'ResultNotWritten',
      hint: 'Nothing is deleted that is not in it. Start again when there is room for it.',
      cause: error,
    });
  }
}

function* guardedLines(target: string, doing: <T>(action: () => T) => T): Generator<FileLine> {
  const lines = readLines(target, maxLineBytes);
  for (;;) {
    const next = doing(() => lines.next());
    if (next.done === true) return;
    yield next.value;
  }
}

function guarded<T>({ noun, shown }: Pick<LockedFile, 'noun' | 'shown'>, action: () => T): T {
  try {
    return action();
  } catch (error) {
    if (error instanceof MaestroError) throw error;
    throw new MaestroError('usage', `the ${noun} ${shown} cannot be used: ${fileFault(error)}`, { cause: error });
  }
}
