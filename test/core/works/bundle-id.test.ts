import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bundleId, isUuid } from '../../../src/core/works/bundle-id.ts';

describe('bundleId', () => {
  it.each([
    ['maestro-cli', 'cluster1', 'hyperfleet-cluster1-nodepool', '88970ef2-5090-52c2-a2ad-d83fabe28ed0'],
    ['app-work-client', 'cluster1', 'argocd-cluster1-guestbook-app', '0ff66d3c-458c-598b-9ca4-b9bf33e5abc6'],
    // recordings/lifecycle.json
    ['maestro-cli', 'cluster1', 'hyperfleet-cluster1-demo', 'd421bef2-489a-54c9-8634-d2a64c083c1e'],
    // recordings/rejected.json
    ['maestro-cli', 'nope', 'bad-unknown-consumer', '9392f0eb-ecae-5be4-aeff-85a190522147'],
  ])('of %s, %s, %s', (source, consumer, name, id) => {
    expect(bundleId(source, consumer, name)).toBe(id);
    expect(isUuid(id)).toBe(true);
  });

  it('is the SHA-1 that Node has, of names of any length and script', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (name) => {
        const namespace = Buffer.from('6ba7b8129dad11d180b400c04fd430c8', 'hex');
        const text = `s-manifestworks.work.open-cluster-management.io-c-${name}`;
        const digits = hash('sha1', Buffer.concat([namespace, Buffer.from(text)]), 'hex');
        const plain = bundleId('s', 'c', name).replaceAll('-', '');
        // The digit of the version and that of the variant are not the hash's.
        expect(plain.slice(0, 12) + plain.slice(13, 16) + plain.slice(17)).toBe(
          digits.slice(0, 12) + digits.slice(13, 16) + digits.slice(17, 32),
        );
      }),
    );
  });

  it('is ambiguous where the hyphens are, as Maestro has it', () => {
    expect(bundleId('s', 'a-b', 'c')).toBe(bundleId('s', 'a', 'b-c'));
    expect(bundleId('s', 'a', 'b')).not.toBe(bundleId('s', 'a', 'c'));
  });
});

describe('isUuid', () => {
  it.each([
    ['88970EF2-5090-52C2-A2AD-D83FABE28ED0', true],
    ['88970ef2-5090-52c2-a2ad-d83fabe28ed', false],
    ['88970ef2-5090-52c2-a2ad-d83fabe28ed00', false],
    ['88970ef2509052c2a2add83fabe28ed0', false],
    ['g8970ef2-5090-52c2-a2ad-d83fabe28ed0', false],
    [' 88970ef2-5090-52c2-a2ad-d83fabe28ed0', false],
    ['', false],
  ])('%j is %j', (text, expected) => expect(isUuid(text)).toBe(expected));
});
