import { hash } from 'node:crypto';
import { bundleId } from '../../core/works/bundle-id.ts';
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

/** The names that a bundle for a hub application may have. */
export function possibleNames(namespace: string, name: string): readonly string[] {
  return [...new Set([bundleNameOf(namespace, name), hashedBundleName(namespace, name)])];
}

/** Ids that a bundle for a hub application may have on a cluster, by either name. */
export function possibleIds(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  source: string,
  cluster: string,
): readonly string[] {
  return possibleNames(namespace, name).map((workName) => bundleId(source, cluster, workName));
}

/**
 * Always with a hash, for applications whose plain names would be one:
 * `a-b`/`c` and `a`/`b-c`. A DNS label for whatever a hub can hold.
 */
export function hashedBundleName(namespace: string, name: string): string {
  const tail = hash('sha256', `${namespace}/${name}`, 'hex').slice(0, hashLength);
  const readable = `${namespace}-${name}`
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .slice(0, longestLabel - hashLength - 1)
    .replaceAll(/^-+|-+$/g, '');
  return `${readable === '' ? 'app' : readable}-${tail}`;
}
