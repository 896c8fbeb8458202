import { sha1 } from '@noble/hashes/legacy.js';

/** The OID namespace of RFC 9562, which the OCM libraries build on. */
const oidNamespace = Buffer.from('6ba7b8129dad11d180b400c04fd430c8', 'hex');

/**
 * The id under which Maestro keeps a work: a UUIDv5, so that it is known
 * before anything is stored. The parts are joined by hyphens, so two different
 * (consumer, name) pairs can have one id: after a read, compare both.
 */
export function bundleId(source: string, consumer: string, workName: string): string {
  return uuidV5(oidNamespace, `${source}-manifestworks.work.open-cluster-management.io-${consumer}-${workName}`);
}

/** @param namespace the 16 bytes of another UUID */
export function uuidV5(namespace: Buffer, name: string): string {
  const text = Buffer.allocUnsafe(namespace.length + Buffer.byteLength(name, 'utf8'));
  namespace.copy(text);
  text.write(name, namespace.length, 'utf8');
  // Not node:crypto, which takes 0.15 of an empty script to load; see docs/decisions/0004-start-up.md.
  const digits = Buffer.from(sha1(text)).toString('hex');
  // The version is 5; of the digit after the third hyphen only two bits are the hash's.
  const variant = ((Number.parseInt(digits[16] ?? '', 16) & 0x3) | 0x8).toString(16);
  return `${digits.slice(0, 8)}-${digits.slice(8, 12)}-5${digits.slice(13, 16)}-${variant}${digits.slice(17, 20)}-${digits.slice(20, 32)}`;
}

/** True for a UUID of any version in its usual form, in either case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
