import { closeSync, constants, openSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { writeNow } from './descriptor-output.ts';

/** A reader that takes nothing for so long has stopped. */
const mostWaits = 500;
const waitMs = 10;

/**
 * True for what can only be written to, and would be lost if a file took its
 * place: a device such as /dev/null, a pipe, a socket, and the name of an open
 * descriptor, whatever that is of.
 */
export function isSpecialFile(path: string): boolean {
  if (/^\/dev(\/fd)?$|^\/proc\/[^/]+\/fd$/.test(dirname(resolve(path))))
    return statSync(path, { throwIfNoEntry: false }) !== undefined;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats !== undefined && !stats.isFile() && !stats.isDirectory();
}

/**
 * Opens it for one text. Until then it stays open, because a pipe's reader
 * takes a close for the end.
 *
 * @throws the system's error, such as ENXIO when nobody reads the pipe
 */
export function openSpecialFile(path: string): { write(text: string): void } {
  // A pipe that nobody reads would hold up all else, signals too.
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK);
  return { write: (text) => writeAndClose(descriptor, text) };
}

function writeAndClose(descriptor: number, text: string): void {
  try {
    let left: Buffer | undefined = Buffer.from(text);
    for (let waits = 0; left !== undefined; waits += 1) {
      if (waits > mostWaits) throw new Error('its reader takes no more');
      const before: number = left.length;
      left = writeNow(descriptor, left);
      if (left === undefined) return;
      if (left.length < before) waits = 0;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, waitMs);
    }
  } finally {
    closeSync(descriptor);
  }
}
