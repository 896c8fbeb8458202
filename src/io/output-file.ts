import { resolve } from 'node:path';
import { isSpecialFile, openSpecialFile } from './special-file.ts';
import { fileMode, notWritten, writeWhole } from './write-file.ts';

/**
 * Writes a file that was asked for by name, whole or not at all, and only for
 * its owner, because works may hold Secrets; a device or a pipe is written to
 * as it is.
 *
 * @param text one text, or many that are written one after the other
 * @throws MaestroError, naming the file: usage for a path that cannot be written to, unavailable for a full disk
 */
export function writeTextFile(path: string, cwd: string, text: string | Iterable<string>): void {
  const target = resolve(cwd, path);
  try {
    if (isSpecialFile(target))
      return openSpecialFile(target).write(typeof text === 'string' ? text : [...text].join(''));
    if (path.endsWith('/')) throw new Error('it names a directory');
    writeWhole(target, text, fileMode.secret);
  } catch (error) {
    throw notWritten(path, error);
  }
}

/** The same for lines, which are written one by one, however many they are. */
export function writeLines(path: string, cwd: string, lines: Iterable<string>): void {
  writeTextFile(path, cwd, ended(lines));
}

function* ended(lines: Iterable<string>): Generator<string, void, void> {
  for (const line of lines) yield `${line}\n`;
}
