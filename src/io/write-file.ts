import {
  closeSync,
  constants,
  fchmodSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  lstatSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { MaestroError } from '../errors.ts';
import { systemRandom } from '../random.ts';
import { fileFault } from './file-fault.ts';

/*
 * The one place that makes and changes files. Everything is synchronous, so
 * that a signal cannot fall between the steps.
 */

/** Modes of what we write. */
export const fileMode = {
  /** What may hold Secrets or tokens. */
  secret: 0o600,
  /** What another user has to read, such as the reporter a result. */
  shared: 0o644,
} as const;

/** Windows has neither of the last two. */
const newFile =
  constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | ((constants.O_NOFOLLOW as number | undefined) ?? 0);
const appending = constants.O_RDWR | constants.O_APPEND | ((constants.O_NONBLOCK as number | undefined) ?? 0);

/**
 * Writes a file whole or not at all: into a new file of a name that nobody can
 * guess, in the same directory, which takes the place of the old one when the
 * disk has every byte of it. After an error the old file is as it was, and
 * nothing is left beside it. A link at `path` is replaced, never followed.
 *
 * @param content one text, or many that are written one after the other
 * @param mode of the new file, whatever the umask; a secret file keeps what an old one has stricter
 * @throws the system's error, such as ENOSPC
 */
export function writeWhole(path: string, content: string | Iterable<string>, mode: number): void {
  const temporary = join(dirname(path), temporaryName());
  const kept = mode === fileMode.secret ? stricter(path, mode) : mode;
  try {
    createExclusive(temporary, content, kept);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/**
 * Makes sure that a file can be written where `path` is, by writing one there
 * and taking it away again: a full disk takes the name of a file, and no byte.
 *
 * @throws the system's error
 */
export function tryWriting(path: string): void {
  const temporary = join(dirname(path), temporaryName());
  try {
    createExclusive(temporary, ' '.repeat(triedBytes), fileMode.secret);
  } finally {
    rmSync(temporary, { force: true });
  }
}

/** Created exclusively and through no link, so that a name that somebody guesses can only be refused. */
function temporaryName(): string {
  return `.maestro-cli-${systemRandom().toString(36).slice(2)}${systemRandom().toString(36).slice(2)}.tmp`;
}

/** What the result of a few works takes. */
const triedBytes = 16 * 1024;

/**
 * Makes a file that is not there yet, and follows no link.
 *
 * @throws the system's error, EEXIST when something is there; else nothing is left behind
 */
export function createExclusive(path: string, content: string | Iterable<string>, mode: number): void {
  const file = openSync(path, newFile, fileMode.secret);
  try {
    fchmodSync(file, mode);
    let written = 0;
    for (const part of typeof content === 'string' ? [content] : content) {
      const bytes = Buffer.from(part);
      writeAll(file, bytes);
      written += bytes.length;
    }
    fsyncSync(file);
    const { size } = fstatSync(file);
    if (size !== written) throw new Error(`${size} of ${written} bytes were written`);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(file);
  }
}

/** A file that grows at its end. */
export interface AppendedFile {
  /** On the disk when it returns. After an error the file ends where it ended before. */
  append(text: string): void;
  /** Takes away what stands behind so many bytes. */
  truncate(bytes: number): void;
  close(): void;
}

/**
 * Opens a file to append to, or makes it. A link to a file is followed, one to
 * nothing is not: whoever planted it would say where we write.
 *
 * @throws the system's error, or one that says that it is no regular file
 */
export function openAppended(path: string, mode: number): AppendedFile {
  const file = openOrCreate(path, mode);
  if (!fstatSync(file).isFile()) {
    closeSync(file);
    throw new Error(notRegular);
  }
  return {
    append: (text) => {
      const { size } = fstatSync(file);
      try {
        writeAll(file, Buffer.from(text));
        fsyncSync(file);
      } catch (error) {
        ftruncateSync(file, size);
        throw error;
      }
    },
    truncate: (bytes) => ftruncateSync(file, bytes),
    close: () => closeSync(file),
  };
}

const notRegular = 'it is no regular file';

function openOrCreate(path: string, mode: number): number {
  try {
    return openSync(path, appending);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EISDIR') throw new Error(notRegular, { cause: error });
    if (code !== 'ENOENT') throw error;
  }
  const made = openSync(path, appending | (newFile & ~constants.O_WRONLY), mode);
  syncDirectory(dirname(path));
  return made;
}

/** The system may take less than it was given, on a disk that is nearly full for one. */
function writeAll(file: number, bytes: Buffer): void {
  for (let written = 0; written < bytes.length;) {
    const count = writeSync(file, bytes, written);
    if (count === 0) throw new Error('the system takes no more bytes');
    written += count;
  }
}

function stricter(path: string, mode: number): number {
  const present = lstatSync(path, { throwIfNoEntry: false });
  return present?.isFile() === true ? present.mode & mode : mode;
}

/** Makes the rename itself durable; file systems that cannot sync a directory still have the file. */
function syncDirectory(path: string): void {
  let directory: number;
  try {
    directory = openSync(path, 'r');
  } catch {
    // A directory may be written to and not read.
    return;
  }
  try {
    fsyncSync(directory);
  } catch {
    // Some network file systems refuse fsync on a directory.
  } finally {
    closeSync(directory);
  }
}

/** Faults of the disk, not of the path: another try may find room. */
const roomFaults: readonly unknown[] = ['ENOSPC', 'EDQUOT', 'EFBIG', 'EIO'];

/** Says that a file that was asked for is not there, or is as it was before. */
export function notWritten(path: string, error: unknown, hint?: string): MaestroError {
  if (error instanceof MaestroError) return error;
  const noRoom = roomFaults.includes((error as NodeJS.ErrnoException).code);
  return new MaestroError(noRoom ? 'unavailable' : 'usage', `${path} cannot be written: ${fileFault(error)}`, {
    ...(noRoom
      ? { reason: 'ResultNotWritten', hint: 'What stood there before is as it was.' }
      : hint === undefined
        ? {}
        : { hint }),
    cause: error,
  });
}
