import { getRawAsset } from 'node:sea';
import { createLoader, type BundleIndex } from './load.ts';
import { run } from './run.ts';

declare const BUNDLE_INDEX: string;

/** The scripts and their caches lie in the executable itself. */
function read(file: string): Buffer | undefined {
  try {
    return Buffer.from(getRawAsset(file));
  } catch {
    return undefined;
  }
}

run(() => createLoader(JSON.parse(BUNDLE_INDEX) as BundleIndex, read, require));
