import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MaestroError } from '../errors.ts';
import { isSpecialFile, openSpecialFile } from './special-file.ts';

/**
 * Writes a file that was asked for by name, whole or not at all; a device or a
 * pipe is written to as it is.
 *
 * @throws MaestroError usage, naming the file
 */
export function writeTextFile(path: string, cwd: string, text: string): void {
  const target = resolve(cwd, path);
  const temporary = `${target}.tmp`;
  try {
    if (isSpecialFile(target)) return openSpecialFile(target).write(text);
    if (path.endsWith('/')) throw new Error('it names a directory');
    writeFileSync(temporary, text);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new MaestroError('usage', `${path} can not be written: ${why}`, { cause: error });
  }
}
