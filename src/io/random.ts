import { randomFillSync } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';

/** Read ahead, for processes that make many ids. */
const pool = Buffer.allocUnsafeSlow(512);
let usedBytes = pool.length;

/**
 * Bytes that nobody can guess, at most 64. They come from the system, where it
 * gives them as a file: loading `node:crypto` costs a short run two
 * milliseconds and two megabytes.
 */
export function randomBytes(count: number): Buffer {
  if (usedBytes + count > pool.length) {
    if (!readFromSystem(pool)) randomFillSync(pool);
    usedBytes = 0;
  }
  usedBytes += count;
  return Buffer.from(pool.subarray(usedBytes - count, usedBytes));
}

/** From 0 to below 1, evenly. */
export function randomFraction(): number {
  return randomBytes(4).readUInt32BE() / 2 ** 32;
}

/** A UUID of version 4. */
export function randomUuid(): string {
  const bytes = randomBytes(16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x40, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const digits = bytes.toString('hex');
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-${digits.slice(12, 16)}-${digits.slice(16, 20)}-${digits.slice(20)}`;
}

/** @returns false where there is no such file, or not enough in it */
function readFromSystem(bytes: Buffer): boolean {
  let file: number;
  try {
    file = openSync('/dev/urandom', 'r');
  } catch {
    return false;
  }
  try {
    return readSync(file, bytes) === bytes.length;
  } catch {
    return false;
  } finally {
    closeSync(file);
  }
}
