import { createHash } from 'node:crypto';
import { isDnsLabel, longestLabel } from '../../core/works/names.ts';

/** Hex digits of the hash in a name: 40 bits, on one cluster at a time. */
const hashLength = 10;

/**
 * Name of the work for a hub application: `<namespace>-<name>`, as the Go
 * controllers have it, when that is a DNS label of 63 characters; otherwise
 * the hashed one.
 */
export function bundleNameOf(namespace: string, name: string): string {
  const plain = `${namespace}-${name}`;
  return isDnsLabel(plain) ? plain : hashedBundleName(namespace, name);
}

/**
 * Always with a hash, for applications whose plain names would be one:
 * `a-b`/`c` and `a`/`b-c`. A DNS label for whatever a hub can hold.
 */
export function hashedBundleName(namespace: string, name: string): string {
  const hash = createHash('sha256').update(`${namespace}/${name}`).digest('hex').slice(0, hashLength);
  const readable = `${namespace}-${name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, longestLabel - hashLength - 1)
    .replaceAll(/^-+|-+$/g, '');
  return readable === '' ? `app-${hash}` : `${readable}-${hash}`;
}
