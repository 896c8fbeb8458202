import { getRawAsset } from 'node:sea';
import type * as entry from '../src/main.ts';
import { createLoader, type BundleIndex } from './load.ts';

declare const BUNDLE_INDEX: string;

/** The scripts and their caches lie in the executable itself. */
function read(file: string): Buffer | undefined {
  try {
    return Buffer.from(getRawAsset(file));
  } catch {
    return undefined;
  }
}

const { main } = createLoader(JSON.parse(BUNDLE_INDEX) as BundleIndex, read, require).require('./main.js') as typeof entry;
void main(process);
