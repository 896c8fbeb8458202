import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { isAbsolute, join } from 'node:path';
import { MaestroError } from '../errors.ts';
import { fileFault } from './file-fault.ts';
import { readRegularFile } from './read-file.ts';
import { createExclusive, fileMode } from './write-file.ts';

/** A file that an editor of the user opens. */
export interface EditedFile {
  readonly path: string;
  /** @throws MaestroError usage when the editor has left nothing that can be read */
  read(): string;
  /** Puts another text in its place. */
  write(text: string): void;
  /** Takes away what the editor has put beside it: copies and swap files. */
  removeOthers(): void;
  /** Takes all away. */
  remove(): void;
}

/** More than any work that Maestro takes. */
const maxBytes = 16 * 1024 * 1024;

/**
 * Makes a file for an editor in a new folder that nobody else may look into, so
 * that copies and swap files of the editor are as private. It is made in
 * XDG_RUNTIME_DIR where there is one, which lies in memory; else below TMPDIR.
 */
export function editedFile(name: string, text: string, env: Readonly<Record<string, string | undefined>>): EditedFile {
  const folder = newFolder(env);
  const path = join(folder, name);
  try {
    createExclusive(path, text, fileMode.secret);
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw fault(path, error);
  }
  return {
    path,
    read: () => {
      try {
        return readRegularFile(path, maxBytes).toString('utf8');
      } catch (error) {
        throw fault(path, error);
      }
    },
    write: (next) => {
      try {
        rmSync(path, { force: true });
        createExclusive(path, next, fileMode.secret);
      } catch (error) {
        throw fault(path, error);
      }
    },
    removeOthers: () => {
      for (const other of readdirSync(folder))
        if (other !== name) rmSync(join(folder, other), { recursive: true, force: true });
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

function newFolder(env: Readonly<Record<string, string | undefined>>): string {
  const places = [env['XDG_RUNTIME_DIR'], env['TMPDIR'], '/tmp'].filter(
    (place) => place !== undefined && isAbsolute(place),
  );
  let last: unknown;
  for (const place of places) {
    try {
      // The system makes it for its owner alone.
      return mkdtempSync(join(place ?? '', 'maestro-cli-edit-'));
    } catch (error) {
      last = error;
    }
  }
  throw fault('a temporary file', last);
}

function fault(what: string, error: unknown): MaestroError {
  return new MaestroError('usage', `${what} cannot be used for editing: ${fileFault(error)}`, { cause: error });
}
