import { fstatSync, writeSync } from 'node:fs';

/** Major number of /dev/null and its kin on Linux: character devices that are no terminals. */
const memoryDevices = 1;

/**
 * True for a descriptor that is certainly no terminal: a file, a pipe, a
 * socket, /dev/null. Asking Node instead would load its streams and network,
 * which is a tenth of a short run.
 */
export function isPlainOutput(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor);
    if (!stats.isCharacterDevice()) return true;
    return stats.rdev >>> 8 === memoryDevices;
  } catch {
    return false;
  }
}

/**
 * Writes at once, as Node's own standard output does for files and pipes.
 *
 * @returns what could not be written yet, because the reader of a pipe that
 *   does not block is behind; undefined when all is written
 * @throws the system's error, such as EPIPE when the reader went away
 */
export function writeNow(descriptor: number, text: string | Buffer): Buffer | undefined {
  let left = typeof text === 'string' ? Buffer.from(text) : text;
  while (left.length > 0) {
    try {
      left = left.subarray(writeSync(descriptor, left));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return left;
      throw error;
    }
  }
  return undefined;
}
