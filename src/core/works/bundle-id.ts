import { hash } from 'node:crypto';

/** The OID namespace of RFC 9562, which the OCM libraries build on. */
const oidNamespace = Buffer.from('6ba7b8129dad11d180b400c04fd430c8', 'hex');

/**
 * The id under which Maestro keeps a work: a UUIDv5, so that it is known
 * before anything is stored. The parts are joined by hyphens, so two different
 * (consumer, name) pairs can have one id: after a read, compare both.
 */
export function bundleId(source: string, consumer: string, workName: string): string {
  const name = `${source}-manifestworks.work.open-cluster-management.io-${consumer}-${workName}`;
  const bytes = hash('sha1', Buffer.concat([oidNamespace, Buffer.from(name, 'utf8')]), 'buffer').subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x50, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}

/** True for a UUID of any version in its usual form, in either case. */
export function isUuid(text: string): boolean {
  return /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
}
