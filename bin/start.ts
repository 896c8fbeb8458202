// First of all, before anything that an old Node does not have.
import './require-node.ts';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { createLoader, type BundleIndex } from './load.ts';
import { run } from './run.ts';

/** JSON. */
declare const BUNDLE_INDEX: string;

/**
 * One buffer for all files: the loader is done with one when it asks for the next, and memory is given back late. It
 * has room for the largest that usual commands load; what is never filled takes no memory.
 */
let buffer = Buffer.allocUnsafeSlow(1536 * 1024);

function read(file: string): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(`${__dirname}/${file}`, 'r');
  } catch {
    return undefined;
  }
  try {
    const { size } = fstatSync(descriptor);
    if (size > buffer.length) buffer = Buffer.allocUnsafeSlow(size);
    return buffer.subarray(0, readSync(descriptor, buffer, 0, size, 0));
  } finally {
    closeSync(descriptor);
  }
}

run(() => createLoader(JSON.parse(BUNDLE_INDEX) as BundleIndex, read, require));

/** What is read to see that this file was whole. */
export const begun = true;
