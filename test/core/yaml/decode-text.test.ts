import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decodeText } from '../../../src/core/yaml/decode-text.ts';

const utf16 = (text: string, bigEndian = false): Buffer => {
  const bytes = Buffer.from(text, 'utf16le');
  return bigEndian ? bytes.swap16() : bytes;
};

describe('the text of a file', () => {
  it('is read in UTF-8, with or without a mark, and in UTF-16 with one', () => {
    const text = 'a: é 😀\n';
    expect(decodeText(Buffer.from(text))).toBe(text);
    expect(decodeText(Buffer.from(`\uFEFF${text}`))).toBe(text);
    expect(decodeText(utf16(`\uFEFF${text}`))).toBe(text);
    expect(decodeText(utf16(`\uFEFF${text}`, true))).toBe(text);
    expect(decodeText(Buffer.from(''))).toBe('');
  });

  it.each<[string, Uint8Array]>([
    ['it is packed with gzip; unpack it first', gzipSync('a: b')],
    ['it is a zip archive, not YAML or JSON', Buffer.from('PK\u0003\u0004more')],
    ['it is packed with zstd; unpack it first', Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20])],
    ['it seems to be UTF-16 without a byte order mark; save it as UTF-8', utf16('kind: ConfigMap\n')],
    ['it seems to be UTF-16 without a byte order mark; save it as UTF-8', utf16('kind: ConfigMap\n', true)],
    ['it seems to be UTF-16 without a byte order mark; save it as UTF-8', utf16('名: ConfigMap\n')],
    ['it seems to be UTF-16 without a byte order mark; save it as UTF-8', Buffer.from('a\0\0\0')],
    ['it is binary, not YAML or JSON', Buffer.from('a: b\0')],
    ['it is binary, not YAML or JSON', Buffer.from('a\0b\0cd')],
    ['it is binary, not YAML or JSON', Buffer.from('a\0\0\0\0')],
    ['it is binary, not YAML or JSON', Buffer.alloc(64)],
    ['it is binary, not YAML or JSON', Buffer.from('a\0b\0c\0defghi')],
    ['it is not UTF-8 text', Buffer.from([0x61, 0x3a, 0x20, 0xe9, 0x0a])],
    ['it is not UTF-16 text', Buffer.concat([Buffer.from([0xff, 0xfe]), utf16('\ud800a')])],
    ['it is not UTF-16 text', Buffer.concat([Buffer.from([0xfe, 0xff]), utf16('\ud800a', true)])],
  ])('%s', (message, bytes) => {
    expect(() => decodeText(bytes)).toThrow(message);
  });

  it.each<[string, Uint8Array]>([
    ['the half of a mark', Buffer.from([0xff, 0x61])],
    ['the other half', Buffer.from([0xfe, 0x61])],
  ])('is not UTF-16 with %s', (_what, bytes) => {
    expect(() => decodeText(bytes)).toThrow('it is not UTF-8 text');
  });

  it('may begin as the name of an archive does', () => {
    expect(decodeText(Buffer.from('PK: b'))).toBe('PK: b');
    expect(decodeText(Buffer.from('(a)'))).toBe('(a)');
  });

  it('may hold a zero where nobody looks for one', () => {
    expect(decodeText(Buffer.from(`${'a'.repeat(1024)}\0`))).toBe(`${'a'.repeat(1024)}\0`);
    expect(() => decodeText(Buffer.from(`${'a'.repeat(1023)}\0`))).toThrow('binary');
  });
});
