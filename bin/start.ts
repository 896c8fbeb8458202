import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type * as entry from '../src/main.ts';
import { createLoader, type BundleIndex } from './load.ts';

/** JSON. */
declare const BUNDLE_INDEX: string;

const folder = __filename.replace(/\.cjs$/, '');

function read(file: string): Buffer | undefined {
  try {
    return readFileSync(join(folder, file));
  } catch {
    return undefined;
  }
}

const { main } = createLoader(JSON.parse(BUNDLE_INDEX) as BundleIndex, read, require).require('./main.js') as typeof entry;
void main(process);
