import { closeSync, fchmodSync, fsyncSync, lstatSync, openSync, readFileSync, renameSync, rmSync, writeSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseJson } from '../core/json.ts';
import { MaestroError } from '../errors.ts';
import { isSpecialFile, openSpecialFile } from './special-file.ts';

/**
 * The one result of a run. Written once, at the end: a reader sees no file or
 * the whole file, never an empty, partial or early one (the status-reporter
 * parses at first sight and does not look again).
 *
 * Everything here is synchronous, so that a signal can not fall between the
 * steps.
 */
export interface ResultFile {
  readonly path: string;
  /** Temporary file in the same directory, fsync, mode 0644, rename; a device or a pipe is written to as it is. */
  write(text: string): void;
}

/**
 * Makes sure at the start that the result can be written at the end, and
 * removes the file that an earlier try left behind.
 *
 * @throws MaestroError usage/UnwritableResult, before anything was sent
 */
export function openResultFile(path: string, pid: number): ResultFile {
  const temporary = join(dirname(path), `.${basename(path)}.${pid}.tmp`);
  try {
    if (path.endsWith('/')) throw new Error('it names a directory');
    if (isSpecialFile(path)) {
      const special = openSpecialFile(path);
      return { path, write: (content) => told(path, () => special.write(content)) };
    }
    const present = lstatSync(path, { throwIfNoEntry: false });
    if (present?.isDirectory()) throw new Error('it is a directory');
    if (present?.isFile() && isManifest(path)) throw new Error('a manifest stands there, which is not removed');
    writeWhole(temporary, '');
    rmSync(temporary);
    rmSync(path, { force: true });
  } catch (error) {
    throw new MaestroError('usage', `the result file ${path} can not be written: ${text(error)}`, {
      reason: 'UnwritableResult',
      hint: 'Nothing was sent. Give --results-path (or RESULTS_PATH) a file of its own, in a directory that exists and is writable.',
      cause: error,
    });
  }
  return {
    path,
    write: (content) =>
      told(path, () => {
        try {
          writeWhole(temporary, content);
          renameSync(temporary, path);
          syncDirectory(dirname(path));
        } catch (error) {
          rmSync(temporary, { force: true });
          throw error;
        }
      }),
  };
}

/** A manifest may well be an input of this very run, by way of its directory, a pattern or a link; a result says neither word but in texts. */
function isManifest(path: string): boolean {
  const content = readFileSync(path, 'utf8');
  if (!/\bapiVersion\b/.test(content) || !/\bkind\b/.test(content)) return false;
  try {
    const value = parseJson(content) as { readonly status?: unknown } | null;
    return typeof value?.status !== 'string';
  } catch {
    return true;
  }
}

function told(path: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new MaestroError('unavailable', `the outcome could not be written to ${path}: ${text(error)}`, { reason: 'ResultNotWritten', cause: error });
  }
}

function writeWhole(path: string, content: string): void {
  rmSync(path, { force: true });
  const file = openSync(path, 'wx', 0o644);
  try {
    // The umask must not keep the reporter, which runs as another user, from reading.
    fchmodSync(file, 0o644);
    const bytes = Buffer.from(content);
    for (let written = 0; written < bytes.length; ) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}

/** Makes the rename itself durable; file systems that can not sync a directory still have the file. */
function syncDirectory(path: string): void {
  const directory = openSync(path, 'r');
  try {
    fsyncSync(directory);
  } catch {
    // Some network file systems refuse fsync on a directory.
  } finally {
    closeSync(directory);
  }
}

function text(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // Node names its own call and the temporary file, which nobody gave.
  return error.message.replace(/^[A-Z]+: /, '').replace(/, [a-z]+( '.*')?$/, '');
}
