import { lstatSync, rmSync } from 'node:fs';
import { parseJson } from '../core/json.ts';
import { MaestroError } from '../errors.ts';
import { readRegularFile } from './read-file.ts';
import { isSpecialFile, openSpecialFile } from './special-file.ts';
import { fileFault } from './file-fault.ts';
import { fileMode, tryWriting, writeWhole } from './write-file.ts';

/**
 * The one result of a run. Written once, at the end: a reader sees no file or
 * the whole file, never an empty, partial or early one (the status-reporter
 * parses at first sight and does not look again).
 *
 * Everything here is synchronous, so that a signal cannot fall between the
 * steps.
 */
export interface ResultFile {
  readonly path: string;
  /**
   * Whole, with mode 0644, whatever the umask, because the reporter runs as another user; a device or a pipe is written
   * to as it is.
   */
  write(text: string): void;
}

/** A file that a run writes at its end, and how messages call it. */
interface AtTheEnd {
  readonly what: string;
  readonly flag: string;
  /** What is written there, in the message of a write that failed. */
  readonly content: string;
  /** Whether the file of an earlier try is removed at the start: a program would take it for that of this run. */
  readonly isRemoved: boolean;
}

const result: AtTheEnd = {
  what: 'result file',
  flag: '--results-path (or RESULTS_PATH)',
  content: 'outcome',
  isRemoved: true,
};

const report: AtTheEnd = { what: 'report', flag: '--report', content: 'report', isRemoved: false };

/**
 * Makes sure at the start that the result can be written at the end, and
 * removes the file that an earlier try left behind.
 *
 * @throws MaestroError usage/UnwritableResult, before anything was sent
 */
export function openResultFile(path: string): ResultFile {
  return openAtTheEnd(path, result);
}

/**
 * The same for a page that people read. An earlier one stays until it is replaced: it says itself of which run it is.
 *
 * @throws MaestroError usage/UnwritableResult, before anything was sent
 */
export function openReportFile(path: string): ResultFile {
  return openAtTheEnd(path, report);
}

function openAtTheEnd(path: string, { what, flag, content: written, isRemoved }: AtTheEnd): ResultFile {
  try {
    if (path.endsWith('/')) throw new Error('it names a directory');
    if (isSpecialFile(path)) {
      const special = openSpecialFile(path);
      return { path, write: (content) => explained(path, written, () => special.write(content)) };
    }
    const present = lstatSync(path, { throwIfNoEntry: false });
    if (present?.isDirectory()) throw new Error('it is a directory');
    if (present?.isFile() && isManifest(path)) throw new Error('a manifest stands there, which is not removed');
    if (isRemoved) rmSync(path, { force: true });
    tryWriting(path);
  } catch (error) {
    throw new MaestroError('usage', `the ${what} ${path} cannot be written: ${fileFault(error)}`, {
      reason: 'UnwritableResult',
      hint: `Nothing was sent. Give ${flag} a file of its own, in a directory that exists and is writable.`,
      cause: error,
    });
  }
  return { path, write: (content) => explained(path, written, () => writeWhole(path, content, fileMode.shared)) };
}

/** More than any result of ours has. */
const maxResultBytes = 16 * 1024 * 1024;

/**
 * A manifest may well be an input of this very run, by way of its directory, a pattern or a link; a result says neither
 * word but in texts.
 */
function isManifest(path: string): boolean {
  const content = readRegularFile(path, maxResultBytes).toString('utf8');
  if (!/\bapiVersion\b/.test(content) || !/\bkind\b/.test(content)) return false;
  try {
    const value = parseJson(content) as { readonly status?: unknown } | null;
    return typeof value?.status !== 'string';
  } catch {
    return true;
  }
}

function explained(path: string, content: string, write: () => void): void {
  try {
    write();
  } catch (error) {
    throw new MaestroError('unavailable', `the ${content} could not be written to ${path}: ${fileFault(error)}`, {
      reason: 'ResultNotWritten',
      cause: error,
    });
  }
}
