import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { MaestroError } from '../errors.ts';

/**
 * Writes a file that was asked for by name, whole or not at all.
 *
 * @throws MaestroError usage, naming the file
 */
export function writeTextFile(path: string, cwd: string, text: string): void {
  const target = resolve(cwd, path);
  const temporary = `${target}.tmp`;
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, target);
  } catch (error) {
    rmSync(temporary, { force: true });
    const why = error instanceof Error ? error.message : String(error);
    throw new MaestroError('usage', `${path} can not be written: ${why}`, { cause: error });
  }
}
